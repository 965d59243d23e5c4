package dev.sluice.jdbc;

import dev.sluice.jdbc.HostStatus.State;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known about a host at one moment. Immutable; {@link HostStatus.State} shows the moves
 * between its states. Times are nanoseconds of {@link System#nanoTime}'s kind.
 *
 * @param since when it entered the state
 * @param began when its last accepted check began; answers to older checks are ignored
 * @param observed whether it was checked at least once, with or without success
 * @param failures how many checks have failed in a row
 * @param nextCheck when the next check is due
 * @param position how far it had written or replayed; {@link Observation#UNKNOWN} if unknown
 * @param covered a replica has everything that was committed before this time; only if {@code
 *     isCovered}
 * @param lagNanos how far it is behind; {@link Observation#UNKNOWN} if unknown
 * @param lagBytes likewise in units of the position
 */
record HostView(
    State state,
    String reason,
    long since,
    long began,
    boolean observed,
    int failures,
    long nextCheck,
    long timeline,
    long position,
    boolean isCovered,
    long covered,
    long lagNanos,
    long lagBytes) {
  private static final long UNKNOWN = Observation.UNKNOWN;

  /** A host before its first check. */
  static HostView initial(long now) {
    return new HostView(
        State.UNKNOWN,
        "not checked yet",
        now,
        now - 1,
        false,
        0,
        now,
        0,
        UNKNOWN,
        false,
        0,
        UNKNOWN,
        UNKNOWN);
  }

  private HostView moved(State next, String why, long now, long began, int failed, long check) {
    if (!state.mayBecome(next)) {
      throw new IllegalStateException("a host cannot go from " + state + " to " + next);
    }
    return new HostView(
        next,
        why,
        next == state ? since : now,
        began,
        true,
        failed,
        check,
        0,
        UNKNOWN,
        false,
        0,
        UNKNOWN,
        UNKNOWN);
  }

  /** After a refused write or connection: not used until a check that begins now or later. */
  HostView suspected(String why, long now) {
    return state == State.EJECTED ? this : moved(State.UNKNOWN, why, now, now, failures, now);
  }

  /** After a check found a primary while the first check of another host is still out. */
  HostView waiting(String why, long began, long now, long nextCheck) {
    return moved(State.UNKNOWN, why, now, began, 0, nextCheck);
  }

  /** After a failed check that began then. */
  HostView ejected(String why, long began, long now, long nextCheck) {
    return moved(State.EJECTED, why, now, began, failures + 1, nextCheck);
  }

  /** After a check found a primary that must not be used: another one has replaced it. */
  HostView deposed(String why, long began, long now, long nextCheck) {
    return moved(State.EJECTED, why, now, began, 0, nextCheck);
  }

  /** After a check found the primary. */
  HostView primary(Observation seen, long now, long nextCheck) {
    HostView next = moved(State.PRIMARY, "accepts writes", now, seen.began(), 0, nextCheck);
    return next.with(seen.timeline(), seen.position(), false, 0, UNKNOWN, UNKNOWN);
  }

  /** After a check found a replica that serves reads, or is too far behind to do so. */
  HostView replica(State next, String why, Observation seen, Lag lag, long now, long nextCheck) {
    return moved(next, why, now, seen.began(), 0, nextCheck)
        .with(0, seen.position(), lag.isCovered(), lag.covered(), lag.nanos(), lag.bytes());
  }

  /** After its replica has told a borrower how far it is. */
  HostView advancedTo(long reached) {
    return state.isReplica() && reached > position
        ? with(timeline, reached, isCovered, covered, lagNanos, lagBytes)
        : this;
  }

  private HostView with(
      long line, long reached, boolean covers, long until, long nanos, long bytes) {
    return new HostView(
        state, reason, since, began, observed, failures, nextCheck, line, reached, covers, until,
        nanos, bytes);
  }

  /** The public form. */
  HostStatus status(String name, long now) {
    return new HostStatus(
        name,
        state,
        reason,
        Duration.ofNanos(Math.max(0, now - since)),
        lagNanos == UNKNOWN ? Optional.empty() : Optional.of(Duration.ofNanos(lagNanos)),
        lagBytes == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(lagBytes));
  }
}
