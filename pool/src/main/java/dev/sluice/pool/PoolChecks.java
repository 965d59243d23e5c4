package dev.sluice.pool;

import dev.sluice.pool.PoolConfig.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Finds the problems with a pool's options. */
final class PoolChecks {
  private static final Duration LONGEST = Duration.ofDays(3650);

  private final PoolValues v;
  private final List<Problem> problems = new ArrayList<>();

  private PoolChecks(PoolValues settled) {
    this.v = settled;
  }

  /** The problems, one by one. */
  static List<Problem> problems(PoolValues settled) {
    PoolChecks checks = new PoolChecks(settled);
    checks.sizes();
    checks.durations();
    checks.combinations();
    return checks.problems;
  }

  private void sizes() {
    if (v.maxSize < 1 || v.maxSize > PoolConfig.MAX_SIZE_LIMIT) {
      problem(
          "maxSize must be from 1 to " + PoolConfig.MAX_SIZE_LIMIT + ", is " + v.maxSize,
          "maxSize");
    }
    notAboveMaxSize("minSize", v.minSize);
    notAboveMaxSize("warmUp", v.warmUp);
    notAboveMaxSize("minSpare", v.minSpare);
    maxIdle();
    beyondMaxSize();
    notNegative("maxWaiters", v.maxWaiters);
    notNegative("maxConcurrentOpens", v.maxConcurrentOpens);
    notNegative("maxUses", v.maxUses);
    notNegative("leakStackSampling", v.leakStackSampling);
    if (!(v.maxLifetimeJitter >= 0 && v.maxLifetimeJitter <= 0.9)) {
      problem(
          "maxLifetimeJitter must be from 0 to 0.9, is " + v.maxLifetimeJitter,
          "maxLifetimeJitter");
    }
  }

  private void maxIdle() {
    if (v.maxIdle < 0 || v.maxIdle > PoolConfig.MAX_SIZE_LIMIT) {
      problem(
          "maxIdle must be from 0 to " + PoolConfig.MAX_SIZE_LIMIT + ", is " + v.maxIdle,
          "maxIdle");
      return;
    }
    notAboveMaxIdle("minSize", v.minSize);
    notAboveMaxIdle("warmUp", v.warmUp);
    notAboveMaxIdle("minSpare", v.minSpare);
  }

  private void beyondMaxSize() {
    notNegative("maxOverflow", v.maxOverflow);
    notNegative("reserveSize", v.reserveSize);
    long most = (long) v.maxSize + v.maxOverflow + v.reserveSize;
    if (most > PoolConfig.MAX_SIZE_LIMIT && v.maxSize <= PoolConfig.MAX_SIZE_LIMIT) {
      problem(
          "maxSize, maxOverflow and reserveSize must be at most "
              + PoolConfig.MAX_SIZE_LIMIT
              + " together, are "
              + most,
          "maxSize",
          "maxOverflow",
          "reserveSize");
    }
  }

  private void notAboveMaxIdle(String option, int value) {
    if (value > v.maxIdle) {
      problem(
          option
              + " ("
              + value
              + ") must not be above maxIdle ("
              + v.maxIdle
              + "), which closes idle ones",
          option,
          "maxIdle");
    }
  }

  private void durations() {
    notNegative("acquireTimeout", v.acquireTimeout);
    notNegative("drainTimeout", v.drainTimeout);
    notNegative("reserveAfter", v.reserveAfter);
    notNegative("idleTimeout", v.idleTimeout);
    notNegative("maxLifetime", v.maxLifetime);
    notNegative("validateAfterIdle", v.validateAfterIdle);
    notNegative("healthCheckInterval", v.healthCheckInterval);
    notNegative("keepaliveInterval", v.keepaliveInterval);
    notNegative("leakThreshold", v.leakThreshold);
    notNegative("slowLeaseThreshold", v.slowLeaseThreshold);
    notNegative("slowAcquireThreshold", v.slowAcquireThreshold);
    positive("openTimeout", v.openTimeout);
    positive("validationTimeout", v.validationTimeout);
    positive("resetTimeout", v.resetTimeout);
    positive("closeTimeout", v.closeTimeout);
    positive("backoffMin", v.backoffMin);
  }

  private void combinations() {
    if (v.backoffMax.compareTo(v.backoffMin) < 0) {
      problem(
          "backoffMax ("
              + text(v.backoffMax)
              + ") must not be below backoffMin ("
              + text(v.backoffMin)
              + ")",
          "backoffMax",
          "backoffMin");
    }
    if (v.strictResumeGuard && !v.resumeGuard) {
      problem(
          "strictResumeGuard needs resumeGuard, which is off", "strictResumeGuard", "resumeGuard");
    }
    if (v.leakReclaim && v.leakThreshold.isZero()) {
      problem("leakReclaim needs a leakThreshold, which is off", "leakReclaim", "leakThreshold");
    }
    if (v.maxLifetime.isZero()) {
      return;
    }
    if (v.idleTimeout.compareTo(v.maxLifetime) > 0) {
      problem(
          "idleTimeout ("
              + text(v.idleTimeout)
              + ") must not exceed maxLifetime ("
              + text(v.maxLifetime)
              + "), because it would have no effect",
          "idleTimeout",
          "maxLifetime");
    }
    if (v.keepaliveInterval.compareTo(v.maxLifetime) >= 0 && !v.keepaliveInterval.isZero()) {
      problem(
          "keepaliveInterval ("
              + text(v.keepaliveInterval)
              + ") must be shorter than maxLifetime ("
              + text(v.maxLifetime)
              + "), because it would have no effect",
          "keepaliveInterval",
          "maxLifetime");
    }
  }

  private void notAboveMaxSize(String option, int value) {
    if (value < 0 || value > v.maxSize) {
      problem(
          option + " must be from 0 to maxSize (" + v.maxSize + "), is " + value,
          option,
          "maxSize");
    }
  }

  private void notNegative(String option, long value) {
    if (value < 0) {
      problem(option + " must not be negative, is " + value, option);
    }
  }

  private void notNegative(String option, Duration value) {
    if (value.isNegative() || value.compareTo(LONGEST) > 0) {
      problem(
          option + " must be from 0 to " + LONGEST.toDays() + " days, is " + text(value), option);
    }
  }

  private void positive(String option, Duration value) {
    if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
      problem(
          option + " must be above 0 and at most " + LONGEST.toDays() + " days, is " + text(value),
          option);
    }
  }

  private void problem(String text, String... options) {
    problems.add(new Problem(List.of(options), text));
  }

  /** A duration of any length and sign, as options take them: {@code -1s}, {@code 3651d}. */
  static String text(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    boolean negative = duration.isNegative() && duration.toSeconds() != Long.MIN_VALUE;
    Duration length = negative ? duration.negated() : duration;
    StringBuilder text = new StringBuilder(negative ? "-" : "");
    part(text, length.toDays(), "d");
    part(text, length.toHoursPart(), "h");
    part(text, length.toMinutesPart(), "m");
    part(text, length.toSecondsPart(), "s");
    int nanos = length.toNanosPart();
    part(text, nanos / 1_000_000, "ms");
    part(text, nanos / 1_000 % 1_000, "us");
    part(text, nanos % 1_000, "ns");
    return text.toString();
  }

  private static void part(StringBuilder text, long count, String unit) {
    if (count != 0) {
      text.append(count).append(unit);
    }
  }
}
