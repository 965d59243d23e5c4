package dev.sluice.bench;

import dev.sluice.bench.pools.OpenPool;
import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.pools.PoolShape;
import dev.sluice.bench.pools.Target;
import dev.sluice.bench.stub.StubServer;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Many callers at once that keep what they get, and a pool that has nothing yet. */
final class RampScenario implements Scenario {
  private static final int CALLERS = 20;
  private static final Duration CONNECT = Duration.ofMillis(100);

  @Override
  public String name() {
    return "ramp";
  }

  @Override
  public String title() {
    return "20 callers at once that keep what they get; cold pool of 0 to 20, 100 ms to connect"
        + " (100 ms if all are opened at once)";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.LAST_SERVED, Metric.OPENED);
  }

  @Override
  public Duration estimate(Plan plan) {
    return Duration.ofSeconds(2);
  }

  /** Runs twice: first without a time to connect, so that loading classes is not measured. */
  @Override
  public Sample run(PoolKind pool, Plan plan, Target target) throws Exception {
    PoolShape shape = PoolShape.between(target, 0, CALLERS);
    ramp(pool, shape);
    StubServer.connectNanos(CONNECT.toNanos());
    try {
      return ramp(pool, shape);
    } finally {
      StubServer.connectNanos(0);
    }
  }

  private static Sample ramp(PoolKind pool, PoolShape shape) throws Exception {
    Queue<Connection> kept = new ConcurrentLinkedQueue<>();
    try (OpenPool open = pool.open(shape)) {
      long opened = StubServer.opened();
      long took =
          new Crowd(Thread::new, CALLERS)
              .run((i, begin) -> kept.add(open.dataSource().getConnection()));
      Sample sample =
          new Sample()
              .with(Metric.LAST_SERVED, took)
              .with(Metric.OPENED, StubServer.opened() - opened);
      for (Connection connection : kept) {
        connection.close();
      }
      return sample;
    }
  }
}
