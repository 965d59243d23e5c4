package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static dev.sluice.jdbc.RealDatabase.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.AcquireOptions.Validation;
import dev.sluice.pool.CloseReason;
import dev.sluice.pool.PoolListener;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.TestDatabase;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections come back clean on real databases, by the drivers' own words and the servers'. */
class RealDatabaseContractTest {

  /** The databases, and how each tells about a session. */
  @SuppressWarnings("ImmutableEnumChecker") // the supplier is a method reference
  enum Database {
    POSTGRESQL(
        Databases::postgres,
        """
        SELECT current_setting('search_path') || '|' || current_setting('transaction_isolation')
            || '|' || current_setting('transaction_read_only')
            || '|' || current_setting('application_name')
        """),
    MARIADB(
        Databases::mariaDb,
        "SELECT CONCAT_WS('|', DATABASE(), @@tx_isolation, @@tx_read_only, @@autocommit)"),
    H2(
        Databases::h2,
        """
        SELECT CURRENT_SCHEMA || '|' || ISOLATION_LEVEL FROM INFORMATION_SCHEMA.SESSIONS
        WHERE SESSION_ID = SESSION_ID()
        """);

    private final Supplier<TestDatabase> maker;
    private final String describe;

    Database(Supplier<TestDatabase> maker, String describe) {
      this.maker = maker;
      this.describe = describe;
    }

    TestDatabase create() {
      return maker.get();
    }

    /** What the driver and the server say of a session. */
    Map<String, Object> session(Connection connection) throws SQLException {
      Map<String, Object> session = new TreeMap<>();
      session.put("auto-commit", connection.getAutoCommit());
      session.put("read-only", connection.isReadOnly());
      session.put("isolation", connection.getTransactionIsolation());
      session.put("catalog", String.valueOf(connection.getCatalog()));
      session.put("schema", String.valueOf(connection.getSchema()));
      session.put("holdability", connection.getHoldability());
      session.put("network timeout", connection.getNetworkTimeout());
      session.put("client info", String.valueOf(connection.getClientInfo()));
      session.put("warnings", String.valueOf((Throwable) connection.getWarnings()));
      session.put("query timeout", queryTimeout(connection));
      session.put("server", text(connection, describe));
      return session;
    }
  }

  private static final class Fixture implements AutoCloseable {
    final TestDatabase database;
    final SluiceDataSource ds;
    final AtomicInteger resets = new AtomicInteger();

    Fixture(Database kind, UnaryOperator<SluiceBuilder> more) throws SQLException {
      database = kind.create();
      try (Connection connection = database.connect()) {
        run(connection, "CREATE TABLE t (id INT)");
        if (kind != Database.MARIADB) {
          run(connection, "CREATE SCHEMA other");
        }
      }
      ds = pool(database, more);
    }

    private SluiceDataSource pool(TestDatabase database, UnaryOperator<SluiceBuilder> more) {
      SluiceBuilder builder =
          Sluice.dataSource(database.url())
              .name("contract")
              .user(database.user())
              .password(database.password())
              .minSize(0)
              .maxSize(1)
              .listener(
                  new PoolListener() {
                    @Override
                    public void reset(long id, Duration took) {
                      resets.incrementAndGet();
                    }
                  });
      return more.apply(builder).build();
    }

    long opened() {
      return ds.stats().opened();
    }

    String rows() throws SQLException {
      try (Connection connection = database.connect()) {
        return text(connection, "SELECT COUNT(*) FROM t");
      }
    }

    @Override
    public void close() {
      ds.close();
      database.close();
    }
  }

  private static Fixture fixture(Database kind) throws SQLException {
    return new Fixture(kind, builder -> builder);
  }

  private static int queryTimeout(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.getQueryTimeout();
    }
  }

  @ParameterizedTest
  @EnumSource
  void allThatABorrowerSetIsPutBack(Database kind) throws SQLException {
    try (Fixture fixture = fixture(kind)) {
      Map<String, Object> before;
      try (Connection connection = fixture.ds.getConnection()) {
        before = kind.session(connection);
      }

      try (Connection connection = fixture.ds.getConnection()) {
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        connection.setNetworkTimeout(Runnable::run, 12_345);
        connection.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT);
        limitOneQuery(connection);
        if (kind == Database.MARIADB) {
          connection.setCatalog("information_schema");
        } else {
          connection.setSchema(kind == Database.H2 ? "OTHER" : "other");
        }
        if (kind == Database.POSTGRESQL) {
          connection.setClientInfo("ApplicationName", "mine");
        }
        connection.setAutoCommit(false);
        assertThat(kind.session(connection)).isNotEqualTo(before);
      } catch (java.sql.SQLFeatureNotSupportedException e) {
        throw new AssertionError(kind + " lacks a setter", e);
      }

      try (Connection connection = fixture.ds.getConnection()) {
        assertThat(kind.session(connection)).isEqualTo(before);
      }
      assertThat(fixture.opened()).isEqualTo(1);
    }
  }

  private static void limitOneQuery(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(7);
    }
  }

  @ParameterizedTest
  @EnumSource
  void timeoutOfOneQueryIsNobodyElses(Database kind) throws SQLException {
    try (Fixture fixture = fixture(kind)) {
      for (int i = 0; i < 2; i++) {
        try (Connection connection = fixture.ds.getConnection()) {
          assertThat(queryTimeout(connection)).isZero();
          limitOneQuery(connection);
        }
      }

      try (Connection connection = fixture.ds.getConnection()) {
        assertThat(queryTimeout(connection)).isZero();
      }
      assertThat(fixture.opened()).isEqualTo(1);
      fixture.ds.close(); // tells what it has not told yet
      assertThat(fixture.resets).as("H2's needs one").hasValue(kind == Database.H2 ? 2 : 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void timeoutOfAQueryThatTheBorrowerTookBackNeedsNoReset(Database kind) throws SQLException {
    try (Fixture fixture = fixture(kind)) {
      try (Connection connection = fixture.ds.getConnection();
          Statement statement = connection.createStatement()) {
        statement.setQueryTimeout(7);
        statement.setQueryTimeout(0);
      }

      try (Connection connection = fixture.ds.getConnection()) {
        assertThat(queryTimeout(connection)).isZero();
      }
      fixture.ds.close(); // tells what it has not told yet
      assertThat(fixture.resets).hasValue(0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void limitOfACheckDoesNotHoldForTheBorrower(Database kind) throws SQLException {
    try (Fixture fixture =
        new Fixture(kind, b -> b.validationQuery("SELECT 1").validateAfterIdle(Duration.ZERO))) {
      fixture.ds.getConnection().close();

      try (Connection connection =
          fixture.ds.getConnection(AcquireOptions.DEFAULT.withValidation(Validation.ALWAYS))) {
        assertThat(queryTimeout(connection)).isZero();
      }
      assertThat(fixture.ds.stats().validationTime().count()).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void allIsPutBackWhereAutoCommitIsOffAsARule(Database kind) throws SQLException {
    try (Fixture fixture = new Fixture(kind, b -> b.autoCommit(false))) {
      Map<String, Object> before;
      try (Connection connection = fixture.ds.getConnection()) {
        before = kind.session(connection);
      }

      try (Connection connection = fixture.ds.getConnection()) {
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        if (kind == Database.MARIADB) {
          connection.setCatalog("information_schema");
        } else {
          connection.setSchema(kind == Database.H2 ? "OTHER" : "other");
        }
        assertThat(kind.session(connection)).isNotEqualTo(before);
      }

      try (Connection connection = fixture.ds.getConnection()) {
        assertThat(kind.session(connection)).isEqualTo(before);
      }
      assertThat(fixture.opened()).isEqualTo(1);
    }
  }

  /** Bug 28 of other pools. */
  @ParameterizedTest
  @EnumSource
  void bug28AbandonedWorkIsNotCommitted(Database kind) throws SQLException {
    try (Fixture fixture = fixture(kind)) {
      try (Connection connection = fixture.ds.getConnection()) {
        connection.setAutoCommit(false);
        run(connection, "INSERT INTO t VALUES (1)");
      }

      try (Connection connection = fixture.ds.getConnection()) {
        assertThat(connection.getAutoCommit()).isTrue();
        run(connection, "INSERT INTO t VALUES (2)");
      }

      assertThat(fixture.rows()).isEqualTo("1");
      assertThat(fixture.opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTransactionBegunBySqlIsRolledBack(Database kind) throws SQLException {
    try (Fixture fixture = fixture(kind)) {
      try (Connection connection = fixture.ds.getConnection()) {
        run(connection, kind == Database.H2 ? "BEGIN" : "START TRANSACTION");
        run(connection, "INSERT INTO t VALUES (1)");
      }

      try (Connection connection = fixture.ds.getConnection()) {
        assertThat(connection.getAutoCommit()).isTrue();
        run(connection, "INSERT INTO t VALUES (2)");
      }

      assertThat(fixture.rows()).isEqualTo("1");
      assertThat(fixture.opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MARIADB", "H2"})
  void autoCommitSwitchedOffBySqlIsSwitchedOnAgain(Database kind) throws SQLException {
    try (Fixture fixture = fixture(kind)) {
      try (Connection connection = fixture.ds.getConnection()) {
        run(connection, kind == Database.H2 ? "SET AUTOCOMMIT OFF" : "SET autocommit = 0");
        run(connection, "INSERT INTO t VALUES (1)");
      }

      try (Connection connection = fixture.ds.getConnection()) {
        assertThat(connection.getAutoCommit()).isTrue();
      }

      assertThat(fixture.rows()).isEqualTo("0");
      assertThat(fixture.opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void plainUseNeedsNoReset(Database kind) throws SQLException {
    try (Fixture fixture = fixture(kind)) {
      for (int i = 0; i < 3; i++) {
        try (Connection connection = fixture.ds.getConnection()) {
          run(connection, "INSERT INTO t VALUES (1)");
          connection.setAutoCommit(false);
          run(connection, "INSERT INTO t VALUES (2)");
          connection.commit();
          connection.setAutoCommit(true);
        }
      }

      fixture.ds.close(); // tells what it has not told yet
      assertThat(fixture.resets).hasValue(0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStatementClosedOnCompletionIsNotForgotten(Database kind) throws SQLException {
    try (Fixture fixture = fixture(kind)) {
      Statement statement;
      try (Connection connection = fixture.ds.getConnection()) {
        statement = connection.createStatement();
        statement.closeOnCompletion();
        assertThat(statement.isCloseOnCompletion()).isTrue();
        statement.executeQuery("SELECT 1").close();
        assertThat(statement.isClosed()).isTrue();
      }

      fixture.ds.getConnection().close();
      fixture.ds.close(); // tells what it has not told yet
      assertThat(fixture.resets).hasValue(0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void metaDataLeadsBackAndItsResultSetsAreClosed(Database kind) throws SQLException {
    try (Fixture fixture = fixture(kind)) {
      ResultSet forgotten;
      try (Connection connection = fixture.ds.getConnection()) {
        forgotten = connection.getMetaData().getTables(null, null, "%", null);
        assertThat(forgotten.next()).isTrue();
        Statement its = forgotten.getStatement();
        if (its != null) {
          assertThat(its.getConnection()).isSameAs(connection);
        }
        try (ResultSet closed = connection.getMetaData().getTypeInfo()) {
          assertThat(closed.next()).isTrue();
        }
      }

      fixture.ds.getConnection().close();
      assertThat(forgotten.isClosed()).isTrue();
      assertThatThrownBy(forgotten::next).isInstanceOf(SQLException.class);
      fixture.ds.close(); // tells what it has not told yet
      assertThat(fixture.resets).hasValue(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFailedTransactionIsRolledBack(Database kind) throws SQLException {
    try (Fixture fixture = fixture(kind)) {
      try (Connection connection = fixture.ds.getConnection()) {
        connection.setAutoCommit(false);
        run(connection, "INSERT INTO t VALUES (1)");
        assertThat(catchThrowable(() -> run(connection, "SELECT * FROM nowhere")))
            .isInstanceOf(SQLException.class);
      }

      try (Connection connection = fixture.ds.getConnection()) {
        assertThat(text(connection, "SELECT COUNT(*) FROM t")).isEqualTo("0");
      }
      assertThat(fixture.opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void thePrimaryIsKnownAsSuch(Database kind) throws SQLException {
    try (Fixture fixture = new Fixture(kind, b -> b.requiredRole(SluiceConfig.Role.PRIMARY))) {
      fixture.ds.getConnection().close();

      assertThat(fixture.ds.isHealthy()).isTrue();
    }
  }

  @Test
  void aServerThatOnlyReadsIsNotThePrimary() throws SQLException {
    try (Fixture fixture =
        new Fixture(
            Database.POSTGRESQL,
            b ->
                b.requiredRole(SluiceConfig.Role.PRIMARY).acquireTimeout(Duration.ofMillis(500)))) {
      String name = fixture.database.name();
      try (Connection connection = fixture.database.connect()) {
        run(connection, "ALTER DATABASE " + name + " SET default_transaction_read_only = on");
      }
      CompletableFuture<Connection> first =
          fixture.ds.getConnectionAsync(AcquireOptions.DEFAULT.withTimeout(Timing.LONG));
      Eventually.await(() -> fixture.ds.stats().openFailures() > 0, "the pool has found out");
      first.cancel(false);

      Throwable refused = catchThrowable(fixture.ds::getConnection);

      assertThat(refused).isInstanceOf(DatabaseUnavailableException.class);
      assertThat(((SQLException) refused).getSQLState()).isEqualTo("25006");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWrongPasswordOrDatabaseIsReportedAtOnce(Database kind) throws SQLException {
    try (TestDatabase database = kind.create()) {
      String url = database.url();
      String wrong =
          kind == Database.H2
              ? url.replace(database.name(), "nowhere").replace(";DB_CLOSE_DELAY=-1", "")
                  + ";IFEXISTS=TRUE"
              : url.replace("/" + database.name(), "/nowhere");
      try (SluiceDataSource ds =
          Sluice.dataSource(wrong).user(database.user()).password(database.password()).build()) {
        long start = System.nanoTime();

        Throwable refused = catchThrowable(ds::getConnection);

        assertThat(refused).isInstanceOf(DatabaseUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
      }
    }
  }

  @Test
  void aKilledSessionIsReplaced() throws SQLException {
    try (Fixture fixture = fixture(Database.POSTGRESQL)) {
      try (Connection connection = fixture.ds.getConnection();
          Connection admin = fixture.database.connect()) {
        String pid = text(connection, "SELECT pg_backend_pid()");
        run(admin, "SELECT pg_terminate_backend(" + pid + ")");

        assertThat(catchThrowable(() -> run(connection, "SELECT 1")))
            .isInstanceOf(SQLException.class);
      }

      try (Connection connection = fixture.ds.getConnection()) {
        run(connection, "SELECT 1");
      }
      assertThat(fixture.ds.stats().closed()).containsEntry(CloseReason.BROKEN, 1L);
    }
  }

  @Test
  void aKilledSessionOfMariaDbIsReplaced() throws SQLException {
    try (Fixture fixture = fixture(Database.MARIADB)) {
      try (Connection connection = fixture.ds.getConnection();
          Connection admin = fixture.database.connect()) {
        run(admin, "KILL " + text(connection, "SELECT CONNECTION_ID()"));

        assertThat(catchThrowable(() -> run(connection, "SELECT 1")))
            .isInstanceOf(SQLException.class);
      }

      try (Connection connection = fixture.ds.getConnection()) {
        run(connection, "SELECT 1");
      }
      assertThat(fixture.ds.stats().closed()).containsEntry(CloseReason.BROKEN, 1L);
    }
  }

  @Test
  void theWholeSearchPathIsPutBack() throws SQLException {
    try (Fixture fixture =
        new Fixture(
            Database.POSTGRESQL, b -> b.initSql("SET search_path = \"$user\", other, public"))) {
      try (Connection connection = fixture.ds.getConnection()) {
        connection.setSchema("pg_catalog");
      }

      try (Connection connection = fixture.ds.getConnection()) {
        assertThat(text(connection, "SHOW search_path")).isEqualTo("\"$user\", other, public");
      }
    }
  }

  @Test
  void theServerKnowsThePoolByItsName() throws SQLException {
    try (Fixture fixture = new Fixture(Database.POSTGRESQL, b -> b.name("orders"));
        Connection connection = fixture.ds.getConnection()) {
      assertThat(text(connection, "SHOW application_name")).isEqualTo("orders");
    }
  }

  @Test
  void theUsersOwnApplicationNameCounts() throws SQLException {
    try (Fixture fixture =
            new Fixture(Database.POSTGRESQL, b -> b.driverProperty("ApplicationName", "mine"));
        Connection connection = fixture.ds.getConnection()) {
      assertThat(text(connection, "SHOW application_name")).isEqualTo("mine");
    }
  }

  @Test
  void cleanMakesPostgresForgetAll() throws SQLException {
    try (Fixture fixture =
        new Fixture(
            Database.POSTGRESQL,
            b ->
                b.resetPolicy(ResetPolicy.CLEAN).schema("other").initSql("SET work_mem = '5MB'"))) {
      try (Connection connection = fixture.ds.getConnection()) {
        run(connection, "SET statement_timeout = '7s'");
        run(connection, "SET search_path = public");
        run(connection, "CREATE TEMP TABLE gone (id INT)");
        run(connection, "LISTEN something");
        run(connection, "SELECT pg_advisory_lock(42)");
        run(connection, "PREPARE gone_too AS SELECT 1");
      }

      try (Connection connection = fixture.ds.getConnection()) {
        assertThat(text(connection, "SHOW statement_timeout")).isEqualTo("0");
        assertThat(text(connection, "SHOW search_path")).contains("other");
        assertThat(text(connection, "SHOW work_mem")).isEqualTo("5MB");
        assertThat(text(connection, "SELECT to_regclass('pg_temp.gone')")).isNull();
        assertThat(text(connection, "SELECT COUNT(*) FROM pg_listening_channels()")).isEqualTo("0");
        assertThat(text(connection, "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory'"))
            .isEqualTo("0");
        assertThat(text(connection, "SELECT COUNT(*) FROM pg_prepared_statements WHERE from_sql"))
            .isEqualTo("0");
      }
      assertThat(fixture.opened()).isEqualTo(1);
    }
  }

  @Test
  void cleanMakesMariaDbForgetTheSession() throws SQLException {
    try (Fixture fixture = new Fixture(Database.MARIADB, b -> b.resetPolicy(ResetPolicy.CLEAN))) {
      try (Connection connection = fixture.ds.getConnection()) {
        run(connection, "SET @mine = 7");
        run(connection, "CREATE TEMPORARY TABLE gone (id INT)");
      }

      try (Connection connection = fixture.ds.getConnection()) {
        assertThat(text(connection, "SELECT @mine")).isNull();
        assertThat(catchThrowable(() -> run(connection, "SELECT * FROM gone")))
            .isInstanceOf(SQLException.class);
      }
      assertThat(fixture.opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void severalBorrowersAtOnceNeverSeeEachOther(Database kind) throws Exception {
    try (Fixture fixture = new Fixture(kind, b -> b.maxSize(4))) {
      List<Thread> borrowers = new ArrayList<>();
      List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
      for (int i = 0; i < 8; i++) {
        int number = i;
        Thread borrower =
            new Thread(
                () -> {
                  try {
                    borrow(fixture.ds, number);
                  } catch (Throwable e) {
                    failures.add(e);
                  }
                });
        borrower.start();
        borrowers.add(borrower);
      }
      for (Thread borrower : borrowers) {
        borrower.join();
      }

      assertThat(fixture.rows()).isEqualTo("0");
      assertThat(failures).isEmpty();
    }
  }

  private static void borrow(SluiceDataSource ds, int number) throws SQLException {
    for (int i = 0; i < 50; i++) {
      try (Connection connection = ds.getConnection()) {
        assertThat(connection.getAutoCommit()).isTrue();
        // Rows are looked for, not counted: H2, pool or no pool, now and then counts what others
        // are about to roll back.
        assertThat(text(connection, "SELECT COALESCE(MAX(id), -1) FROM t WHERE id >= 0"))
            .isEqualTo("-1");
        if (number % 2 == 0) {
          connection.setAutoCommit(false);
          run(connection, "INSERT INTO t VALUES (" + i + ")");
        }
      }
    }
  }
}
