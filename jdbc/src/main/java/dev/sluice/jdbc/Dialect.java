package dev.sluice.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is particular about a database and its driver. */
enum Dialect {
  POSTGRESQL(
      "PostgreSQL",
      "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on'",
      "SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *;"
          + " SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES",
      false) {
    @Override
    Map<String, String> driverProperties(String poolName, Duration timeout) {
      return Map.of(
          "connectTimeout", seconds(timeout),
          "loginTimeout", seconds(timeout),
          "ApplicationName", printable(poolName, 63));
    }

    // The whole path: getSchema knows only its first entry that exists.
    @Override
    @Nullable String readSchema(Connection raw) throws SQLException {
      return queryText(raw, "SHOW search_path");
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
    Map<String, String> driverProperties(String poolName, Duration timeout) {
      return Map.of("connectTimeout", millis(timeout), "useResetConnection", "true");
    }

    @Override
    void clean(Connection raw) throws SQLException {
      callDriver(raw, "org.mariadb.jdbc.Connection", "reset");
    }
  },

  MYSQL("MySQL", Dialect.MYSQL_READ_ONLY, null, true) {
    @Override
    Map<String, String> driverProperties(String poolName, Duration timeout) {
      return Map.of("connectTimeout", millis(timeout));
    }

    @Override
    void clean(Connection raw) throws SQLException {
      callDriver(raw, "com.mysql.cj.jdbc.JdbcConnection", "resetServerState");
    }
  },

  ORACLE(
      "Oracle",
      "SELECT CASE WHEN SYS_CONTEXT('USERENV', 'DATABASE_ROLE') = 'PRIMARY' THEN 0 ELSE 1 END"
          + " FROM DUAL",
      "BEGIN DBMS_SESSION.MODIFY_PACKAGE_STATE(DBMS_SESSION.REINITIALIZE); END;",
      false) {
    @Override
    Map<String, String> driverProperties(String poolName, Duration timeout) {
      return Map.of("oracle.net.CONNECT_TIMEOUT", millis(timeout));
    }
  },

  SQLSERVER(
      "Microsoft SQL Server",
      "SELECT CASE WHEN DATABASEPROPERTYEX(DB_NAME(), 'Updateability') = 'READ_WRITE'"
          + " THEN 0 ELSE 1 END",
      null,
      false) {
    @Override
    Map<String, String> driverProperties(String poolName, Duration timeout) {
      return Map.of("loginTimeout", seconds(timeout), "applicationName", printable(poolName, 128));
    }
  },

  DB2("DB2", null, null, false) {
    @Override
    Map<String, String> driverProperties(String poolName, Duration timeout) {
      return Map.of("loginTimeout", seconds(timeout));
    }
  },

  /** {@code BEGIN} switches auto-commit off here, as {@code SET AUTOCOMMIT} does. */
  H2("H2", "SELECT READONLY()", null, true),

  DERBY("Apache Derby", null, null, false),

  HSQLDB("HSQL Database Engine", null, null, true),

  OTHER("", null, null, false);

  /** A number, or in newer versions of MariaDB a word. */
  private static final String MYSQL_READ_ONLY =
      "SELECT @@global.read_only NOT IN ('OFF', '0') OR @@global.innodb_read_only";

  private static final Map<String, Dialect> BY_SUBPROTOCOL =
      Map.of(
          "postgresql", POSTGRESQL,
          "mariadb", MARIADB,
          "mysql", MYSQL,
          "oracle", ORACLE,
          "sqlserver", SQLSERVER,
          "db2", DB2,
          "h2", H2,
          "derby", DERBY,
          "hsqldb", HSQLDB);

  /** Whether SQL may change what the driver answers to {@code getAutoCommit}. */
  final boolean sqlMaySetAutoCommit;

  /** Rolls back by SQL, and does no harm where no transaction is open. */
  final String rollback;

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
    this.rollback =
        product.equals("Microsoft SQL Server") ? "IF @@TRANCOUNT > 0 ROLLBACK" : "ROLLBACK";
  }

  /**
   * Finds the dialect of a JDBC URL. Drivers that wrap others put their name before the wrapped
   * one's ({@code jdbc:p6spy:mysql:}), so the first part that is known counts.
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

  /** Finds the dialect by what the driver calls its database; no round trip. */
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

  /** What the driver is told if the user told it nothing else, by the driver's names. */
  Map<String, String> driverProperties(String poolName, Duration timeout) {
    return Map.of();
  }

  /** Whether the driver sets a network timeout without a round trip. */
  boolean hasLocalNetworkTimeout() {
    return this == POSTGRESQL || this == MARIADB || this == MYSQL || this == SQLSERVER;
  }

  /** Whether a statement's query timeout is that of all its connection's statements. */
  boolean sharesQueryTimeout() {
    return this == H2;
  }

  @Nullable String readSchema(Connection raw) throws SQLException {
    return raw.getSchema();
  }

  void restoreSchema(Connection raw, @Nullable String schema) throws SQLException {
    raw.setSchema(schema);
  }

  /** Asks the server, or else the driver, whether it accepts writes. */
  boolean isPrimary(Connection raw) throws SQLException {
    if (readOnlyQuery == null) {
      return !raw.isReadOnly();
    }
    try (Statement statement = raw.createStatement();
        ResultSet answer = statement.executeQuery(readOnlyQuery)) {
      return answer.next() && !answer.getBoolean(1);
    }
  }

  /** Whether {@link #clean} has a way. */
  boolean cleans() {
    return cleaning != null || this == MARIADB || this == MYSQL;
  }

  /** Says that it has none. */
  String cannotClean() {
    return "resetPolicy CLEAN cannot be had for "
        + (this == OTHER ? "this database" : product)
        + ", which has no command for it; use FAST, VERIFIED or statements of your own";
  }

  /** Makes the server forget the session's state; prepared statements stay where they can. */
  void clean(Connection raw) throws SQLException {
    if (cleaning == null) {
      throw new SQLFeatureNotSupportedException(cannotClean(), SqlStates.NOT_SUPPORTED);
    }
    try (Statement statement = raw.createStatement()) {
      statement.execute(cleaning);
    }
  }

  private static void callDriver(Connection raw, String typeName, String method)
      throws SQLException {
    try {
      Class<?> type = Class.forName(typeName, false, raw.getClass().getClassLoader());
      Method found = type.getMethod(method);
      found.invoke(type.isInstance(raw) ? raw : raw.unwrap(type));
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new SQLFeatureNotSupportedException(
          "This driver offers no reset at level CLEAN", SqlStates.NOT_SUPPORTED, e);
    }
  }

  private static @Nullable String queryText(Connection raw, String sql) throws SQLException {
    try (Statement statement = raw.createStatement();
        ResultSet answer = statement.executeQuery(sql)) {
      return answer.next() ? answer.getString(1) : null;
    }
  }

  private static String seconds(Duration timeout) {
    return Long.toString(Math.min(Integer.MAX_VALUE, timeout.plusNanos(999_999_999).toSeconds()));
  }

  private static String millis(Duration timeout) {
    return Long.toString(Math.min(Integer.MAX_VALUE, Math.max(1, timeout.toMillis())));
  }

  /** What a server may be told as a name: printable ASCII, not too long. */
  private static String printable(String name, int length) {
    String ascii = name.replaceAll("[^\\x20-\\x7e]", "_");
    return ascii.length() <= length ? ascii : ascii.substring(0, length);
  }
}
