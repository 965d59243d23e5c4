package dev.sluice.bench;

import dev.sluice.bench.fresh.FirstRamp;
import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.pools.Target;
import java.time.Duration;
import java.util.List;

/** Many callers at once that keep what they get, and a pool and a JVM that have nothing yet. */
final class RampScenario implements Scenario {
  private static final int CALLERS = 20;
  private static final Duration CONNECT = Duration.ofMillis(100);

  private final FreshJvm jvm;

  RampScenario(JvmOptions options) {
    this.jvm = new FreshJvm(options.arguments());
  }

  @Override
  public String name() {
    return "ramp";
  }

  @Override
  public String title() {
    return "20 callers at once that keep what they get, in a fresh JVM; empty pool of 0 to 20,"
        + " 100 ms to connect (100 ms if all are opened at once)";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.LAST_SERVED, Metric.OPENED);
  }

  @Override
  public Duration estimate(Plan plan) {
    return Duration.ofSeconds(2);
  }

  @Override
  public Sample run(PoolKind pool, Plan plan, Target target) throws Exception {
    String callers = Integer.toString(CALLERS);
    String connect = Long.toString(CONNECT.toNanos());
    long[] measured = jvm.run(FirstRamp.class, pool.key(), callers, connect);
    return new Sample().with(Metric.LAST_SERVED, measured[0]).with(Metric.OPENED, measured[1]);
  }
}
