package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static dev.sluice.jdbc.RealDatabase.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.ServerView.Session;
import dev.sluice.jdbc.ServerView.State;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.TestDatabase;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server's sessions are found, and belong to the pool's connections. */
class ServerViewContractTest {
  private static final Duration INNODB_COPY = Duration.ofMillis(150);

  private static String serverId(RealDatabase kind, Connection connection) throws SQLException {
    return text(
        connection,
        kind == RealDatabase.POSTGRESQL ? "SELECT pg_backend_pid()" : "SELECT CONNECTION_ID()");
  }

  private static ServerView view(SluiceDataSource ds) throws SQLException {
    return ds.serverView(Timing.LONG);
  }

  /**
   * Waits for what the server shows; it may show the session of the view before for a while. InnoDB
   * shows its transactions from a copy, and renews that only if nobody has read it for 0.1 s. A
   * test that asks more often gets the same copy every time.
   */
  private static ServerView awaitView(SluiceDataSource ds, Predicate<ServerView> shown) {
    AtomicReference<ServerView> last = new AtomicReference<>();
    Eventually.await(
        () -> {
          last.set(view(ds));
          LockSupport.parkNanos(INNODB_COPY.toNanos());
          return shown.test(last.get());
        },
        () -> "the server shows it: " + last);
    return last.get();
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB", "MYSQL"})
  void leaseThatIsIdleInATransactionIsFound(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create()) {
      try (Connection admin = database.connect()) {
        run(admin, "CREATE TABLE t (id INT PRIMARY KEY)");
      }
      try (SluiceDataSource ds = RealDatabase.pool(database).maxSize(2).build();
          Connection idle = ds.getConnection(AcquireOptions.DEFAULT.withTag("plain"));
          Connection open = ds.getConnection(AcquireOptions.DEFAULT.withTag("forgotten"))) {
        text(idle, "SELECT 1");
        open.setAutoCommit(false);
        run(open, "INSERT INTO t VALUES (1)");

        ServerView view = awaitView(ds, v -> v.total() == 2 && v.idleInTransaction() == 1);

        assertThat(view.idle()).isEqualTo(1);
        assertThat(view.active()).isZero();
        assertThat(view.tellsTransactions()).isTrue();
        Session session =
            view.sessions().stream()
                .filter(s -> s.state() == State.IDLE_IN_TRANSACTION)
                .findFirst()
                .orElseThrow();
        assertThat(session.serverId()).hasToString(serverId(kind, open));
        assertThat(session.lease()).map(LeaseInfo::tag).hasValue("forgotten");
        assertThat(view.sessions()).allMatch(s -> s.connection() > 0);
        open.rollback();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB", "MYSQL"})
  void statementThatRunsIsActiveAndASecondInstanceIsCounted(RealDatabase kind) throws Exception {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = RealDatabase.pool(database).build();
        SluiceDataSource other = RealDatabase.pool(database).build();
        Connection elsewhere = other.getConnection()) {
      Thread sleeper = new Thread(() -> sleep(kind, ds));
      sleeper.start();

      ServerView view =
          awaitView(ds, v -> v.total() == 2 && v.active() == 1 && runsInOneOfThePools(v));

      assertThat(view.sessions())
          .filteredOn(s -> s.connection() == 0)
          .singleElement()
          .satisfies(s -> assertThat(s.serverId()).hasToString(serverId(kind, elsewhere)))
          .satisfies(s -> assertThat(s.lease()).isEmpty());
      ds.close(Timing.SHORT); // cuts the sleeper
      sleeper.join();
    }
  }

  /** While the sleeper logs in, the session of the view before may be the active one. */
  private static boolean runsInOneOfThePools(ServerView view) {
    return view.sessions().stream().anyMatch(s -> s.state() == State.ACTIVE && s.connection() > 0);
  }

  private static void sleep(RealDatabase kind, SluiceDataSource ds) {
    String sql = kind == RealDatabase.POSTGRESQL ? "SELECT pg_sleep(60)" : "SELECT SLEEP(60)";
    try (Connection connection = ds.getConnection()) {
      run(connection, sql);
    } catch (SQLException e) {
      assertThat(ds.isClosed()).as("it was cut, and not otherwise refused").isTrue();
    }
  }

  /** Counts as nothing: neither a lease nor a connection of the pool's. */
  @Test
  void poolDoesNotNoticeThatItsServerIsAsked() throws Exception {
    try (TestDatabase database = Databases.postgres();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      ds.getConnection().close();

      assertThat(ds.serverView().total()).isEqualTo(1);

      assertThat(ds.stats().acquired()).isEqualTo(1);
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  @Test
  void connectionOfThePoolAsksWhereTheServerAllowsNoMore() throws Exception {
    try (TestDatabase database = Databases.postgres()) {
      try (Connection admin = database.connect()) {
        run(admin, "CREATE ROLE viewed LOGIN PASSWORD 'pw' CONNECTION LIMIT 2");
      }
      try (SluiceDataSource ds =
              RealDatabase.pool(database).user("viewed").password("pw").maxSize(2).build();
          Connection held = ds.getConnection()) {
        ds.getConnection(AcquireOptions.DEFAULT).close();

        List<Session> sessions = view(ds).sessions();

        assertThat(sessions)
            .singleElement()
            .satisfies(
                s -> assertThat(s.serverId()).hasToString(serverId(RealDatabase.POSTGRESQL, held)));
      } finally {
        try (Connection admin = database.connect()) {
          run(admin, "DROP ROLE viewed");
        }
      }
    }
  }

  @Test
  void userOfMariaDbWithoutPrivilegesSeesNoTransactions() throws Exception {
    try (TestDatabase database = Databases.mariaDb()) {
      try (Connection admin = database.connect()) {
        run(admin, "CREATE TABLE t (id INT PRIMARY KEY)");
        run(admin, "CREATE USER viewed IDENTIFIED BY 'pw'");
        run(admin, "GRANT ALL ON " + database.name() + ".* TO viewed");
      }
      try (SluiceDataSource ds = RealDatabase.pool(database).user("viewed").password("pw").build();
          Connection open = ds.getConnection()) {
        open.setAutoCommit(false);
        run(open, "INSERT INTO t VALUES (1)");

        ServerView view = view(ds);

        assertThat(view.name()).isEqualTo("viewed");
        assertThat(view.tellsTransactions()).isFalse();
        assertThat(view.total()).isEqualTo(1);
        assertThat(view.idle()).isEqualTo(1);
        assertThat(view.sessions().get(0).lease()).isPresent();
        open.rollback();
      } finally {
        try (Connection admin = database.connect()) {
          run(admin, "DROP USER viewed");
        }
      }
    }
  }

  @Test
  void otherDatabasesSaySo() throws Exception {
    try (TestDatabase database = Databases.h2();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      assertThatThrownBy(ds::serverView)
          .isInstanceOf(SQLFeatureNotSupportedException.class)
          .hasMessageContaining("PostgreSQL, MariaDB and MySQL");
    }
  }

  @Test
  void driverThatHangsHoldsTheCallerNoLongerThanTheTimeout() throws Exception {
    try (FakePool pool = new FakePool()) {
      pool.get().close();
      Fault.Hang hang = Fault.hang();
      pool.db.when("Driver.connect").then(hang);

      assertThatThrownBy(() -> pool.ds.serverView(Timing.SHORT))
          .isInstanceOf(SQLTimeoutException.class)
          .hasMessageContaining("server view of pool 'fake' took longer than");

      hang.release();
    }
  }

  @Test
  void closedPoolIsRefused() throws Exception {
    try (FakePool pool = new FakePool()) {
      pool.ds.close();

      assertThatThrownBy(pool.ds::serverView).isInstanceOf(PoolClosedException.class);
    }
  }
}
