package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares what the pools of all instances may open with what the server allows. */
final class ServerLimits {
  /**
   * A number of connections that the server allows to all instances together.
   *
   * @param connections how many
   * @param what what limits them, with the server's own names and figures
   * @param raise how to raise it
   */
  record Limit(long connections, String what, String raise) {}

  /** Roles are limited, but not superusers. {@code reserved_connections} exists from 16 on. */
  private static final String POSTGRESQL =
      """
      SELECT current_setting('max_connections')::int,
             current_setting('superuser_reserved_connections')::int
                 + coalesce(current_setting('reserved_connections', true)::int, 0),
             r.rolsuper, r.rolconnlimit, d.datconnlimit, r.rolname, d.datname
      FROM pg_catalog.pg_roles r, pg_catalog.pg_database d
      WHERE r.rolname = session_user AND d.datname = current_database()
      """;

  /** The session's variable is the limit of the account, or else that of all accounts. */
  private static final String MYSQL =
      "SELECT @@global.max_connections, @@session.max_user_connections, CURRENT_USER()";

  private ServerLimits() {}

  /**
   * Asks the server, in one round trip. Says nothing if it cannot be asked: some that speak the
   * same protocol do not know these names.
   *
   * @return the warning if the pools may want more than the server allows, else null
   */
  static @Nullable String warning(PhysicalConnection connection, SluiceConfig config)
      throws SQLException {
    SessionPolicy terms = connection.terms;
    try {
      List<Limit> limits = ask(connection.raw, terms.dialect);
      return warning(limits, config.pool().maxSize(), config.expectedInstances());
    } catch (SQLException | RuntimeException e) {
      Log.debug("the server does not tell its limits", e);
      if (!terms.driver.getAutoCommit(connection.raw)) {
        terms.driver.rollBack(connection.raw); // PostgreSQL: nothing works in a failed transaction
      }
      return null;
    }
  }

  private static List<Limit> ask(Connection raw, Dialect dialect) throws SQLException {
    boolean postgresql = dialect == Dialect.POSTGRESQL;
    try (Statement statement = raw.createStatement();
        ResultSet row = statement.executeQuery(postgresql ? POSTGRESQL : MYSQL)) {
      if (!row.next()) {
        return List.of();
      }
      return postgresql ? ofPostgresql(row) : ofMysql(row);
    }
  }

  private static List<Limit> ofPostgresql(ResultSet row) throws SQLException {
    boolean superuser = row.getBoolean(3);
    List<Limit> limits = new ArrayList<>();
    limits.add(server(row.getLong(1), superuser ? 0 : row.getLong(2)));
    if (!superuser) {
      addIf(
          row.getLong(4) >= 0,
          new Limit(
              row.getLong(4),
              "to the role " + row.getString(6) + " (rolconnlimit)",
              "ALTER ROLE … CONNECTION LIMIT"),
          limits);
      addIf(
          row.getLong(5) >= 0,
          new Limit(
              row.getLong(5),
              "to the database " + row.getString(7) + " (datconnlimit)",
              "ALTER DATABASE … CONNECTION LIMIT"),
          limits);
    }
    return limits;
  }

  private static List<Limit> ofMysql(ResultSet row) throws SQLException {
    List<Limit> limits = new ArrayList<>();
    limits.add(server(row.getLong(1), 0));
    addIf(
        row.getLong(2) > 0,
        new Limit(
            row.getLong(2),
            "to the user " + row.getString(3) + " (max_user_connections)",
            "max_user_connections"),
        limits);
    return limits;
  }

  private static Limit server(long most, long reserved) {
    return new Limit(
        most - reserved,
        "(max_connections " + most + (reserved == 0 ? ")" : " less " + reserved + " reserved)"),
        "max_connections");
  }

  private static void addIf(boolean set, Limit limit, List<Limit> limits) {
    if (set) {
      limits.add(limit);
    }
  }

  /** Compares with the lowest limit; null if all pools fit below it. */
  static @Nullable String warning(List<Limit> limits, int maxSize, int instances) {
    Limit lowest = null;
    for (Limit limit : limits) {
      if (lowest == null || limit.connections() < lowest.connections()) {
        lowest = limit;
      }
    }
    long wanted = (long) maxSize * instances;
    if (lowest == null || lowest.connections() <= 0 || wanted <= lowest.connections()) {
      return null; // a server that allows none has let this pool in
    }
    long each = lowest.connections() / instances;
    return "maxSize "
        + maxSize
        + " × expectedInstances "
        + instances
        + " = "
        + wanted
        + " connections, but the server allows "
        + lowest.connections()
        + " "
        + lowest.what()
        + ". Beyond that it refuses logins. "
        + (each > 0
            ? "Set maxSize to " + each + " or less"
            : "Run " + lowest.connections() + " instances or fewer")
        + ", or raise the limit ("
        + lowest.raise()
        + "). Where a pooler such as PgBouncer stands in between, its own limits count: set"
        + " expectedInstances to 0";
  }
}
