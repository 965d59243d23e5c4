package dev.sluice.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.sluice.bench.pools.OpenPool;
import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.pools.PoolShape;
import dev.sluice.bench.pools.Target;
import dev.sluice.bench.stub.StubServer;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import javax.sql.DataSource;

/** More callers than connections, each borrowing, working and returning without a pause. */
final class CrowdScenario implements Scenario {
  /** What a caller does with its connection. */
  @FunctionalInterface
  interface Work {
    void on(Connection connection) throws SQLException;
  }

  /**
   * The crowd.
   *
   * @param kind what threads it is made of
   * @param callers how many there are
   * @param connections how many connections they share
   * @param workNanos how long the stub driver works each time, in nanoseconds
   * @param fresh whether the first seconds of the JVM and the pool are measured, instead of later
   *     ones
   */
  record Size(ThreadKind kind, int callers, int connections, long workNanos, boolean fresh) {}

  /** What was spent before the callers began, and counts too. */
  private record Spent(long nanos, long cpuNanos) {
    static final Spent NOTHING = new Spent(0, 0);
  }

  private static final List<Metric> METRICS =
      List.of(
          Metric.OPS,
          Metric.CPU_PER_OP,
          Metric.CYCLE_P50,
          Metric.CYCLE_P99,
          Metric.CYCLE_MAX,
          Metric.WAIT_P50,
          Metric.WAIT_P99,
          Metric.WAIT_P999,
          Metric.WAIT_MAX,
          Metric.TURNS_FEWEST,
          Metric.TURNS_MOST);

  private final String name;
  private final String title;
  private final Size size;
  private final Work work;
  private final boolean needsDatabase;

  CrowdScenario(String name, String title, Size size, Work work, boolean needsDatabase) {
    this.name = name;
    this.title = title;
    this.size = size;
    this.work = work;
    this.needsDatabase = needsDatabase;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public List<Metric> metrics() {
    return METRICS;
  }

  @Override
  public boolean needsDatabase() {
    return needsDatabase;
  }

  @Override
  public Optional<String> obstacle() {
    return size.kind().factory().isPresent()
        ? Optional.empty()
        : Optional.of("this JVM has no virtual threads (they came with Java 21)");
  }

  @Override
  public Duration estimate(Plan plan) {
    Duration time = size.fresh() ? plan.fresh() : plan.warmUp().plus(plan.measure());
    return time.plusMillis(1_200);
  }

  @Override
  public Sample run(PoolKind pool, Plan plan, Target target) throws Exception {
    ThreadFactory threads = size.kind().factory().orElseThrow();
    PoolShape shape = PoolShape.fixed(target, size.connections());
    StubServer.workNanos(size.workNanos());
    long begin = System.nanoTime();
    long cpu = processCpuNanos();
    try (OpenPool open = pool.open(shape)) {
      if (size.fresh()) { // a pool that takes long to open has less time left
        Spent opening = new Spent(System.nanoTime() - begin, processCpuNanos() - cpu);
        return run(open.dataSource(), threads, plan.fresh().minusNanos(opening.nanos()), opening);
      }
      run(open.dataSource(), threads, plan.warmUp(), Spent.NOTHING);
      return run(open.dataSource(), threads, plan.measure(), Spent.NOTHING);
    } finally {
      StubServer.workNanos(0);
    }
  }

  private Sample run(DataSource dataSource, ThreadFactory threads, Duration time, Spent before)
      throws Exception {
    List<CallerLog> logs = new ArrayList<>();
    for (int i = 0; i < size.callers(); i++) {
      logs.add(new CallerLog());
    }
    long cpu = processCpuNanos();
    long took =
        before.nanos()
            + new Crowd(threads, size.callers())
                .run((i, begin) -> loop(dataSource, logs.get(i), begin + time.toNanos()));
    double cpuSpent = before.cpuNanos() + (double) (processCpuNanos() - cpu);
    long turns = CallerLog.turns(logs);
    return CallerLog.sum(logs)
        .with(Metric.OPS, turns * 1e9 / took)
        .with(Metric.CPU_PER_OP, cpuSpent / turns);
  }

  private void loop(DataSource dataSource, CallerLog log, long end) throws SQLException {
    long returned;
    do {
      long asked = System.nanoTime();
      long got;
      try (Connection connection = dataSource.getConnection()) {
        got = System.nanoTime();
        work.on(connection);
      }
      returned = System.nanoTime();
      log.turn(got - asked, returned - asked);
    } while (returned - end < 0);
  }

  private static long processCpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
