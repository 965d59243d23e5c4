package dev.sluice.pool;

import java.time.Duration;

/** Random configurations, each option somewhere in its legal range. */
final class SimConfig {
  private static final long MS = 1_000_000;

  private SimConfig() {}

  static PoolConfig random(SimRandom random) {
    int maxSize = random.chance(0.3) ? random.between(1, 2) : random.between(1, 8);
    PoolConfig.Builder b = PoolConfig.builder().name("sim").maxSize(maxSize);
    b.minSize(random.chance(0.4) ? 0 : random.between(0, maxSize));
    b.maxWaiters(random.one(0, 0, 1, 3, 8));
    b.maxConcurrentOpens(random.one(0, 0, 1, maxSize));
    b.maxUses(random.one(0, 0, 0, 1, 2, 5));
    b.acquireTimeout(random.chance(0.05) ? Duration.ZERO : span(random, 2 * MS, 3_000 * MS));
    b.openTimeout(span(random, 40 * MS, 3_000 * MS));
    b.validationTimeout(span(random, 40 * MS, 1_000 * MS));
    b.resetTimeout(span(random, 40 * MS, 1_000 * MS));
    b.closeTimeout(span(random, 40 * MS, 1_000 * MS));
    b.drainTimeout(random.chance(0.2) ? Duration.ZERO : span(random, MS, 1_000 * MS));
    lifetimes(random, b);
    b.maxLifetimeJitter(random.one(0.0, 0.1, 0.9));
    b.validateAfterIdle(orZero(random, 0.2, 40 * MS, 2_000 * MS));
    b.healthCheckInterval(orZero(random, 0.5, 80 * MS, 2_000 * MS));
    Duration backoff = span(random, MS, 200 * MS);
    b.backoffMin(backoff);
    b.backoffMax(backoff.multipliedBy(random.between(1, 20)));
    Duration leak = orZero(random, 0.5, 80 * MS, 2_000 * MS);
    b.leakThreshold(leak);
    b.leakReclaim(!leak.isZero() && random.chance(0.3));
    b.leakStackSampling(random.one(0, 0, 1, 3));
    b.slowLeaseThreshold(orZero(random, 0.5, 80 * MS, 2_000 * MS));
    b.slowAcquireThreshold(orZero(random, 0.5, 10 * MS, 2_000 * MS));
    b.resumeGuard(random.chance(0.8));
    b.startPolicy(
        random.one(
            StartPolicy.LAZY, StartPolicy.LAZY, StartPolicy.BACKGROUND, StartPolicy.FAIL_FAST));
    b.handoutOrder(random.one(HandoutOrder.LIFO, HandoutOrder.LIFO, HandoutOrder.FIFO));
    // Without a draw of its own, so that seeds keep what else they mean.
    b.fairness(backoff.toMillis() % 3 == 0 ? Fairness.STRICT : Fairness.BOUNDED);
    b.whenExhausted(
        random.chance(0.05) ? PoolConfig.WhenExhausted.FAIL : PoolConfig.WhenExhausted.WAIT);
    if (random.chance(0.3)) {
      Duration target = span(random, MS, 100 * MS);
      b.overload(new Overload(target, target.multipliedBy(random.between(2, 40))));
    }
    beyond(b, backoff.toNanos() / 5);
    b.warmUp(random.chance(0.7) ? 0 : random.between(0, maxSize));
    return frugal(b.build(), backoff.toNanos() / 7);
  }

  /** Overflow, reserve and maxIdle, without a draw of their own, as above. */
  private static void beyond(PoolConfig.Builder b, long odd) {
    if (odd % 4 == 1) {
      b.maxOverflow((int) (odd / 4 % 3) + 1);
    }
    if (odd % 5 == 1) {
      b.reserveSize((int) (odd / 5 % 2) + 1);
      b.reserveAfter(Duration.ofMillis(odd / 10 % 400));
    }
  }

  /** A configuration of which no more than its minimum, and a few, may rest. */
  private static PoolConfig frugal(PoolConfig config, long odd) {
    int least = Math.max(config.minSize(), config.warmUp());
    return odd % 6 == 1 ? config.toBuilder().maxIdle(least + (int) (odd / 6 % 3)).build() : config;
  }

  private static void lifetimes(SimRandom random, PoolConfig.Builder b) {
    Duration idle = orZero(random, 0.4, 60 * MS, 3_000 * MS);
    b.idleTimeout(idle);
    Duration lifetime = orZero(random, 0.5, 100 * MS, 10_000 * MS);
    if (!lifetime.isZero() && lifetime.compareTo(idle) < 0) {
      lifetime = idle.plusMillis(1);
    }
    b.maxLifetime(lifetime);
    Duration keepalive = orZero(random, 0.5, 80 * MS, 2_000 * MS);
    if (!lifetime.isZero() && keepalive.compareTo(lifetime) >= 0) {
      keepalive = Duration.ZERO;
    }
    b.keepaliveInterval(keepalive);
  }

  private static Duration span(SimRandom random, long low, long high) {
    return Duration.ofNanos(random.spread(low, high));
  }

  private static Duration orZero(SimRandom random, double zero, long low, long high) {
    return random.chance(zero) ? Duration.ZERO : span(random, low, high);
  }

  static String describe(PoolConfig c) {
    return "sizes "
        + c.minSize()
        + " to "
        + c.maxSize()
        + " + "
        + c.maxOverflow()
        + " + "
        + c.reserveSize()
        + " after "
        + c.reserveAfter()
        + ", maxIdle "
        + c.maxIdle()
        + ", maxWaiters "
        + c.maxWaiters()
        + ", maxConcurrentOpens "
        + c.maxConcurrentOpens()
        + ", maxUses "
        + c.maxUses()
        + ", acquireTimeout "
        + c.acquireTimeout()
        + ", openTimeout "
        + c.openTimeout()
        + ", validationTimeout "
        + c.validationTimeout()
        + ", resetTimeout "
        + c.resetTimeout()
        + ", closeTimeout "
        + c.closeTimeout()
        + ", drainTimeout "
        + c.drainTimeout()
        + ", idleTimeout "
        + c.idleTimeout()
        + ", maxLifetime "
        + c.maxLifetime()
        + " jitter "
        + c.maxLifetimeJitter()
        + ", validateAfterIdle "
        + c.validateAfterIdle()
        + ", healthCheckInterval "
        + c.healthCheckInterval()
        + ", keepaliveInterval "
        + c.keepaliveInterval()
        + ", backoff "
        + c.backoffMin()
        + " to "
        + c.backoffMax()
        + ", leakThreshold "
        + c.leakThreshold()
        + (c.leakReclaim() ? " reclaim" : "")
        + ", slowLeaseThreshold "
        + c.slowLeaseThreshold()
        + ", startPolicy "
        + c.startPolicy()
        + ", handoutOrder "
        + c.handoutOrder()
        + ", fairness "
        + c.fairness()
        + ", whenExhausted "
        + c.whenExhausted()
        + ", overload "
        + c.overload()
        + ", warmUp "
        + c.warmUp();
  }
}
