package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When failed work is tried again, in virtual time. */
class RetryAttemptsTest {
  private static final RetryPolicy POLICY =
      RetryPolicy.DEFAULT
          .withMaxAttempts(6)
          .withMaxTime(Duration.ofSeconds(1))
          .withBackoff(Duration.ofMillis(10), Duration.ofMillis(50));

  private final VirtualClock clock = new VirtualClock();

  /** Sleeping takes no time but its own. */
  static class VirtualClock implements RetryClock {
    final List<Long> sleeps = new ArrayList<>();
    long now;
    double chance = 1;
    boolean interrupted;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public double random() {
      return chance;
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
      if (interrupted) {
        throw new InterruptedException();
      }
      sleeps.add(TimeUnit.NANOSECONDS.toMillis(nanos));
      now += nanos;
    }
  }

  @Test
  void pausesDoubleUpToTheirBoundAndAttemptsEndAtTheirs() {
    RetryAttempts attempts = new RetryAttempts(POLICY, clock);

    while (attempts.pause(new IllegalStateException("again"))) {}

    assertThat(clock.sleeps).containsExactly(10L, 20L, 40L, 50L, 50L);
  }

  @Test
  void pausesAreOfRandomLength() {
    RetryAttempts attempts = new RetryAttempts(POLICY, clock);
    clock.chance = 0.5;

    attempts.pause(new IllegalStateException("one"));
    clock.chance = 0;
    attempts.pause(new IllegalStateException("two"));

    assertThat(clock.sleeps).containsExactly(5L, 0L);
  }

  @Test
  void noPauseBeginsThatWouldEndAfterTheLimitOfTime() {
    RetryAttempts attempts = new RetryAttempts(POLICY, clock);
    clock.now = TimeUnit.MILLISECONDS.toNanos(991);

    boolean again = attempts.pause(new IllegalStateException("late"));

    assertThat(again).isFalse();
    assertThat(clock.sleeps).isEmpty();
  }

  @Test
  void lastFailureTellsOfTheOnesBefore() {
    RetryAttempts attempts = new RetryAttempts(POLICY, clock);
    Throwable first = new IllegalStateException("first");
    Throwable last = new IllegalStateException("last");

    attempts.pause(first);
    attempts.pause(first); // the very same, which cannot suppress itself
    attempts.pause(last);

    assertThat(first.getSuppressed()).isEmpty();
    assertThat(last.getSuppressed()).containsExactly(first);
  }

  @Test
  void interruptionEndsTheAttemptsAndLeavesTheFlagSet() {
    RetryAttempts attempts = new RetryAttempts(POLICY, clock);
    clock.interrupted = true;

    boolean again = attempts.pause(new IllegalStateException("interrupted"));

    assertThat(again).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void limitsBeyondCenturiesAreNone() {
    RetryPolicy patient = POLICY.withMaxTime(Duration.ofSeconds(Long.MAX_VALUE));
    RetryAttempts attempts = new RetryAttempts(patient, clock);
    clock.now = TimeUnit.DAYS.toNanos(365);

    assertThat(attempts.pause(new IllegalStateException("a year later"))).isTrue();
  }

  @Test
  void policiesThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> POLICY.withMaxAttempts(0)).hasMessageContaining("from 1 to 1000");
    assertThatThrownBy(() -> POLICY.withMaxTime(Duration.ZERO)).hasMessageContaining("maxTime");
    assertThatThrownBy(() -> POLICY.withBackoff(Duration.ofMillis(2), Duration.ofMillis(1)))
        .hasMessageContaining("at least backoffMin, 2 ms");
    assertThatThrownBy(() -> POLICY.withBackoff(Duration.ZERO, Duration.ofMillis(1)))
        .hasMessageContaining("backoffMin must be positive");
  }
}
