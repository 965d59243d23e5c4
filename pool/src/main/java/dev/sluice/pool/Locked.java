package dev.sluice.pool;

import java.util.List;

/**
 * A proof of deadlock: at one moment every resource was held by a thread that was blocked on this
 * pool, so none could come back.
 *
 * @param at a time before the proof, on the precise clock
 * @param words the slots' words, which identify the leases
 */
record Locked(long at, List<Long> words) {}
