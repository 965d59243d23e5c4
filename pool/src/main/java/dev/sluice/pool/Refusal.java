package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.AcquireException.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Why a caller gets nothing, as it was when its wait ended. The exception is made of it where it is
 * thrown: its text asks the resource factory, which is the user's code, so whoever ends a wait must
 * not make it.
 *
 * @param waited for how long the caller waited, in nanoseconds
 * @param outage why opening failed at that time, null if it did not
 * @param opening how much of the wait went by while resources were being opened, as a text
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
