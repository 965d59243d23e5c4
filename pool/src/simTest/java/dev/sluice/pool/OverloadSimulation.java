package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Ten resources, requests that come at random and use one for an exponentially distributed time, 20
 * ms on average, on the real engine in virtual time: the experiment of docs/overload.md.
 */
final class OverloadSimulation {
  /** What came of the requests that came within the window that counts. */
  record Outcome(
      double offered,
      double good,
      double waitP50,
      double waitP99,
      double rejectedAfter,
      double recovery,
      long failures,
      long requests) {}

  private static final double SECOND = 1e9;
  private static final double SERVICE = 20e6;
  private static final long GOOD = TimeUnit.SECONDS.toNanos(1);

  private final SimRandom random;
  private final EventPlatform platform;
  private final Pool<Object, Lease<Object>> pool;
  private final double service;
  private final List<Long> waits = new ArrayList<>();
  private final List<Long> rejections = new ArrayList<>();
  private long start;
  private long from;
  private long until;
  private long requests;
  private long good;
  private long failures;
  private long recoveredAt = -1;
  private long overloadEnds = Long.MAX_VALUE;
  private boolean recovered;

  OverloadSimulation(long seed, PoolConfig.Builder config, double service) throws AcquireException {
    this.random = new SimRandom(seed);
    this.service = service;
    this.platform = new EventPlatform(random::next);
    PoolConfig ten =
        config.name("overload").minSize(10).maxSize(10).startPolicy(StartPolicy.BACKGROUND).build();
    this.pool = Pool.create(ten, new Instant(), LeaseFactory.plain(), PoolListener.NONE, platform);
    platform.pass(TimeUnit.SECONDS.toNanos(1));
  }

  /** Opens, checks and closes in no time. */
  private static final class Instant implements ResourceFactory<Object> {
    @Override
    public Object open(Duration timeout) {
      return new Object();
    }

    @Override
    public boolean validate(Object resource, ResourceInfo info, Duration timeout) {
      return true;
    }

    @Override
    public void close(Object resource) {}
  }

  /** 30 s of too much load, of which the last 25 s count, then half of what the pool can do. */
  static Outcome overload(long seed, PoolConfig.Builder config, double load, double serviceFactor)
      throws AcquireException {
    double service = SERVICE * serviceFactor;
    OverloadSimulation sim = new OverloadSimulation(seed, config, service);
    double capacity = 10 / service;
    sim.from = sim.start() + TimeUnit.SECONDS.toNanos(5);
    sim.until = sim.start() + TimeUnit.SECONDS.toNanos(30);
    sim.overloadEnds = sim.until;
    sim.arrivals(load * capacity, sim.until);
    sim.platform.pass(sim.until - sim.platform.now());
    sim.arrivals(0.5 * capacity, sim.until + TimeUnit.SECONDS.toNanos(60));
    sim.platform.pass(TimeUnit.SECONDS.toNanos(120));
    return sim.outcome(25);
  }

  /** A part of what the pool can do, and in the middle of it bursts of 300 requests at once. */
  static Outcome bursts(
      long seed, PoolConfig.Builder config, double load, int bursts, Duration apart)
      throws AcquireException {
    OverloadSimulation sim = new OverloadSimulation(seed, config, SERVICE);
    long length = TimeUnit.SECONDS.toNanos(10) + bursts * apart.toNanos();
    sim.from = sim.start();
    sim.until = sim.start() + length;
    sim.arrivals(load * 10 / SERVICE, sim.until);
    for (int i = 0; i < bursts; i++) {
      sim.platform.after(
          TimeUnit.SECONDS.toNanos(5) + i * apart.toNanos() + sim.random.below(50_000_000L),
          () -> {
            for (int n = 0; n < 300; n++) {
              sim.request();
            }
          });
    }
    sim.platform.pass(length + TimeUnit.SECONDS.toNanos(60));
    return sim.outcome(length / SECOND);
  }

  private long start() {
    start = platform.now();
    return start;
  }

  private void arrivals(double rate, long end) {
    long next = (long) random.exponential(1 / rate);
    if (platform.now() + next < end) {
      platform.after(
          next,
          () -> {
            request();
            arrivals(rate, end);
          });
    }
  }

  private void request() {
    long asked = platform.now();
    boolean counts = asked >= from && asked < until;
    requests += counts ? 1 : 0;
    var unused =
        pool.acquireAsync(AcquireOptions.DEFAULT)
            .whenComplete((lease, failure) -> answered(asked, counts, lease, failure));
  }

  private void answered(long asked, boolean counts, Lease<Object> lease, Throwable failure) {
    long waited = platform.now() - asked;
    if (failure != null) {
      if (!(failure instanceof AcquireException e) || e.kind() == Kind.CLOSED) {
        throw new AssertionError("an unexpected failure", failure);
      }
      failures += counts ? 1 : 0;
      if (counts) {
        rejections.add(waited);
      }
      return;
    }
    if (counts) {
      waits.add(waited);
    }
    if (asked >= overloadEnds && !recovered && waited < 100_000_000) {
      recovered = true;
      recoveredAt = platform.now() - overloadEnds;
    }
    platform.after(
        (long) random.exponential(service),
        () -> {
          lease.close();
          if (counts && platform.now() - asked <= GOOD) {
            good++;
          }
        });
  }

  private Outcome outcome(double seconds) {
    pool.close(Duration.ZERO);
    if (!platform.uncaught.isEmpty()) {
      throw new AssertionError("uncaught", platform.uncaught.get(0));
    }
    return new Outcome(
        requests / seconds,
        good / seconds,
        quantile(waits, 0.5),
        quantile(waits, 0.99),
        quantile(rejections, 0.5),
        recoveredAt / SECOND,
        failures,
        requests);
  }

  /** In milliseconds; NaN if there is none. */
  private static double quantile(List<Long> nanos, double q) {
    if (nanos.isEmpty()) {
      return Double.NaN;
    }
    List<Long> sorted = nanos.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, q * sorted.size())) / 1e6;
  }
}
