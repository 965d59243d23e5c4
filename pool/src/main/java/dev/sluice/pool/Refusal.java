package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.AcquireException.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Why a caller gets nothing, recorded when its wait ended. The exception is built from it where it
 * is thrown. Its text calls the resource factory, which is user code, so the thread that ends the
 * wait must not build it.
 *
 * @param waited how long the caller waited, in nanoseconds
 * @param outage why opening failed at that time; null if it did not
 * @param opening how much of the wait passed while opens were in flight, as a text
 * @param sizes the pool's figures, as a text
 * @param anyLent whether any resource was lent
 */
record Refusal(
    Kind kind,
    Phase phase,
    long waited,
    @Nullable Outage outage,
    String opening,
    String sizes,
    boolean anyLent) {}
