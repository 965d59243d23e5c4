package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a session like a new one, for reset policy CLEAN. Immutable.
 *
 * <p>A server's reset undoes more than the borrowers' changes. It also undoes what the driver and
 * the pool set when the connection was opened, such as MariaDB's character set. So the pool resets
 * its first connection once to see what gets lost. After each later reset, one statement sets
 * exactly those settings again. If a setting cannot be restored, or the driver does not reset at
 * all, the pool refuses the configuration.
 */
final class SessionCleaner {
  private static final int SETTINGS_NAMED_MAX = 5;

  private final Dialect dialect;
  private final @Nullable String restore;
  private final @Nullable String catalog;
  private final @Nullable String role;
  private final boolean autoCommit;

  private SessionCleaner(
      Dialect dialect,
      @Nullable String restore,
      @Nullable String catalog,
      @Nullable String role,
      boolean autoCommit) {
    this.dialect = dialect;
    this.restore = restore;
    this.catalog = catalog;
    this.role = role;
    this.autoCommit = autoCommit;
  }

  /**
   * Learns what a reset loses, on a newly opened connection, and leaves the connection as it was.
   *
   * @throws UnusableConfiguration if it cannot be cleaned
   */
  static SessionCleaner learn(Connection raw, SessionPolicy policy) throws SQLException {
    Dialect dialect = policy.dialect;
    SessionSettings settings = new SessionSettings(dialect);
    Map<String, String> fresh = settings.read(raw);
    Map<String, String> again = settings.read(raw);
    boolean autoCommit = policy.driver.getAutoCommit(raw);
    fresh.entrySet().removeIf(s -> !s.getValue().equals(again.get(s.getKey()))); // a clock's
    String catalog = dialect.tracksCatalog() ? raw.getCatalog() : null;
    String role = dialect.tracksCatalog() ? dialect.currentRole(raw) : null;
    leaveTraces(raw, dialect);
    dialect.clean(raw);
    requireReset(raw, dialect);
    Map<String, String> lost = lost(fresh, settings.read(raw));
    SessionCleaner cleaner =
        new SessionCleaner(dialect, restore(settings, lost), catalog, role, autoCommit);
    try {
      cleaner.setAgain(raw, policy);
    } catch (SQLException e) {
      throw refused(lost, e);
    }
    Map<String, String> stillLost = lost(fresh, settings.read(raw));
    if (!stillLost.isEmpty()) {
      throw refused(stillLost, null);
    }
    return cleaner;
  }

  private static void leaveTraces(Connection raw, Dialect dialect) throws SQLException {
    if (dialect.tracksCatalog()) {
      execute(raw, "SET @sluice_trace = 1");
      prepare(raw);
    }
  }

  private static void prepare(Connection raw) throws SQLException {
    try (PreparedStatement statement = raw.prepareStatement("SELECT @sluice_trace");
        ResultSet answer = statement.executeQuery()) {
      answer.next();
    }
  }

  private static void requireReset(Connection raw, Dialect dialect) throws SQLException {
    if (!dialect.tracksCatalog()) {
      return;
    }
    try (Statement statement = raw.createStatement();
        ResultSet answer = statement.executeQuery("SELECT @sluice_trace IS NULL")) {
      if (!answer.next() || !answer.getBoolean(1)) {
        throw new UnusableConfiguration(
            "resetPolicy CLEAN is not available: the driver does not reset the session; it needs "
                + (dialect == Dialect.MARIADB
                    ? "useResetConnection=true, in the URL or in the data source"
                    : "paranoid=false")
                + ", or use FAST, VERIFIED or your own statements",
            null);
      }
    }
    try {
      prepare(raw);
    } catch (SQLException e) {
      throw new UnusableConfiguration(
          "resetPolicy CLEAN is not available: the driver keeps prepared statements that the server"
              + " has forgotten; switch its cache of them off (cachePrepStmts=false), or use FAST,"
              + " VERIFIED or your own statements",
          e);
    }
  }

  private static Map<String, String> lost(Map<String, String> fresh, Map<String, String> now) {
    Map<String, String> lost = new TreeMap<>(fresh);
    lost.entrySet().removeIf(setting -> setting.getValue().equals(now.get(setting.getKey())));
    return lost;
  }

  /** Builds one statement for the settings that can be set. */
  private static @Nullable String restore(SessionSettings settings, Map<String, String> lost) {
    List<String> parts = new ArrayList<>();
    for (Map.Entry<String, String> setting : lost.entrySet()) {
      if (!setting.getKey().equals("autocommit")) { // the driver must know of that
        parts.add(settings.part(setting.getKey(), setting.getValue()));
      }
    }
    return parts.isEmpty() ? null : settings.writing(parts);
  }

  private static UnusableConfiguration refused(
      Map<String, String> lost, @Nullable SQLException cause) {
    List<String> names = new ArrayList<>(lost.keySet());
    boolean all = names.size() <= SETTINGS_NAMED_MAX;
    return new UnusableConfiguration(
        "resetPolicy CLEAN is not available: after a reset these settings differ from those of a"
            + " new session and cannot be set: "
            + String.join(", ", all ? names : names.subList(0, SETTINGS_NAMED_MAX))
            + (all ? "" : " and others")
            + "; use FAST, VERIFIED or your own statements",
        cause);
  }

  /** Makes the session like a new one. */
  void clean(Connection raw, SessionPolicy policy) throws SQLException {
    dialect.clean(raw);
    setAgain(raw, policy);
  }

  private void setAgain(Connection raw, SessionPolicy policy) throws SQLException {
    if (restore != null) {
      execute(raw, restore);
    }
    if (dialect.tracksCatalog()) {
      restoreCatalog(raw);
    }
    if (role != null) {
      execute(raw, "SET ROLE " + role);
    }
    if (policy.driver.getAutoCommit(raw) != autoCommit) {
      raw.setAutoCommit(autoCommit);
    }
    policy.apply(raw);
    policy.driver.endOwnTransaction(raw);
  }

  /** Restores the catalog. There is no way back from a selected database to none. */
  private void restoreCatalog(Connection raw) throws SQLException {
    if (catalog != null) {
      raw.setCatalog(catalog);
    } else if (dialect.currentCatalog(raw) != null) {
      throw new SQLNonTransientConnectionException(
          "A borrower selected a database where none was selected before",
          SqlStates.CONNECTION_FAILURE);
    }
  }

  private static void execute(Connection raw, String sql) throws SQLException {
    try (Statement statement = raw.createStatement()) {
      statement.execute(sql);
    }
  }
}
