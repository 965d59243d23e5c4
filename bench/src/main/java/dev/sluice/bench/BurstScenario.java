package dev.sluice.bench;

import dev.sluice.bench.pools.Conditions;
import dev.sluice.bench.pools.OpenPool;
import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.pools.PoolShape;
import dev.sluice.bench.pools.Target;
import dev.sluice.bench.stub.StubServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/** Many short requests at once to a pool that could grow, but would not need to. */
final class BurstScenario implements Scenario {
  private static final int IDLE = 5;
  private static final int MAX = 50;
  private static final int CALLERS = 50;
  private static final Duration CONNECT = Duration.ofMillis(150);
  private static final Duration WORK = Duration.ofMillis(2);
  private static final int SHORT_LEASES = 1_000;
  private static final Duration BETWEEN_RETURNS = Duration.ofMillis(20);

  /** Whether the pool has known only leases of no time, and connections that opened at once. */
  private final boolean changed;

  BurstScenario(boolean changed) {
    this.changed = changed;
  }

  @Override
  public String name() {
    return changed ? "burst-changed" : "burst";
  }

  @Override
  public String title() {
    return (changed
            ? "After a load of leases of microseconds and connects that took no time: "
            : "")
        + "50 requests of 2 ms at once; 5 idle connections, at most 50, 150 ms to connect"
        + " (20 ms if nothing is opened)";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.LAST_SERVED, Metric.OPENED, Metric.BEGUN);
  }

  @Override
  public Duration estimate(Plan plan) {
    return BETWEEN_RETURNS
        .multipliedBy((long) IDLE * plan.burstRounds())
        .plus(plan.rest())
        .plusMillis(900);
  }

  @Override
  public Sample run(PoolKind pool, Plan plan, Target target) throws Exception {
    PoolShape shape = PoolShape.between(target, IDLE, MAX);
    try (OpenPool open = pool.open(shape)) {
      if (changed) {
        warmByShortLeases(open.dataSource(), plan.burstRounds());
      } else {
        warm(open.dataSource(), plan.burstRounds());
      }
      Conditions.pass(plan.rest());
      StubServer.connectNanos(CONNECT.toNanos());
      StubServer.workNanos(WORK.toNanos());
      return burst(open.dataSource());
    } finally {
      StubServer.connectNanos(0);
      StubServer.workNanos(0);
    }
  }

  /** Borrows as many as are idle, and returns one after the other. */
  private static void warm(DataSource dataSource, int rounds) throws SQLException {
    Deque<Connection> borrowed = new ArrayDeque<>();
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < IDLE; i++) {
        borrowed.add(dataSource.getConnection());
      }
      while (!borrowed.isEmpty()) {
        Conditions.pass(BETWEEN_RETURNS);
        Connection connection = borrowed.remove();
        Requests.statement(connection);
        connection.close();
      }
    }
  }

  /** Has more callers than idle connections borrow and return at once, again and again. */
  private static void warmByShortLeases(DataSource dataSource, int rounds) throws Exception {
    new Crowd(Thread::new, 2 * IDLE)
        .run(
            (i, begin) -> {
              for (int n = 0; n < SHORT_LEASES * rounds; n++) {
                try (Connection connection = dataSource.getConnection()) {
                  Requests.statement(connection);
                }
              }
            });
  }

  private static Sample burst(DataSource dataSource) throws Exception {
    long opened = StubServer.opened();
    long begun = StubServer.begun();
    AtomicLong last = new AtomicLong();
    new Crowd(Thread::new, CALLERS)
        .run(
            (i, begin) -> {
              try (Connection connection = dataSource.getConnection()) {
                Requests.statement(connection);
              }
              last.accumulateAndGet(System.nanoTime() - begin, Math::max);
            });
    return new Sample()
        .with(Metric.OPENED, StubServer.opened() - opened)
        .with(Metric.BEGUN, StubServer.begun() - begun)
        .with(Metric.LAST_SERVED, last.get());
  }
}
