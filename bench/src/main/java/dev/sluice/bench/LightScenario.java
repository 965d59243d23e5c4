package dev.sluice.bench;

import dev.sluice.bench.pools.OpenPool;
import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.pools.PoolShape;
import dev.sluice.bench.pools.Target;
import dev.sluice.bench.stub.StubServer;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** A pool that has grown, and then one caller at a time: does it shrink, though all is in use? */
final class LightScenario implements Scenario {
  private static final int MIN = 2;
  private static final int MAX = 20;

  /** Long-lived threads that take turns, as those of a web server do. */
  private static final int THREADS = 32;

  private static final Duration WORK = Duration.ofMillis(1);

  @Override
  public String name() {
    return "light";
  }

  @Override
  public String title() {
    return "1 caller at a time, 32 threads in turn, on a pool of 2 to 20 that had grown to 20;"
        + " idle timeout 2 s (HikariCP 10 s, its least)";
  }

  @Override
  public List<Metric> metrics() {
    return List.of(Metric.SIZE_AT_END, Metric.SHRUNK_AFTER);
  }

  @Override
  public Duration estimate(Plan plan) {
    return plan.patience().dividedBy(2);
  }

  @Override
  public Sample run(PoolKind pool, Plan plan, Target target) throws Exception {
    PoolShape shape = PoolShape.between(target, MIN, MAX).withIdleTimeout(plan.idleTimeout());
    StubServer.workNanos(WORK.toNanos());
    try (OpenPool open = pool.open(shape)) {
      grow(open.dataSource());
      return light(open.dataSource(), plan.patience());
    } finally {
      StubServer.workNanos(0);
    }
  }

  private static void grow(DataSource dataSource) throws Exception {
    List<Connection> borrowed = new ArrayList<>();
    for (int i = 0; i < MAX; i++) {
      borrowed.add(dataSource.getConnection());
    }
    for (Connection connection : borrowed) {
      connection.close();
    }
  }

  private static Sample light(DataSource dataSource, Duration patience) throws Exception {
    List<ExecutorService> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(Executors.newSingleThreadExecutor());
    }
    try {
      return takeTurns(dataSource, patience, threads);
    } finally {
      for (ExecutorService thread : threads) {
        thread.shutdown();
        thread.awaitTermination(10, TimeUnit.SECONDS);
      }
    }
  }

  private static Sample takeTurns(
      DataSource dataSource, Duration patience, List<ExecutorService> threads) throws Exception {
    long begin = System.nanoTime();
    long passed = 0;
    for (int turn = 0; passed < patience.toNanos() && StubServer.alive() > MIN; turn++) {
      threads
          .get(turn % THREADS)
          .submit(
              () -> {
                try (Connection connection = dataSource.getConnection()) {
                  Requests.statement(connection);
                }
                return null;
              })
          .get();
      passed = System.nanoTime() - begin;
    }
    return new Sample()
        .with(Metric.SIZE_AT_END, StubServer.alive())
        .with(Metric.SHRUNK_AFTER, passed);
  }
}
