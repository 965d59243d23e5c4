package dev.sluice.jdbc.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a peer handles combinations that Sluice would refuse, and the peer's defaults on which
 * applications rely. Applies only under the peer's prefix.
 */
final class PeerHabits {
  private static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(30);
  private static final Duration DEFAULT_IDLE = Duration.ofMinutes(10);
  private static final int DEFAULT_SIZE = 10;

  private final Peer peer;
  private final Setting under;
  private final Map<Option, Assignment> assignments;
  private final List<String> notes;

  private PeerHabits(
      Peer peer, Setting under, Map<Option, Assignment> assignments, List<String> notes) {
    this.peer = peer;
    this.under = under;
    this.assignments = assignments;
    this.notes = notes;
  }

  /**
   * Behaves as the peer does, and records the differences from the written settings.
   *
   * @param under any setting under the peer's prefix
   */
  static void settle(
      Peer peer, Setting under, Map<Option, Assignment> assignments, List<String> notes) {
    PeerHabits habits = new PeerHabits(peer, under, assignments, notes);
    habits.sizes();
    if (peer == Peer.HIKARI) {
      habits.hikarisDefaults();
      habits.hikarisTimes();
    }
    habits.lifetimes();
  }

  private void sizes() {
    Object idle = value(Option.MAX_IDLE);
    if (idle instanceof Integer most
        && value(Option.MIN_SIZE) instanceof Integer least
        && least > most) {
      change(
          Option.MIN_SIZE,
          most,
          "is above maxIdle, " + most + "; the pool keeps that many, as in ");
    }
    Object max = value(Option.MAX_SIZE);
    int most = max instanceof Integer number ? number : DEFAULT_SIZE;
    for (Option option : List.of(Option.MIN_SIZE, Option.WARM_UP)) {
      Object own = value(option);
      if (own instanceof Integer number && number > most && peer != Peer.DRUID) {
        change(
            option, most, "is above the maximum, " + most + "; the pool keeps that many, as in ");
      }
    }
  }

  private void hikarisDefaults() {
    if (!assignments.containsKey(Option.MIN_SIZE)) {
      put(Option.MIN_SIZE, Translation.AS_MAX_SIZE, under);
    }
    if (!assignments.containsKey(Option.START_POLICY)) {
      put(Option.START_POLICY, dev.sluice.pool.StartPolicy.FAIL_FAST, under);
    }
  }

  /** Applies HikariCP's limits. HikariCP warns and goes on too. */
  private void hikarisTimes() {
    if (isBelow(Option.MAX_LIFETIME, 30)) {
      change(
          Option.MAX_LIFETIME, DEFAULT_LIFETIME, "is less than 30 s, so it means 30 min, as in ");
    }
    if (isBelow(Option.KEEPALIVE_INTERVAL, 30)) {
      change(Option.KEEPALIVE_INTERVAL, Duration.ZERO, "is less than 30 s, so it is off, as in ");
    }
    if (isBelow(Option.LEAK_THRESHOLD, 2)) {
      change(Option.LEAK_THRESHOLD, Duration.ZERO, "is less than 2 s, so it is off, as in ");
    }
    if (isBelow(Option.IDLE_TIMEOUT, 10)) {
      change(Option.IDLE_TIMEOUT, DEFAULT_IDLE, "is less than 10 s, so it means 10 min, as in ");
    }
  }

  /** Handles times longer than the lifetime, which have no effect and which every peer accepts. */
  private void lifetimes() {
    Object chosen = value(Option.MAX_LIFETIME);
    Duration lifetime = chosen instanceof Duration time ? time : DEFAULT_LIFETIME;
    if (lifetime.isZero()) {
      return;
    }
    if (value(Option.IDLE_TIMEOUT) instanceof Duration idle && idle.compareTo(lifetime) > 0) {
      String text = "is longer than maxLifetime, " + DurationText.format(lifetime);
      if (peer == Peer.HIKARI) {
        change(Option.IDLE_TIMEOUT, Duration.ZERO, text + ", so it is off, as in ");
      } else if (chosen != null) {
        change(Option.IDLE_TIMEOUT, lifetime, text + ", so it has no effect, as in ");
      }
    }
    if (value(Option.KEEPALIVE_INTERVAL) instanceof Duration keepalive
        && !keepalive.isZero()
        && keepalive.compareTo(lifetime) >= 0) {
      change(
          Option.KEEPALIVE_INTERVAL,
          Duration.ZERO,
          "is no shorter than maxLifetime, "
              + DurationText.format(lifetime)
              + ", so it is off, as in ");
    }
  }

  private boolean isBelow(Option option, int seconds) {
    return value(option) instanceof Duration time
        && !time.isZero()
        && time.compareTo(Duration.ofSeconds(seconds)) < 0;
  }

  private @Nullable Object value(Option option) {
    Assignment assignment = assignments.get(option);
    return assignment == null ? null : assignment.value();
  }

  private void change(Option option, Object value, String why) {
    Assignment before = assignments.get(option);
    if (before == null) {
      return;
    }
    put(option, value, before.setting());
    String shown =
        before.value() instanceof Duration time
            ? DurationText.format(time)
            : before.value().toString();
    notes.add(before.setting().where() + " = " + shown + " " + why + peer.title());
  }

  private void put(Option option, Object value, Setting setting) {
    assignments.put(option, new Assignment(option, value, setting));
  }
}
