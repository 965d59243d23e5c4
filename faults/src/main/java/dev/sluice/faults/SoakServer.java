package dev.sluice.faults;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.testkit.Eventually;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The database of a soak as its administrator sees it, past the proxy. For the soak's thread. */
final class SoakServer implements AutoCloseable {
  /** The user of the pool under test. */
  static final String ROLE = "soak";

  /** The user of the pools beside it, so that the server counts their sessions apart. */
  static final String SIDE_ROLE = "soak_side";

  static final String FIRST_PASSWORD = "soak-secret-0";
  static final String SIDE_PASSWORD = "soak-side-secret";

  /** Rows of {@code soak_locks}. */
  static final int LOCKS = 8;

  private static final int TIMEOUT_SECONDS = 10;
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String LOADED_AT = "SELECT pg_conf_load_time()::text";

  private final EmbeddedServer server;
  private @Nullable SoakCertificates certificates;

  /** Makes the roles and the tables anew. */
  SoakServer(EmbeddedServer server) throws SQLException {
    this.server = server;
    administer(
        "DROP TABLE IF EXISTS soak, soak_locks, soak_abandoned",
        "DROP ROLE IF EXISTS " + ROLE,
        "DROP ROLE IF EXISTS " + SIDE_ROLE,
        "CREATE ROLE " + ROLE + " LOGIN PASSWORD '" + FIRST_PASSWORD + "'",
        "CREATE ROLE " + SIDE_ROLE + " LOGIN PASSWORD '" + SIDE_PASSWORD + "'",
        "CREATE TABLE soak (id int PRIMARY KEY, n bigint NOT NULL, m int NOT NULL)",
        "INSERT INTO soak SELECT i, 0, 0 FROM generate_series(1, 100) i",
        "CREATE TABLE soak_locks (id int PRIMARY KEY, n bigint NOT NULL)",
        "INSERT INTO soak_locks SELECT i, 0 FROM generate_series(1, " + LOCKS + ") i",
        "CREATE TABLE soak_abandoned (who text)",
        "GRANT SELECT, UPDATE ON soak, soak_locks TO " + ROLE + ", " + SIDE_ROLE,
        "GRANT SELECT, INSERT ON soak_abandoned TO " + ROLE);
  }

  EmbeddedServer process() {
    return server;
  }

  /** A URL that leads to this server by another port. */
  String urlBy(int port) {
    return server.jdbcUrl().replace(":" + server.port() + "/", ":" + port + "/");
  }

  /** Runs statements as the administrator. */
  void administer(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET default_transaction_read_only = off");
      statement.execute("SET synchronous_commit = on"); // what a crash forgot would not be a fault
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** A connection of the administrator's. */
  Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", server.user());
    properties.setProperty("password", server.password());
    properties.setProperty("connectTimeout", Integer.toString(TIMEOUT_SECONDS));
    properties.setProperty("socketTimeout", Integer.toString(TIMEOUT_SECONDS));
    properties.setProperty("options", "-c idle_session_timeout=0"); // one of the faults sets it
    return DriverManager.getConnection(server.jdbcUrl(), properties);
  }

  private String ask(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  // ---- what it knows

  /** The process numbers of the sessions of the pool under test. */
  Set<Integer> sessions() throws SQLException {
    Set<Integer> all = new HashSet<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT pid FROM pg_stat_activity WHERE usename = '" + ROLE + "'")) {
      while (rows.next()) {
        all.add(rows.getInt(1));
      }
    }
    return all;
  }

  /** How many sessions the role has. */
  int count(String role) throws SQLException {
    try (Connection connection = connect()) {
      return count(connection, role);
    }
  }

  static int count(Connection connection, String role) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = '" + role + "'")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  /** How many statements that sleep the server still runs. */
  int sleeping() throws SQLException {
    return Integer.parseInt(
        ask(
            "SELECT count(*) FROM pg_stat_activity WHERE usename IN ('"
                + ROLE
                + "', '"
                + SIDE_ROLE
                + "') AND state = 'active' AND query LIKE '%pg_sleep%'"));
  }

  /** How many rows of transactions that nobody committed are there. */
  int abandonedRows() throws SQLException {
    return Integer.parseInt(ask("SELECT count(*) FROM soak_abandoned"));
  }

  /** Whether it can take each of the locks that borrowers may hold; it gives them back. */
  boolean takesAllLocks() throws SQLException {
    return unlessLocked("UPDATE soak_locks SET n = n + 1");
  }

  private boolean unlessLocked(String sql) throws SQLException {
    try {
      administer("SET lock_timeout = '400ms'", sql);
      return true;
    } catch (SQLException e) {
      if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw e;
      }
      return false;
    }
  }

  // ---- what is done to it

  /** Changes the type of a column under the plans that sessions have, if nobody is in its way. */
  void changePlans(Random random) throws SQLException {
    String type = random.nextBoolean() ? "bigint" : "int";
    unlessLocked("ALTER TABLE soak ALTER COLUMN m TYPE " + type);
  }

  /** Sessions that idle for so long are ended from now on, once they have learnt of it. */
  void endIdleSessions(String after) throws SQLException {
    administer("ALTER SYSTEM SET idle_session_timeout = '" + after + "'");
    reload();
  }

  /** The certificate that clients trust. */
  Path trustedCertificate() {
    return certificates().trusted();
  }

  private SoakCertificates certificates() {
    SoakCertificates made = certificates;
    if (made == null) {
      made = SoakCertificates.make();
      certificates = made;
    }
    return made;
  }

  /** Has the server show one of the certificates; null: no TLS at all. */
  void showCertificate(@Nullable String name) throws SQLException {
    if (name != null) {
      certificates().install(name, Path.of(ask("SHOW data_directory")));
    }
    administer("ALTER SYSTEM SET ssl = " + (name == null ? "off" : "on"));
    reload();
  }

  /** Has the server read its configuration, and waits until new sessions have it. */
  private void reload() throws SQLException {
    String before = ask(LOADED_AT);
    administer("SELECT pg_reload_conf()");
    Eventually.await(() -> !ask(LOADED_AT).equals(before), "the configuration is read");
  }

  /** Ends all faults of the server's. */
  void heal() throws SQLException {
    if (server.isRunning()) {
      server.thaw();
    }
    server.start();
    administer(
        "ALTER SYSTEM RESET default_transaction_read_only",
        "ALTER SYSTEM RESET idle_session_timeout",
        "ALTER ROLE " + ROLE + " CONNECTION LIMIT -1",
        "ALTER ROLE " + ROLE + " RESET idle_session_timeout",
        "SELECT pg_reload_conf()");
  }

  @Override
  public void close() {
    if (certificates != null) {
      certificates.close();
    }
  }
}
