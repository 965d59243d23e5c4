package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Asks a server something on the caller's thread, within a time limit. Stateless. */
final class TimedQuery {
  private TimedQuery() {}

  /** A question whose answer is a position. */
  @FunctionalInterface
  interface Question {
    long ask(Connection raw, Dialect dialect) throws SQLException;
  }

  /**
   * Asks outside a transaction, on a connection whose driver limits its reads without a round trip,
   * as those of PostgreSQL and MariaDB do.
   */
  static long ask(SluiceConnection connection, int millis, Question question) throws SQLException {
    Connection raw = connection.raw();
    int before = raw.getNetworkTimeout();
    raw.setNetworkTimeout(CallerRuns.INSTANCE, Math.max(1, millis));
    long answer = question.ask(raw, connection.physical.terms.dialect);
    if (!raw.getAutoCommit()) {
      raw.rollback();
    }
    raw.setNetworkTimeout(CallerRuns.INSTANCE, before);
    return answer;
  }
}
