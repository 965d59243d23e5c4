package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlEffect;
import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLSyntaxErrorException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The particularities of a database and its driver. */
enum Dialect {
  POSTGRESQL(
      "PostgreSQL",
      "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on'",
      Dialect.CLEANING_OF_POSTGRESQL,
      false) {
    @Override
    Map<String, String> driverProperties(String poolName, LoginLimit limit) {
      return Map.of(
          "connectTimeout",
          limit.seconds(),
          LOGIN_READ_TIMEOUT,
          limit.seconds(),
          "ApplicationName",
          printable(poolName, 63));
    }

    @Override
    boolean cancel(Connection raw) throws SQLException {
      ServerQuery.callDriver(raw, "org.postgresql.PGConnection", "cancelQuery");
      return true;
    }

    @Override
    boolean isReadOnlyServer(Connection raw) throws SQLException {
      return ServerQuery.queryBoolean(
          raw,
          "SELECT pg_catalog.pg_is_in_recovery() OR EXISTS (SELECT 1 FROM pg_catalog.pg_settings"
              + " WHERE name = 'default_transaction_read_only' AND setting = 'on' AND source IN"
              + " ('default', 'environment variable', 'configuration file', 'command line'))");
    }

    @Override
    void endReadOnlySession(Connection raw) throws SQLException {
      ServerQuery.execute(raw, "RESET default_transaction_read_only");
    }

    // The whole path, because getSchema returns only the first entry that exists.
    @Override
    @Nullable String readSchema(Connection raw) throws SQLException {
      return ServerQuery.queryText(raw, "SHOW search_path");
    }

    @Override
    boolean readsAtOpen(SessionProperty property) {
      return property == SessionProperty.CLIENT_INFO || property == SessionProperty.READ_ONLY;
    }

    @Override
    boolean remembers(SessionProperty property) {
      return property == SessionProperty.SCHEMA || property == SessionProperty.ISOLATION;
    }

    // In some modes the driver's setReadOnly applies to each transaction and does not reach the
    // server.
    @Override
    void resetReadOnly(Connection raw) throws SQLException {
      try (Statement statement = raw.createStatement()) {
        statement.execute("RESET default_transaction_read_only");
      }
    }

    // The next borrower would otherwise get notifications that the driver has already received.
    @Override
    void clean(Connection raw) throws SQLException {
      for (String prepared : ServerQuery.lastAnswer(raw, CLEANING_OF_POSTGRESQL)) {
        ServerQuery.execute(
            raw, "DEALLOCATE " + prepared); // the driver's own stay: it relies on them
      }
      ServerQuery.callDriver(raw, "org.postgresql.PGConnection", "getNotifications");
    }

    @Override
    @Nullable String initialSetting(Connection raw, String name) throws SQLException {
      return ServerQuery.queryText(
          raw, "SELECT reset_val FROM pg_settings WHERE name = '" + name + "'");
    }

    @Override
    void restoreSchema(Connection raw, @Nullable String schema) throws SQLException {
      try (PreparedStatement set =
          raw.prepareStatement("SELECT set_config('search_path', ?, false)")) {
        set.setString(1, schema);
        set.execute();
      }
    }
  },

  MARIADB("MariaDB", Dialect.MYSQL_READ_ONLY, null, true) {
    @Override
    Map<String, String> driverProperties(String poolName, LoginLimit limit) {
      Map<String, String> ours = new HashMap<>(4);
      ours.put("connectTimeout", limit.millis());
      ours.put("useResetConnection", "true");
      return withRetries(ours, limit);
    }

    // The driver tracks the database; its schema is either that or nothing.
    @Override
    boolean readsAtOpen(SessionProperty property) {
      return property == SessionProperty.CATALOG
          || property == SessionProperty.SCHEMA
          || property == SessionProperty.READ_ONLY;
    }

    @Override
    void endReadOnlySession(Connection raw) throws SQLException {
      ServerQuery.execute(raw, "SET SESSION TRANSACTION READ WRITE");
    }

    @Override
    boolean cancel(Connection raw) throws SQLException {
      ServerQuery.callDriver(raw, "org.mariadb.jdbc.Connection", "cancelCurrentQuery");
      return true;
    }

    @Override
    void clean(Connection raw) throws SQLException {
      ServerQuery.callDriver(raw, "org.mariadb.jdbc.Connection", "reset");
    }
  },

  MYSQL("MySQL", Dialect.MYSQL_READ_ONLY, null, true) {
    @Override
    Map<String, String> driverProperties(String poolName, LoginLimit limit) {
      Map<String, String> ours = new HashMap<>(4);
      ours.put("connectTimeout", limit.millis());
      ours.put(LOGIN_READ_TIMEOUT, limit.millis());
      return withRetries(ours, limit);
    }

    // The driver tracks the database; its schema is either that or nothing.
    @Override
    boolean readsAtOpen(SessionProperty property) {
      return property == SessionProperty.CATALOG || property == SessionProperty.SCHEMA;
    }

    @Override
    void endReadOnlySession(Connection raw) throws SQLException {
      ServerQuery.execute(raw, "SET SESSION TRANSACTION READ WRITE");
    }

    @Override
    void clean(Connection raw) throws SQLException {
      ServerQuery.callDriver(raw, "com.mysql.cj.jdbc.JdbcConnection", "resetServerState");
    }
  },

  ORACLE(
      "Oracle",
      "SELECT CASE WHEN SYS_CONTEXT('USERENV', 'DATABASE_ROLE') = 'PRIMARY' THEN 0 ELSE 1 END"
          + " FROM DUAL",
      null,
      false) {
    @Override
    Map<String, String> driverProperties(String poolName, LoginLimit limit) {
      return Map.of("oracle.net.CONNECT_TIMEOUT", limit.millis());
    }
  },

  SQLSERVER(
      "Microsoft SQL Server",
      "SELECT CASE WHEN DATABASEPROPERTYEX(DB_NAME(), 'Updateability') = 'READ_WRITE'"
          + " THEN 0 ELSE 1 END",
      null,
      false) {
    @Override
    Map<String, String> driverProperties(String poolName, LoginLimit limit) {
      return Map.of(
          "loginTimeout", limit.totalSeconds(), "applicationName", printable(poolName, 128));
    }
  },

  DB2("DB2", null, null, false) {
    @Override
    Map<String, String> driverProperties(String poolName, LoginLimit limit) {
      return Map.of("loginTimeout", limit.totalSeconds());
    }
  },

  /** {@code BEGIN} switches auto-commit off here, as {@code SET AUTOCOMMIT} does. */
  H2("H2", "SELECT READONLY()", null, true),

  DERBY("Apache Derby", null, null, false),

  HSQLDB("HSQL Database Engine", null, null, true),

  SQLITE("SQLite", null, null, false),

  DUCKDB("DuckDB", null, null, false),

  OTHER("", null, null, false);

  private static final String CLEANING_OF_POSTGRESQL =
      "SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *;"
          + " SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES;"
          + " SELECT quote_ident(name) FROM pg_prepared_statements WHERE from_sql";

  /**
   * The driver property that limits each read during the login and afterwards. The pool lifts the
   * limit when the connection is set up. PostgreSQL's own login timeout would make the driver log
   * in on a thread that nobody counts.
   */
  static final String LOGIN_READ_TIMEOUT = "socketTimeout";

  /** The value is a number, or a word in newer versions of MariaDB. */
  private static final String MYSQL_READ_ONLY =
      "SELECT @@global.read_only NOT IN ('OFF', '0') OR @@global.innodb_read_only";

  private static final Map<String, Dialect> BY_SUBPROTOCOL =
      Map.ofEntries(
          Map.entry("postgresql", POSTGRESQL),
          Map.entry("mariadb", MARIADB),
          Map.entry("mysql", MYSQL),
          Map.entry("oracle", ORACLE),
          Map.entry("sqlserver", SQLSERVER),
          Map.entry("db2", DB2),
          Map.entry("h2", H2),
          Map.entry("derby", DERBY),
          Map.entry("hsqldb", HSQLDB),
          Map.entry("sqlite", SQLITE),
          Map.entry("duckdb", DUCKDB));

  /** Whether SQL may change the result of the driver's {@code getAutoCommit}. */
  final boolean sqlMaySetAutoCommit;

  /** The SQL that rolls back. */
  final String rollback;

  /** The SQL that commits. */
  final String commit;

  private final String product;
  private final @Nullable String readOnlyQuery;
  private final @Nullable String cleaning;

  Dialect(
      String product,
      @Nullable String readOnlyQuery,
      @Nullable String cleaning,
      boolean sqlMaySetAutoCommit) {
    this.product = product;
    this.readOnlyQuery = readOnlyQuery;
    this.cleaning = cleaning;
    this.sqlMaySetAutoCommit = sqlMaySetAutoCommit;
    boolean countsTransactions = product.equals("Microsoft SQL Server");
    this.rollback = countsTransactions ? "IF @@TRANCOUNT > 0 ROLLBACK" : "ROLLBACK";
    this.commit = countsTransactions ? "WHILE @@TRANCOUNT > 0 COMMIT" : "COMMIT";
  }

  /**
   * Finds the dialect of a JDBC URL. Wrapping drivers put their name before the wrapped one's
   * ({@code jdbc:p6spy:mysql:}), so the first known part decides.
   */
  static Dialect ofUrl(String url) {
    int end = url.indexOf("//");
    String head = end < 0 ? url : url.substring(0, end);
    for (String part : head.toLowerCase(Locale.ROOT).split(":", -1)) {
      Dialect dialect = BY_SUBPROTOCOL.get(part);
      if (dialect != null) {
        return dialect;
      }
    }
    return OTHER;
  }

  /** Finds the dialect by the driver's name for its database; no round trip. */
  static Dialect ofProduct(@Nullable String name) {
    if (name == null) {
      return OTHER;
    }
    for (Dialect dialect : values()) {
      if (dialect != OTHER
          && name.regionMatches(true, 0, dialect.product, 0, dialect.product.length())) {
        return dialect;
      }
    }
    return OTHER;
  }

  /** Default driver properties, by the driver's names. */
  Map<String, String> driverProperties(String poolName, LoginLimit limit) {
    return Map.of();
  }

  /**
   * Limits the retries of drivers with several hosts, which would otherwise try 120 times. The pool
   * retries by itself.
   */
  private static Map<String, String> withRetries(Map<String, String> ours, LoginLimit limit) {
    if (limit.hosts() > 1) {
      ours.put("retriesAllDown", Integer.toString(limit.hosts()));
    }
    return ours;
  }

  /** Whether the driver sets a network timeout without a round trip. */
  boolean hasLocalNetworkTimeout() {
    return this == POSTGRESQL || this == MARIADB || this == MYSQL || this == SQLSERVER;
  }

  /** Whether {@link ServerLimits} knows how to ask for the server's limits. */
  boolean tellsLimits() {
    return this == POSTGRESQL || this == MARIADB || this == MYSQL;
  }

  /** Whether a statement's query timeout is that of all its connection's statements. */
  boolean sharesQueryTimeout() {
    return this == H2;
  }

  /**
   * Whether SQL may begin a transaction that the driver does not notice while auto-commit is on. If
   * SQL does so by switching auto-commit off, the driver notices.
   */
  boolean hidesTransactions() {
    return switch (this) {
      case POSTGRESQL, MARIADB, MYSQL, SQLSERVER, SQLITE, DUCKDB, OTHER -> true;
      case ORACLE, DB2, H2, DERBY, HSQLDB -> false;
    };
  }

  /** Finds what a text of SQL may do to the session. */
  int effectOf(String sql) {
    if (this != SQLSERVER) {
      return SqlEffect.of(sql);
    }
    int effect = SqlEffect.ofRunOn(sql);
    boolean onlyOneLevel = (effect & SqlEffect.ENDS) != 0;
    return onlyOneLevel ? effect & ~SqlEffect.ENDS : effect;
  }

  /** Sets the server's auto-commit to the driver's view of it. */
  void tellAutoCommit(Connection raw, boolean on) throws SQLException {
    try (Statement statement = raw.createStatement()) {
      statement.execute(on ? "SET autocommit=1" : "SET autocommit=0");
    }
  }

  /** Whether ending a transaction when none is open is a harmless error. */
  boolean refusesToEndNone() {
    return this == SQLITE || this == DUCKDB;
  }

  /**
   * Whether this error means that the server has rolled back the whole transaction. PostgreSQL
   * keeps a failed transaction instead, which {@link SessionProbe} sees, and which may recover to a
   * savepoint.
   */
  boolean endsTransaction(SQLException e) {
    String state = e.getSQLState();
    return this != POSTGRESQL && state != null && state.startsWith("40");
  }

  /**
   * Whether the driver reports the property without a round trip, so that the pool reads it at
   * open.
   */
  boolean readsAtOpen(SessionProperty property) {
    return false;
  }

  /** Undoes changes made by SQL to read-only mode at the server. */
  void resetReadOnly(Connection raw) throws SQLException {}

  /** Whether the server reports at any time the property's value at the begin of the session. */
  boolean remembers(SessionProperty property) {
    return false;
  }

  /** Asks the server for a setting's value at the begin of the session. */
  @Nullable String initialSetting(Connection raw, String name) throws SQLException {
    throw new SQLFeatureNotSupportedException(name, SqlStates.NOT_SUPPORTED);
  }

  @Nullable String readSchema(Connection raw) throws SQLException {
    return raw.getSchema();
  }

  void restoreSchema(Connection raw, @Nullable String schema) throws SQLException {
    raw.setSchema(schema);
  }

  /** A cheap query, for drivers that cannot check a connection by themselves. */
  String checkQuery() {
    return switch (this) {
      case ORACLE -> "SELECT 1 FROM DUAL";
      case DB2, DERBY, HSQLDB -> "VALUES 1";
      default -> "SELECT 1";
    };
  }

  /** Asks the server, otherwise the driver, whether the server accepts writes. */
  boolean isPrimary(Connection raw) throws SQLException {
    if (readOnlyQuery == null) {
      return !raw.isReadOnly();
    }
    try (Statement statement = raw.createStatement();
        ResultSet answer = statement.executeQuery(readOnlyQuery)) {
      return answer.next() && !answer.getBoolean(1);
    }
  }

  /**
   * Asks the server whether it refuses writes in every session. A restriction of this session, its
   * role, its database or its transaction does not count. True if there is no such query.
   */
  boolean isReadOnlyServer(Connection raw) throws SQLException {
    return readOnlyQuery == null || !isPrimary(raw);
  }

  /** Makes a session writable again after SQL made it read-only; otherwise harmless. */
  void endReadOnlySession(Connection raw) throws SQLException {}

  /** Whether the catalog is part of the session and a reset does not change it. */
  boolean tracksCatalog() {
    return this == MARIADB || this == MYSQL;
  }

  /** Asks the server for the catalog. */
  @Nullable String currentCatalog(Connection raw) throws SQLException {
    return ServerQuery.queryText(raw, "SELECT DATABASE()");
  }

  /**
   * Asks the server for the role, in the form that {@code SET ROLE} takes; null if it has no roles.
   */
  @Nullable String currentRole(Connection raw) throws SQLException {
    try {
      String role = ServerQuery.queryText(raw, "SELECT CURRENT_ROLE()");
      return role == null || role.equals("NONE")
          ? "NONE"
          : this == MARIADB ? Identifiers.quoted(role, '`') : role;
    } catch (SQLSyntaxErrorException e) {
      return null; // an old server
    }
  }

  /**
   * Asks the server, over a separate connection of the driver, to stop this connection's running
   * statement. Any thread may call it while another one is in the driver.
   *
   * @return false if this driver offers no way
   */
  boolean cancel(Connection raw) throws SQLException {
    return false;
  }

  /** Whether {@link #clean} is supported. */
  boolean cleans() {
    return cleaning != null || this == MARIADB || this == MYSQL;
  }

  /** The message that it is not supported. */
  String cannotClean() {
    return "resetPolicy CLEAN is not available for "
        + (this == OTHER ? "this database" : product)
        + ", which has no command for it; use FAST, VERIFIED or your own statements";
  }

  /** Makes the server forget the session's state. Prepared statements stay where possible. */
  void clean(Connection raw) throws SQLException {
    if (cleaning == null) {
      throw new SQLFeatureNotSupportedException(cannotClean(), SqlStates.NOT_SUPPORTED);
    }
    ServerQuery.execute(raw, cleaning);
  }

  /** A name in a form that servers accept: printable ASCII, not too long. */
  private static String printable(String name, int length) {
    StringBuilder ascii = new StringBuilder(name);
    ascii.setLength(Math.min(length, name.length()));
    for (int i = 0; i < ascii.length(); i++) {
      if (ascii.charAt(i) < ' ' || ascii.charAt(i) > '~') {
        ascii.setCharAt(i, '_');
      }
    }
    return ascii.toString();
  }
}
