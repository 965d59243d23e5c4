package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static dev.sluice.jdbc.RealDatabase.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.PGConnection;

/** With CLEAN, a session is as a new one, setting by setting, for the server and for the driver. */
class CleanSessionTest {
  /** Configurations of which each leaves something of its own in a new session. */
  static Stream<Arguments> configurations() {
    UnaryOperator<SluiceBuilder> plain = b -> b;
    UnaryOperator<SluiceBuilder> options =
        b ->
            b.transactionIsolation(Connection.TRANSACTION_SERIALIZABLE)
                .readOnly(false)
                .autoCommit(false);
    UnaryOperator<SluiceBuilder> pgSql = b -> b.initSql("SET work_mem = '5MB'", "SET ROLE NONE");
    UnaryOperator<SluiceBuilder> mySql =
        b -> b.initSql("SET SESSION sql_mode = 'ANSI'", "SET time_zone = '+05:00'", "SET @x = 1");
    String zone = "sessionVariables=sql_select_limit=1000,time_zone='%2B03:00'";
    return Stream.of(
        Arguments.of(RealDatabase.POSTGRESQL, "", plain),
        Arguments.of(RealDatabase.POSTGRESQL, "?options=-c%20statement_timeout=9000", plain),
        Arguments.of(RealDatabase.POSTGRESQL, "", options),
        Arguments.of(RealDatabase.POSTGRESQL, "", pgSql),
        Arguments.of(RealDatabase.MARIADB, "", plain),
        Arguments.of(RealDatabase.MARIADB, "?" + zone.replace("%2B", "+"), plain),
        Arguments.of(RealDatabase.MARIADB, "", options),
        Arguments.of(RealDatabase.MARIADB, "", mySql),
        Arguments.of(RealDatabase.MYSQL, "", plain),
        Arguments.of(RealDatabase.MYSQL, "&" + zone, plain),
        Arguments.of(RealDatabase.MYSQL, "", options),
        Arguments.of(RealDatabase.MYSQL, "", mySql));
  }

  private static SluiceBuilder pool(TestDatabase database, String more) {
    TestDatabase at =
        new TestDatabase(
            database.name(),
            database.url() + more,
            database.user(),
            database.password(),
            database.drop());
    return RealDatabase.pool(at).resetPolicy(ResetPolicy.CLEAN);
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void knownBug34CleanedSessionEqualsAFreshOne(
      RealDatabase kind, String more, UnaryOperator<SluiceBuilder> options) throws SQLException {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = options.apply(pool(database, more)).build()) {
      prepare(database, kind);
      Map<String, String> fresh;
      try (SluiceDataSource another = options.apply(RealDatabase.pool(at(database, more))).build();
          Connection connection = another.getConnection()) {
        fresh = dump(kind, connection);
      }
      for (int i = 0; i < 3; i++) {
        try (Connection connection = ds.getConnection()) {
          assertThat(changes(fresh, dump(kind, connection))).as("lease %d", i).isEmpty();
          disturbByJdbc(kind, connection);
          disturbBySql(kind, connection);
        }
      }

      try (Connection connection = ds.getConnection()) {
        assertThat(changes(fresh, dump(kind, connection))).isEmpty();
      }
      assertThat(ds.stats().opened()).as("connections opened").isEqualTo(1);
    }
  }

  private static TestDatabase at(TestDatabase database, String more) {
    return new TestDatabase(
        database.name(),
        database.url() + more,
        database.user(),
        database.password(),
        database.drop());
  }

  private static void prepare(TestDatabase database, RealDatabase kind) throws SQLException {
    try (Connection admin = database.connect()) {
      if (kind == RealDatabase.POSTGRESQL) {
        run(admin, "CREATE SCHEMA other");
        run(admin, "CREATE SEQUENCE numbers");
      } else {
        run(admin, "CREATE OR REPLACE ROLE cleaner");
        run(admin, "GRANT cleaner TO CURRENT_USER");
      }
    }
  }

  private static void disturbByJdbc(RealDatabase kind, Connection connection) throws SQLException {
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);
    if (kind == RealDatabase.POSTGRESQL) {
      connection.setSchema("other");
      connection.setClientInfo("ApplicationName", "mine");
    } else {
      connection.setCatalog("information_schema");
    }
    connection.setNetworkTimeout(Runnable::run, 12_345);
    connection.setAutoCommit(!connection.getAutoCommit());
  }

  private static void disturbBySql(RealDatabase kind, Connection connection) throws SQLException {
    for (String sql : disturbances(kind)) {
      run(connection, sql);
    }
  }

  private static List<String> disturbances(RealDatabase kind) {
    if (kind == RealDatabase.POSTGRESQL) {
      return List.of(
          "SET statement_timeout = '7s'",
          "SET search_path = other",
          "SET TIME ZONE 'Asia/Tokyo'",
          "SET DateStyle = 'ISO, DMY'",
          "CREATE TEMP TABLE gone (id INT)",
          "LISTEN something",
          "SELECT pg_advisory_lock(42)",
          "SELECT nextval('public.numbers')",
          "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
          "PREPARE by_sql AS SELECT 1",
          "DECLARE held CURSOR WITH HOLD FOR SELECT 1",
          "SET ROLE pg_read_all_data",
          "COMMIT");
    }
    return List.of(
        kind == RealDatabase.MYSQL ? "SET NAMES latin1" : "SET collation_connection = utf8mb4_bin",
        "SET @mine = 7",
        "SET SESSION sql_mode = 'ANSI_QUOTES'",
        "SET SESSION sort_buffer_size = 100000",
        "SET time_zone = '+09:00'",
        "CREATE TEMPORARY TABLE mysql.gone (id INT)",
        "PREPARE by_sql FROM 'SELECT 1'",
        "SELECT GET_LOCK('mine', 0)",
        "USE mysql",
        "SET ROLE cleaner",
        "SET autocommit = 0");
  }

  /** All that the server and the driver say of a session. */
  private static Map<String, String> dump(RealDatabase kind, Connection connection)
      throws SQLException {
    Map<String, String> all = new TreeMap<>();
    put(all, "isolation", connection.getTransactionIsolation());
    put(all, "read-only", connection.isReadOnly());
    put(all, "auto-commit", connection.getAutoCommit());
    put(all, "catalog", connection.getCatalog());
    put(all, "schema", connection.getSchema());
    put(all, "network timeout", connection.getNetworkTimeout());
    put(all, "client info", connection.getClientInfo());
    put(all, "holdability", connection.getHoldability());
    if (kind == RealDatabase.POSTGRESQL) {
      pairs(all, connection, "SELECT name, setting FROM pg_settings");
      pairs(all, connection, "SELECT 'user', current_user || ',' || session_user");
      pairs(all, connection, "SELECT 'temp ' || relname, 1 FROM pg_class WHERE relpersistence='t'");
      pairs(all, connection, "SELECT 'lock ' || objid, 1 FROM pg_locks WHERE locktype='advisory'");
      pairs(all, connection, "SELECT 'statement', name FROM pg_prepared_statements WHERE from_sql");
      pairs(all, connection, "SELECT 'cursor', name FROM pg_cursors WHERE is_holdable");
      pairs(all, connection, "SELECT 'channel', * FROM pg_listening_channels()");
    } else {
      pairs(all, connection, "SHOW SESSION VARIABLES");
      pairs(all, connection, "SELECT 'database', DATABASE()");
      pairs(all, connection, "SELECT 'role', CURRENT_ROLE()");
      pairs(all, connection, "SELECT 'user variable', @mine");
      pairs(all, connection, "SELECT 'lock', IS_USED_LOCK('mine') = CONNECTION_ID()");
      List.of("timestamp", "rand_seed1", "rand_seed2", "pseudo_thread_id", "last_insert_id")
          .forEach(all::remove);
      List.of("in_transaction", "last_gtid").forEach(all::remove);
    }
    if (!connection.getAutoCommit()) {
      connection.rollback();
    }
    return all;
  }

  private static Map<String, String> changes(Map<String, String> fresh, Map<String, String> now) {
    Map<String, String> changes = new TreeMap<>();
    Set<String> names = new TreeSet<>(fresh.keySet());
    names.addAll(now.keySet());
    for (String name : names) {
      if (!Objects.equals(fresh.get(name), now.get(name))) {
        changes.put(name, fresh.get(name) + " -> " + now.get(name));
      }
    }
    return changes;
  }

  private static void put(Map<String, String> all, String name, Object value) {
    all.put("driver's " + name, String.valueOf(value));
  }

  private static void pairs(Map<String, String> all, Connection connection, String sql)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        all.put(rows.getString(1), String.valueOf(rows.getString(2)));
      }
    }
  }

  /** What is stored by the second borrower is stored in the right character set. */
  @ParameterizedTest
  @EnumSource(names = {"MARIADB", "MYSQL"})
  void textOfTheNextBorrowerIsStoredAsItIs(RealDatabase kind) throws SQLException {
    String text = "żółć 日本語 😀";
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = pool(database, "").build()) {
      try (Connection connection = ds.getConnection()) {
        run(connection, "CREATE TABLE t (name VARCHAR(100)) CHARACTER SET utf8mb4");
      }
      try (Connection connection = ds.getConnection();
          PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
        insert.setString(1, text);
        insert.execute();
      }

      try (Connection other = database.connect()) {
        assertThat(text(other, "SELECT name FROM t")).isEqualTo(text);
      }
    }
  }

  @Test
  void driverThatDoesNotResetIsRefused() throws SQLException {
    try (TestDatabase database = RealDatabase.MARIADB.create()) {
      refuses(pool(database, "?useResetConnection=false"), "useResetConnection=true");
      MariaDbDataSource source = new MariaDbDataSource(database.url());
      source.setUser(database.user());
      source.setPassword(database.password());
      refuses(
          Sluice.dataSource(source).maxSize(1).resetPolicy(ResetPolicy.CLEAN),
          "useResetConnection=true");
    }
    try (TestDatabase database = RealDatabase.MYSQL.create()) {
      refuses(pool(database, "&paranoid=true"), "paranoid=false");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"H2", "SQLITE", "DUCKDB"})
  void databaseWithoutACommandForItIsRefused(RealDatabase kind) {
    try (TestDatabase database = kind.create()) {
      assertThatThrownBy(() -> pool(database, "").build())
          .hasMessageContaining("resetPolicy CLEAN is not available");
    }
  }

  private static void refuses(SluiceBuilder builder, String reason) {
    try (SluiceDataSource ds = builder.minSize(0).build()) {
      assertThatThrownBy(ds::getConnection)
          .hasStackTraceContaining("resetPolicy CLEAN is not available")
          .hasStackTraceContaining(reason);
    }
  }

  @Test
  void cachedServerSideStatementsSurviveOrAreRefused() throws SQLException {
    for (RealDatabase kind : List.of(RealDatabase.MARIADB, RealDatabase.MYSQL)) {
      String more = (kind == RealDatabase.MYSQL ? "&" : "?") + "useServerPrepStmts=true";
      try (TestDatabase database = kind.create();
          SluiceDataSource ds = pool(database, more + "&cachePrepStmts=false").build()) {
        for (int i = 0; i < 3; i++) {
          prepareAndExecute(ds);
        }
        assertThat(ds.stats().opened()).isEqualTo(1);
      }
    }
    try (TestDatabase database = RealDatabase.MARIADB.create();
        SluiceDataSource ds = pool(database, "?useServerPrepStmts=true").build()) {
      for (int i = 0; i < 3; i++) {
        prepareAndExecute(ds);
      }
    }
    try (TestDatabase database = RealDatabase.MYSQL.create()) {
      refuses(pool(database, "&useServerPrepStmts=true&cachePrepStmts=true"), "cachePrepStmts");
    }
  }

  private static void prepareAndExecute(SluiceDataSource ds) throws SQLException {
    try (Connection connection = ds.getConnection();
        PreparedStatement statement = connection.prepareStatement("SELECT ? + 1")) {
      statement.setInt(1, 1);
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
      }
    }
  }

  @Test
  void driversOwnPreparedStatementsStay() throws SQLException {
    try (TestDatabase database = RealDatabase.POSTGRESQL.create();
        SluiceDataSource ds = pool(database, "").build()) {
      for (int i = 0; i < 12; i++) { // from the fifth time on, the server keeps it
        prepareAndExecute(ds);
      }
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  @Test
  void connectionWhoseDriverWasGivenOutIsClosed() throws SQLException {
    try (TestDatabase database = RealDatabase.POSTGRESQL.create();
        SluiceDataSource ds = pool(database, "").build()) {
      try (Connection connection = ds.getConnection()) {
        connection.unwrap(PGConnection.class).setPrepareThreshold(77);
      }

      try (Connection connection = ds.getConnection()) {
        assertThat(connection.unwrap(PGConnection.class).getPrepareThreshold()).isEqualTo(5);
      }
    }
  }

  @Test
  void notificationsOfTheLastBorrowersAreGone() throws SQLException {
    try (TestDatabase database = RealDatabase.POSTGRESQL.create();
        SluiceDataSource ds = pool(database, "").build();
        Connection other = database.connect()) {
      try (Connection connection = ds.getConnection()) {
        run(connection, "LISTEN news");
        run(other, "NOTIFY news, 'old'");
        run(connection, "SELECT 1"); // and the driver has it
      }

      try (Connection connection = ds.getConnection()) {
        assertThat(connection.unwrap(PGConnection.class).getNotifications()).isEmpty();
      }
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }
}
