package dev.sluice.jdbc;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a {@link RoutingDataSource} knows about one host. Immutable; thread-safe.
 *
 * @param name the name of the host's pool
 * @param state what the host is used for
 * @param reason why it is in that state, in words
 * @param since how long it has been in that state
 * @param lag how far a replica is behind the primary in time, as of its last check: it has replayed
 *     everything that was committed so long before. Checks are {@link RoutingConfig#checkInterval}
 *     apart, so a replica that keeps up shows up to that much. Empty if unknown, or not a replica
 * @param lagBytes how many bytes of PostgreSQL's log a replica has yet to replay, or how many
 *     transactions on MariaDB; empty if unknown, or not a replica
 */
public record HostStatus(
    String name,
    State state,
    String reason,
    Duration since,
    Optional<Duration> lag,
    OptionalLong lagBytes) {

  /**
   * What a host is used for.
   *
   * <pre>
   * UNKNOWN  → PRIMARY, REPLICA, LAGGING, EJECTED   a check says so, or fails
   * PRIMARY  → UNKNOWN                              it has refused a write, or a connection
   *          → REPLICA, LAGGING, EJECTED            a check says so, or fails; or another host is
   *                                                 the primary now
   * REPLICA ⇄ LAGGING                               a check says so
   * REPLICA, LAGGING → UNKNOWN                      it has refused a connection
   *                  → PRIMARY, EJECTED             a check says so, or fails
   * EJECTED  → PRIMARY, REPLICA, LAGGING            a check says so
   * </pre>
   *
   * An ejected host never becomes UNKNOWN: only a check that succeeds brings it back.
   */
  public enum State {
    /** Not used until a check has succeeded. */
    UNKNOWN,
    /** Serves writes, and reads if no replica can. At most one host is in this state. */
    PRIMARY,
    /** Serves reads. */
    REPLICA,
    /** A replica that is too far behind; not used. */
    LAGGING,
    /** Not used, because its checks fail or because it is a primary that was replaced. */
    EJECTED;

    /** Whether a host may go from this state to another one. */
    boolean mayBecome(State next) {
      return next == this || next != UNKNOWN || this != EJECTED;
    }

    private static final Set<State> READERS = EnumSet.of(REPLICA, LAGGING);

    /** Whether the host is a replica, perhaps one that is too far behind. */
    boolean isReplica() {
      return READERS.contains(this);
    }
  }
}
