package dev.sluice.pool;

import java.util.List;

/**
 * That at one moment every resource was held by a thread that was blocked on this pool, which
 * proves that none could come back.
 *
 * @param at a moment before the proof, precise
 * @param words the slots', by which the leases can be known again
 */
record Locked(long at, List<Long> words) {}
