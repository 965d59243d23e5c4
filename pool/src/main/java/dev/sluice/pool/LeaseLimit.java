package dev.sluice.pool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The limit of one lease, which overrides the configuration.
 *
 * @param token the lease; a limit outlives it in the slot, and is then nobody's
 * @param end when the lease is taken back, precise; {@link Durations#NEVER} for never
 * @param deadline the borrower's own limit; null for none
 * @param watched whether the lease may be reported as slow or leaked
 */
record LeaseLimit(long token, long end, @Nullable Duration deadline, boolean watched) {
  static LeaseLimit of(long token, long now, AcquireOptions options) {
    Duration deadline = options.leaseDeadline();
    return new LeaseLimit(
        token,
        deadline == null ? Durations.NEVER : Durations.deadline(now, deadline),
        deadline,
        options.watched());
  }
}
