package dev.sluice.pool;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToDoubleFunction;

/**
 * Callers on the real engine in virtual time, before a server that takes longer for each the more
 * work at once: what a pool advises, and what comes of it.
 */
final class AdviceSimulation {
  /** How long the pool is measured before it is asked for advice. */
  private static final long STEP = TimeUnit.SECONDS.toNanos(30);

  private final SimRandom random;
  private final EventPlatform platform;
  private final Pool<Thing, Lease<Thing>> pool;
  private final IntToDoubleFunction use;
  private int out;
  private long served;
  private boolean ended;

  /**
   * A pool of that size.
   *
   * @param use how long a lease lasts on average, in nanoseconds, by how many are out
   */
  AdviceSimulation(long seed, int size, IntToDoubleFunction use) throws AcquireException {
    this.random = new SimRandom(seed);
    this.platform = new EventPlatform(random::next);
    this.use = use;
    this.pool =
        Pool.create(
            PoolConfig.builder()
                .name("advised")
                .minSize(0)
                .maxSize(size)
                .slowAcquireThreshold(Duration.ZERO)
                .build(),
            new FakeResources(),
            LeaseFactory.plain(),
            PoolListener.NONE,
            platform);
  }

  /** Lets so many callers come again as soon as they are served. */
  AdviceSimulation crowd(int callers) {
    for (int i = 0; i < callers; i++) {
      request(true);
    }
    return this;
  }

  /** Lets callers come at random, so many per second, whether the others are served or not. */
  AdviceSimulation arrivals(double perSecond) {
    platform.after(
        (long) random.exponential(1e9 / perSecond),
        () -> {
          if (!ended) {
            request(false);
            arrivals(perSecond);
          }
        });
    return this;
  }

  private void request(boolean again) {
    var unused =
        pool.acquireAsync(AcquireOptions.DEFAULT)
            .whenComplete(
                (lease, failure) -> {
                  if (failure == null) {
                    serve(lease, again);
                  } else if (!ended) {
                    throw new AssertionError("an unexpected failure", failure);
                  }
                });
  }

  private void serve(Lease<Thing> lease, boolean again) {
    out++;
    platform.after(
        (long) random.exponential(use.applyAsDouble(out)),
        () -> {
          out--;
          served++;
          lease.close();
          if (again && !ended) {
            request(true);
          }
        });
  }

  SizingAdvice adviceAfter(long nanos) {
    platform.pass(nanos);
    return pool.advice();
  }

  SizingAdvice advice() {
    return adviceAfter(STEP);
  }

  PoolStats stats() {
    return pool.stats();
  }

  void resize(int size) {
    pool.resize(0, size);
  }

  /** Does what the pool advises until it advises to stay; returns its last advice. */
  SizingAdvice follow() {
    for (int steps = 0; steps < 20; steps++) {
      SizingAdvice advice = advice();
      if (advice.advisedSize() == advice.size()) {
        return advice;
      }
      resize(advice.advisedSize());
    }
    throw new AssertionError("no end of advice: " + pool.advice());
  }

  /** Leases per second from now on. */
  double throughput() {
    platform.pass(TimeUnit.SECONDS.toNanos(2));
    long before = served;
    platform.pass(STEP);
    return (served - before) * 1e9 / STEP;
  }

  void end() {
    ended = true;
    pool.close(Duration.ZERO);
    if (!platform.uncaught.isEmpty()) {
      throw new AssertionError("uncaught", platform.uncaught.get(0));
    }
  }
}
