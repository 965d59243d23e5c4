package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.SizingAdvice;
import dev.sluice.pool.SizingAdvice.Confidence;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.TestDatabase;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The advice of a pool that is too small, on a real database. */
class AdviceContractTest {
  private static final int CALLERS = 8;

  private static void work(SluiceDataSource ds, Queue<Throwable> failures) {
    while (!Thread.currentThread().isInterrupted()) {
      try (Connection connection = ds.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT pg_sleep(0.004)"); // waits, so that more at once do more
      } catch (SQLException e) {
        if (!(e instanceof AcquireInterruptedException)) {
          failures.add(e);
        }
        return;
      }
    }
  }

  private static SizingAdvice adviceOf(SluiceDataSource ds) {
    Eventually.await(
        () -> ds.advice().confidence() != Confidence.NONE,
        () -> "there is advice, but " + ds.advice(),
        Timing.scaled(Duration.ofMinutes(1)));
    return ds.advice();
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES) // a thousand leases for each size
  void adviceLeadsToABetterSizeOnARealDatabase() throws Exception {
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> callers = new ArrayList<>();
    List<String> told = new ArrayList<>();
    try (TestDatabase database = Databases.postgres();
        SluiceDataSource ds = RealDatabase.pool(database).minSize(0).maxSize(2).build()) {
      for (int i = 0; i < CALLERS; i++) {
        callers.add(new Thread(() -> work(ds, failures), "caller-" + i));
      }
      callers.forEach(Thread::start);
      try {
        SizingAdvice first = adviceOf(ds);
        SizingAdvice advice = first;
        while (advice.advisedSize() != advice.size() && told.size() < 10) {
          told.add(advice.text());
          ds.resize(0, advice.advisedSize());
          advice = adviceOf(ds);
        }
        told.add(advice.text());

        assertThat(first.trial()).as(told.toString()).isTrue();
        assertThat(first.advisedSize()).as(told.toString()).isGreaterThan(2);
        // Eight callers can use eight connections, which do four times as much as two.
        assertThat(advice.throughput()).as(told.toString()).isGreaterThan(1.5 * first.throughput());
      } finally {
        callers.forEach(Thread::interrupt);
        for (Thread caller : callers) {
          caller.join();
        }
      }
    }
    assertThat(failures).isEmpty();
  }
}
