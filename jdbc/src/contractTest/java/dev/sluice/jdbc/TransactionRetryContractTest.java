package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static dev.sluice.jdbc.RealDatabase.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.TestDatabase;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Transactions that real servers end because of each other. */
class TransactionRetryContractTest {
  private static final TransactionOptions REPEATABLE =
      TransactionOptions.DEFAULT.repeatable(
          RetryPolicy.DEFAULT
              .withMaxAttempts(RetryPolicy.MAX_ATTEMPTS)
              .withMaxTime(Timing.LONG)
              .withBackoff(Duration.ofMillis(1), Duration.ofMillis(20)));

  private final ExecutorService threads = Executors.newFixedThreadPool(4);

  @ParameterizedTest
  @EnumSource(
      value = RealDatabase.class,
      names = {"POSTGRESQL", "MARIADB", "MYSQL", "H2"})
  void victimOfADeadlockIsRepeated(RealDatabase kind) throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    CyclicBarrier bothHaveOne = new CyclicBarrier(2);
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = RealDatabase.pool(database).maxSize(2).build()) {
      ds.useConnection(
          c -> {
            run(c, "CREATE TABLE account (id INT PRIMARY KEY, n INT)");
            run(c, "INSERT INTO account VALUES (1, 0)");
            run(c, "INSERT INTO account VALUES (2, 0)");
          });

      CompletableFuture<Boolean> up = cross(ds, 1, 2, attempts, bothHaveOne);
      CompletableFuture<Boolean> down = cross(ds, 2, 1, attempts, bothHaveOne);
      up.get(Timing.LONG.toSeconds(), TimeUnit.SECONDS);
      down.get(Timing.LONG.toSeconds(), TimeUnit.SECONDS);

      assertThat(attempts.get()).as("there was a deadlock").isGreaterThan(2);
      assertThat(
              ds.<String, SQLException>withConnection(c -> text(c, "SELECT SUM(n) FROM account")))
          .isEqualTo("4");
      assertThat(ds.stats().opened()).as("no connection is lost").isEqualTo(2);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Changes both rows; in the first attempts when the other has changed its first. */
  private CompletableFuture<Boolean> cross(
      SluiceDataSource ds, int first, int second, AtomicInteger attempts, CyclicBarrier barrier) {
    AtomicInteger own = new AtomicInteger();
    return ds.inTransactionAsync(
        REPEATABLE,
        c -> {
          attempts.incrementAndGet();
          run(c, "UPDATE account SET n = n + 1 WHERE id = " + first);
          if (own.incrementAndGet() == 1) {
            barrier.await(Timing.LONG.toSeconds(), TimeUnit.SECONDS);
          }
          run(c, "UPDATE account SET n = n + 1 WHERE id = " + second);
          return true;
        },
        threads);
  }

  /** Without retries most of them fail, and without SERIALIZABLE updates are lost. */
  @Test
  void noIncrementIsLostUnderSerializable() throws Exception {
    TransactionOptions serializable = REPEATABLE.withIsolation(Connection.TRANSACTION_SERIALIZABLE);
    try (TestDatabase database = RealDatabase.POSTGRESQL.create();
        SluiceDataSource ds = RealDatabase.pool(database).maxSize(4).build()) {
      ds.useConnection(
          c -> {
            run(c, "CREATE TABLE counter (n INT)");
            run(c, "INSERT INTO counter VALUES (0)");
          });
      List<CompletableFuture<Boolean>> all = new ArrayList<>();

      for (int i = 0; i < 40; i++) {
        all.add(
            ds.inTransactionAsync(
                serializable,
                c -> {
                  int n = Integer.parseInt(text(c, "SELECT n FROM counter"));
                  run(c, "UPDATE counter SET n = " + (n + 1));
                  return true;
                },
                threads));
      }
      for (CompletableFuture<Boolean> one : all) {
        one.get(Timing.LONG.toSeconds(), TimeUnit.SECONDS);
      }

      assertThat(ds.<String, SQLException>withConnection(c -> text(c, "SELECT n FROM counter")))
          .isEqualTo("40");
      try (Connection next = ds.getConnection()) {
        assertThat(next.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
