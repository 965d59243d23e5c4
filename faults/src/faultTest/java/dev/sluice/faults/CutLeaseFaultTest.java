package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.TestDatabase;
import dev.sluice.testkit.Timing;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Row 38 of faults.md: a lease is cut in the middle of a query; as the server counts. */
class CutLeaseFaultTest extends FaultTest {
  private static final int SIZE = 2;

  /** A driver, what takes 30 s there, and how the server counts the sessions of a database. */
  enum Driver {
    POSTGRESQL(
        Databases::postgres,
        "SELECT pg_sleep(30)",
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            + " AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
        " AND state = 'active' AND query LIKE 'SELECT pg_sleep%'"),
    MARIADB(Databases::mariaDb, "SELECT SLEEP(30)", Driver.PROCESSES, Driver.ASLEEP),
    MYSQL(Databases::mySql, "SELECT SLEEP(30)", Driver.PROCESSES, Driver.ASLEEP);

    /**
     * A session that the server has been told to end, and calls killed, is no longer the pool's
     * affair: on a busy machine MariaDB now and then wakes a {@code SLEEP} seconds later.
     */
    private static final String PROCESSES =
        "SELECT count(*) FROM information_schema.processlist"
            + " WHERE db = database() AND id <> connection_id() AND command <> 'Killed'";

    private static final String ASLEEP = " AND info LIKE 'SELECT SLEEP%'";

    @SuppressWarnings("ImmutableEnumChecker") // a constant that keeps nothing
    private final Supplier<TestDatabase> databases;

    private final String sleep;
    private final String count;
    private final String asleep;

    Driver(Supplier<TestDatabase> databases, String sleep, String count, String asleep) {
      this.databases = databases;
      this.sleep = sleep;
      this.count = count;
      this.asleep = count + asleep;
    }

    int asleep(Connection watcher) throws SQLException {
      return Rig.number(watcher, asleep);
    }

    int sessions(Connection watcher) throws SQLException {
      return Rig.number(watcher, count);
    }
  }

  private static SluiceBuilder pool(TestDatabase database) {
    return Sluice.dataSource(database.url())
        .user(database.user())
        .password(database.password())
        .minSize(0)
        .maxSize(SIZE)
        .acquireTimeout(Duration.ofSeconds(10))
        .drainTimeout(Duration.ZERO);
  }

  /** Takes a row's lock and goes on for 30 s, until somebody cuts it off. */
  private static CompletableFuture<SQLException> lockAndSleep(
      Driver driver, Connection connection) {
    return async(
        () ->
            RestartFaultTest.failureOf(
                () -> {
                  connection.setAutoCommit(false);
                  Rig.run(connection, "UPDATE w38 SET n = n + 1");
                  Rig.run(connection, driver.sleep);
                }));
  }

  private static void prepare(Connection watcher) throws SQLException {
    Rig.run(watcher, "CREATE TABLE w38 (n int)");
    Rig.run(watcher, "INSERT INTO w38 VALUES (0)");
  }

  private static void awaitSleeping(Driver driver, Connection watcher, int count) {
    Eventually.await(() -> driver.sessions(watcher) == count, "the server knows the session");
  }

  /** Nothing is left at the server, and its locks are free, long before the query would end. */
  private static void assertGone(Driver driver, Connection watcher) throws SQLException {
    long start = System.nanoTime();
    Eventually.await(
        () -> driver.sessions(watcher) == 0,
        () -> {
          try {
            return driver.sessions(watcher) + " sessions are left";
          } catch (SQLException e) {
            return e.toString();
          }
        });
    Rig.run(watcher, "UPDATE w38 SET n = n + 1");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
  }

  @ParameterizedTest
  @EnumSource
  void knownBug48ReclaimedLeasesEndAtTheServer(Driver driver) throws Exception {
    try (TestDatabase database = driver.databases.get();
        Connection watcher = database.connect()) {
      prepare(watcher);
      List<CompletableFuture<Integer>> crowd = new ArrayList<>();
      List<Integer> counts = new ArrayList<>();
      try (SluiceDataSource pool =
          pool(database).leakThreshold(Duration.ofMillis(300)).leakReclaim(true).build()) {
        for (int i = 0; i < 6; i++) {
          crowd.add(async(() -> sleepAgainAndAgain(driver, pool)));
        }
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (System.nanoTime() - end < 0) {
          counts.add(driver.sessions(watcher));
          betweenSamples();
        }
        assertThat(pool.stats().leaked()).as("leases cut").isGreaterThan(4);
      }
      for (CompletableFuture<Integer> caller : crowd) {
        result(caller);
      }

      // What is being ended, and what asks the server to end it, are the exceptions named: one each
      // for each place. A busy server takes longer to end a session than the pool to open the next,
      // so for a moment there may be more. What must not be is that they add up.
      counts.sort(Comparator.naturalOrder());
      assertThat(counts.get(counts.size() * 9 / 10))
          .as("sessions at the server, nearly always: %s", counts)
          .isBetween(SIZE, 3 * SIZE);
      assertThat(counts.get(counts.size() - 1)).as("sessions, ever").isLessThanOrEqualTo(5 * SIZE);
      assertGone(driver, watcher);
    }
  }

  private static int sleepAgainAndAgain(Driver driver, SluiceDataSource pool) {
    int cut = 0;
    while (!pool.isClosed()) {
      try (Connection connection = pool.getConnection()) {
        Rig.run(connection, driver.sleep);
      } catch (SQLException e) {
        cut++;
      }
    }
    return cut;
  }

  @ParameterizedTest
  @EnumSource
  void knownBug48LeasesCutByTheCloseEndAtTheServer(Driver driver) throws Exception {
    try (TestDatabase database = driver.databases.get();
        Connection watcher = database.connect()) {
      prepare(watcher);
      CompletableFuture<SQLException> sleeper;
      try (SluiceDataSource pool = pool(database).build()) {
        sleeper = lockAndSleep(driver, pool.getConnection());
        awaitSleeping(driver, watcher, 1);
      }

      assertGone(driver, watcher);
      assertThat((Throwable) result(sleeper)).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void leaseBeyondItsDeadlineEndsAtTheServerAndItsHolderIsTold(Driver driver) throws Exception {
    try (TestDatabase database = driver.databases.get();
        Connection watcher = database.connect()) {
      prepare(watcher);
      try (SluiceDataSource pool = pool(database).build()) {
        Connection connection =
            pool.getConnection(
                AcquireOptions.DEFAULT.withLeaseDeadline(Timing.scaled(Duration.ofSeconds(1))));
        CompletableFuture<SQLException> sleeper = lockAndSleep(driver, connection);
        assertThat((Throwable) result(sleeper)).isNotNull();

        assertGone(driver, watcher);
        assertThat((Throwable) RestartFaultTest.failureOf(connection::createStatement))
            .hasMessageContaining("because the deadline of its lease had passed");
        connection.close();
        pool.getConnection().close();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void knownBug48LeaseThatIsEvictedEndsAtTheServer(Driver driver) throws Exception {
    try (TestDatabase database = driver.databases.get();
        Connection watcher = database.connect()) {
      prepare(watcher);
      try (SluiceDataSource pool = pool(database).build()) {
        Connection connection = pool.getConnection();
        CompletableFuture<SQLException> sleeper = lockAndSleep(driver, connection);
        awaitSleeping(driver, watcher, 1);

        pool.evict(connection);

        assertGone(driver, watcher);
        assertThat((Throwable) result(sleeper)).isNotNull();
        try (Connection next = pool.getConnection(Timing.LONG)) {
          assertThat(Rig.one(next)).isEqualTo(1);
        }
      }
    }
  }

  /**
   * A borrower that passes the check of its lease just before the cut sends its statement after the
   * cancellation, which it misses. The server ran it to its end, with its locks.
   */
  @ParameterizedTest
  @EnumSource
  void statementThatIsSentAfterTheCancellationEndsAtTheServer(Driver driver) throws Exception {
    try (TestDatabase database = driver.databases.get();
        Connection watcher = database.connect()) {
      prepare(watcher);
      assertEnds(driver, database, watcher, SluiceDataSource::evictAll);
      assertEnds(driver, database, watcher, SluiceDataSource::close);
    }
  }

  private static void assertEnds(
      Driver driver, TestDatabase database, Connection watcher, Consumer<SluiceDataSource> cut)
      throws Exception {
    LateStatement late = new LateStatement(driver, watcher);
    try (SluiceDataSource pool =
        Sluice.dataSource(proxy(DataSource.class, (proxy, call, values) -> late.open(database)))
            .minSize(0)
            .maxSize(SIZE)
            .drainTimeout(Duration.ZERO)
            .build()) {
      Connection connection = pool.getConnection();
      connection.setAutoCommit(false);
      Rig.run(connection, "UPDATE w38 SET n = n + 1");

      cut.accept(pool);

      assertGone(driver, watcher);
      assertThat((Throwable) result(late.outcome())).isNotNull();
    }
  }

  /** A thread that is already in the driver: it sends when the pool is about to cut the socket. */
  private static final class LateStatement {
    private final Driver driver;
    private final Connection watcher;
    private final AtomicReference<CompletableFuture<SQLException>> sent = new AtomicReference<>();

    LateStatement(Driver driver, Connection watcher) {
      this.driver = driver;
      this.watcher = watcher;
    }

    /** A connection of the driver's, whose end comes late. */
    Connection open(TestDatabase database) throws SQLException {
      Connection raw = database.connect();
      return proxy(
          Connection.class,
          (connection, call, values) -> {
            if (call.getName().equals("abort")) {
              send(raw);
            }
            try {
              return call.invoke(raw, values);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
          });
    }

    private void send(Connection raw) {
      if (sent.get() != null) {
        return;
      }
      CompletableFuture<SQLException> call =
          async(() -> RestartFaultTest.failureOf(() -> Rig.run(raw, driver.sleep)));
      sent.set(call);
      Eventually.await(() -> driver.asleep(watcher) == 1, "the server runs it");
    }

    CompletableFuture<SQLException> outcome() {
      return Objects.requireNonNull(sent.get());
    }
  }

  private static <T> T proxy(Class<T> face, InvocationHandler handler) {
    return face.cast(
        Proxy.newProxyInstance(
            CutLeaseFaultTest.class.getClassLoader(), new Class<?>[] {face}, handler));
  }
}
