package dev.sluice.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * How far a replica is behind. Immutable.
 *
 * @param isCovered whether {@code covered} is known
 * @param covered the replica has everything that was committed before this time
 * @param nanos how far it is behind; {@link Observation#UNKNOWN} if unknown
 * @param bytes likewise in units of the position
 */
record Lag(boolean isCovered, long covered, long nanos, long bytes) {

  /** Compares a replica's answer with what the primary has written at which times. */
  static Lag of(Observation replica, PrimaryLog log) {
    if (!replica.hasPosition() || log.isEmpty()) {
      return new Lag(false, 0, replica.lagNanos(), Observation.UNKNOWN);
    }
    long bytes = Math.max(0, log.lastPosition() - replica.position());
    int sample = log.lastAtMost(replica.position());
    if (sample < 0) { // it is behind everything that is remembered
      return new Lag(false, 0, log.remembered(), bytes);
    }
    long covered = log.time(sample);
    return new Lag(true, covered, Math.max(0, log.lastTime() - covered), bytes);
  }

  /** Why the replica must not be used; null if it may. */
  @Nullable String tooMuch(RoutingConfig limits) {
    long most = limits.maxLagNanos();
    if (most != Observation.UNKNOWN && (nanos == Observation.UNKNOWN || nanos > most)) {
      return nanos == Observation.UNKNOWN
          ? "its lag is unknown, and maxLag is " + limits.maxLag().orElseThrow().toMillis() + " ms"
          : "it is " + nanos / 1_000_000 + " ms behind, and maxLag is " + most / 1_000_000 + " ms";
    }
    long mostBytes = limits.maxLagBytes().orElse(Long.MAX_VALUE);
    if (mostBytes != Long.MAX_VALUE && (bytes == Observation.UNKNOWN || bytes > mostBytes)) {
      return bytes == Observation.UNKNOWN
          ? "its lag is unknown, and maxLagBytes is " + mostBytes
          : "it is " + bytes + " bytes behind, and maxLagBytes is " + mostBytes;
    }
    return null;
  }
}
