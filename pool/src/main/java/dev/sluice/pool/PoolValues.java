package dev.sluice.pool;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of a pool: mutable in a builder, copied and never written again in a configuration.
 */
final class PoolValues implements Cloneable {
  /** Options whose default adapts to other options, as bits of {@link #chosen}. */
  static final int IDLE_TIMEOUT = 1;

  static final int MAX_LIFETIME = 1 << 1;
  static final int KEEPALIVE_INTERVAL = 1 << 2;
  static final int BACKOFF_MIN = 1 << 3;
  static final int BACKOFF_MAX = 1 << 4;
  static final int VALIDATION_TIMEOUT = 1 << 5;

  /** minSize follows maxSize. */
  static final int FIXED_SIZE = 1 << 6;

  static final int MIN_SIZE = 1 << 7;

  /**
   * The shortest validation timeout that a short acquireTimeout can cause, because a check needs
   * some time.
   */
  private static final Duration SHORTEST_CHECK = Duration.ofMillis(250);

  int chosen;
  String name = "pool";
  int minSize = 1;
  int maxSize = 10;
  int maxIdle = PoolConfig.MAX_SIZE_LIMIT;
  int minSpare;
  int maxOverflow;
  int reserveSize;
  List<PoolGroup> group = List.of();
  Duration reserveAfter = Duration.ofSeconds(5);
  int warmUp;
  int maxWaiters;
  int maxConcurrentOpens;
  long maxUses;
  Duration acquireTimeout = Duration.ofSeconds(30);
  Duration openTimeout = Duration.ofSeconds(10);
  Duration validationTimeout = Duration.ofSeconds(3);
  Duration resetTimeout = Duration.ofSeconds(5);
  Duration closeTimeout = Duration.ofSeconds(5);
  Duration drainTimeout = Duration.ofSeconds(10);
  Duration idleTimeout = Duration.ofMinutes(10);
  Duration maxLifetime = Duration.ofMinutes(30);
  double maxLifetimeJitter = 0.1;
  Duration validateAfterIdle = Duration.ofSeconds(1);
  Duration healthCheckInterval = Duration.ofSeconds(30);
  Duration keepaliveInterval = Duration.ofMinutes(2);
  Duration backoffMin = Duration.ofMillis(100);
  Duration backoffMax = Duration.ofSeconds(10);
  Duration leakThreshold = Duration.ZERO;
  boolean leakReclaim;
  int leakStackSampling;
  boolean assertReturned;
  Duration slowLeaseThreshold = Duration.ZERO;
  Duration slowAcquireThreshold = Duration.ofSeconds(2);
  NestedAcquire nestedAcquire = NestedAcquire.ALLOW;
  boolean resumeGuard = true;
  boolean strictResumeGuard;
  StartPolicy startPolicy = StartPolicy.LAZY;
  HandoutOrder handoutOrder = HandoutOrder.LIFO;
  Fairness fairness = Fairness.BOUNDED;
  PoolConfig.WhenExhausted whenExhausted = PoolConfig.WhenExhausted.WAIT;
  @Nullable Overload overload;
  @Nullable ClassLoader classLoader;

  PoolValues copy() {
    try {
      return (PoolValues) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  void choose(int option) {
    chosen |= option;
  }

  private boolean isDefault(int option) {
    return (chosen & option) == 0;
  }

  /** A copy in which the defaults are adapted to the options that were set. */
  PoolValues settled() {
    PoolValues v = copy();
    if (!isDefault(FIXED_SIZE)) {
      v.minSize = maxSize;
    } else if (isDefault(MIN_SIZE) && maxIdle >= 0) {
      v.minSize = Math.min(minSize, maxIdle);
    }
    v.settleLifetime();
    v.settleBackoff();
    v.settleValidation();
    return v;
  }

  private void settleLifetime() {
    boolean limited = !maxLifetime.isZero() && !maxLifetime.isNegative();
    if (isDefault(MAX_LIFETIME) && !isDefault(IDLE_TIMEOUT) && isLonger(idleTimeout, maxLifetime)) {
      maxLifetime = idleTimeout;
    }
    if (isDefault(IDLE_TIMEOUT) && limited && isLonger(idleTimeout, maxLifetime)) {
      idleTimeout = maxLifetime;
    }
    Duration half = half(maxLifetime);
    if (isDefault(KEEPALIVE_INTERVAL) && limited && isLonger(keepaliveInterval, half)) {
      keepaliveInterval = half;
    }
  }

  private void settleBackoff() {
    if (isDefault(BACKOFF_MAX) && isLonger(backoffMin, backoffMax)) {
      backoffMax = backoffMin;
    }
    if (isDefault(BACKOFF_MIN) && isLonger(backoffMin, backoffMax)) {
      backoffMin = backoffMax;
    }
  }

  /** The check of one dead connection must not use a caller's whole timeout. */
  private void settleValidation() {
    if (!isDefault(VALIDATION_TIMEOUT) || acquireTimeout.isZero() || acquireTimeout.isNegative()) {
      return;
    }
    Duration half = half(acquireTimeout);
    Duration bound = isLonger(SHORTEST_CHECK, half) ? SHORTEST_CHECK : half;
    if (isLonger(validationTimeout, bound) && !isLonger(acquireTimeout, validationTimeout)) {
      validationTimeout = bound;
    }
  }

  /** Without a {@link java.math.BigDecimal}, which {@link Duration#dividedBy} loads. */
  private static Duration half(Duration duration) {
    long seconds = duration.getSeconds();
    long nanos = (seconds & 1) * 500_000_000 + duration.getNano() / 2;
    return Duration.ofSeconds(seconds >> 1, nanos);
  }

  private static boolean isLonger(Duration one, Duration other) {
    return one.compareTo(other) > 0;
  }
}
