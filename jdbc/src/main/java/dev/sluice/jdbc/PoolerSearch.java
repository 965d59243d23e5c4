package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a pooler, such as PgBouncer, between the pool and PostgreSQL. At the login, a pooler
 * tells a number of its own in place of the number of the server's process, because the client will
 * name it in a request to cancel. So this number differs from what the server calls itself.
 */
final class PoolerSearch {
  private static final String QUERY =
      "SELECT pg_catalog.pg_backend_pid(), pg_catalog.version() LIKE 'PostgreSQL %'";

  private PoolerSearch() {}

  /** Asks in one round trip; returns the warning if there is a pooler, else null. */
  static @Nullable String warning(PhysicalConnection connection) throws SQLException {
    Connection raw = connection.raw;
    SessionPolicy terms = connection.terms;
    try {
      return isDirect(raw) ? null : text(terms.poolTitle());
    } catch (SQLException | RuntimeException e) {
      Log.debug("the server does not tell the number of its process", e);
      if (!terms.driver.getAutoCommit(raw)) {
        terms.driver.rollBack(raw); // PostgreSQL: nothing works in a failed transaction
      }
      return null;
    }
  }

  /** Whether the driver speaks to the server itself, or to one that only resembles PostgreSQL. */
  private static boolean isDirect(Connection raw) throws SQLException {
    Number told =
        (Number) ServerQuery.callDriver(raw, "org.postgresql.PGConnection", "getBackendPID");
    try (Statement statement = raw.createStatement();
        ResultSet row = statement.executeQuery(QUERY)) {
      return !row.next() || !row.getBoolean(2) || row.getInt(1) == told.intValue();
    }
  }

  private static String text(String pool) {
    return "there is a pooler, such as PgBouncer, between "
        + pool
        + " and the database: the number that the driver got at the login is not that of the"
        + " server's process. If it pools transactions (PgBouncer's pool_mode transaction or"
        + " statement), set transactionPooler=true, or what one borrower sets in its session will"
        + " reach others. If it pools sessions, nothing needs to be done";
  }
}
