package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A program whose recursion has no end, and borrows at each level, costs the pool no place. */
class LostPlaceContractTest {
  private static final int SIZE = 4;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String NAME = "lost-place";

  @Test
  void knownBug42RecursionWithoutEndCostsNoPlaceAndNoSession() throws Exception {
    try (TestDatabase database = Databases.postgres()) {
      SluiceDataSource ds =
          Sluice.dataSource(database.url())
              .user(database.user())
              .password(database.password())
              .driverProperty("ApplicationName", NAME)
              .minSize(SIZE)
              .maxSize(SIZE)
              .acquireTimeout(Duration.ofSeconds(2))
              .build();
      try (ds) {
        int overflows = 0;
        for (int kilobytes = 200; kilobytes <= 330; kilobytes += 5) {
          overflows += overflow(ds, kilobytes * 1024L) ? 1 : 0;
        }
        assertThat(overflows).as("overflows").isPositive();

        assertAllPlacesComeBack(ds);
        assertThat(sessions(database)).isEqualTo(SIZE);
      }
      awaitTrue("the server sees no session any more", () -> sessions(database) == 0);
    }
  }

  @SuppressWarnings("InfiniteRecursion") // that is what the program does wrong
  private static void deep(SluiceDataSource ds) throws SQLException {
    try (Connection connection = ds.getConnection()) {
      assertThat(connection).isNotNull();
    }
    deep(ds);
  }

  private static boolean overflow(SluiceDataSource ds, long stack) throws InterruptedException {
    boolean[] overflowed = new boolean[1];
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                deep(ds);
              } catch (StackOverflowError e) {
                overflowed[0] = true;
              } catch (SQLException e) {
                // nothing is free until the pool has taken back what was left behind
              }
            },
            "deep",
            stack);
    thread.start();
    thread.join(LIMIT.toMillis());
    assertThat(thread.isAlive()).as("the thread goes on for ever").isFalse();
    return overflowed[0];
  }

  private static void assertAllPlacesComeBack(SluiceDataSource ds) throws Exception {
    awaitTrue(
        "all places are free",
        () -> {
          System.gc(); // a lease whose close() overflowed at its first step has no owner either
          return ds.stats().active() == 0 && ds.stats().checking() == 0;
        });
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      Connection connection = ds.getConnection();
      all.add(connection);
      assertThat(connection.isValid(10)).isTrue();
    }
    for (Connection connection : all) {
      connection.close();
    }
  }

  private static int sessions(TestDatabase database) throws SQLException {
    try (Connection own =
            DriverManager.getConnection(database.url(), database.user(), database.password());
        Statement statement = own.createStatement();
        ResultSet count =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + NAME + "'")) {
      count.next();
      return count.getInt(1);
    }
  }

  /** A condition, with a generous limit. */
  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void awaitTrue(String what, Condition condition) throws Exception {
    long until = System.nanoTime() + LIMIT.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime() - until).as(what).isNegative();
      LockSupport.parkNanos(50_000_000);
    }
  }
}
