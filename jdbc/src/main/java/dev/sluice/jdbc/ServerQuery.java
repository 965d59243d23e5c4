package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The queries that a {@link Dialect} sends to a server or its driver. */
final class ServerQuery {
  private ServerQuery() {}

  /** Whether the first column of the query's first row is true. */
  static boolean queryBoolean(Connection raw, String sql) throws SQLException {
    try (Statement statement = raw.createStatement();
        ResultSet answer = statement.executeQuery(sql)) {
      return answer.next() && answer.getBoolean(1);
    }
  }

  /** Executes SQL and ignores its result. */
  static void execute(Connection raw, String sql) throws SQLException {
    try (Statement statement = raw.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Runs several statements and returns the result of the last one. */
  static List<String> lastAnswer(Connection raw, String sql) throws SQLException {
    List<String> answer = new ArrayList<>();
    try (Statement statement = raw.createStatement()) {
      boolean rows = statement.execute(sql);
      while (rows || statement.getUpdateCount() >= 0) {
        answer.clear();
        if (rows) {
          readFirstColumn(statement, answer);
        }
        rows = statement.getMoreResults();
      }
    }
    return answer;
  }

  private static void readFirstColumn(Statement statement, List<String> into) throws SQLException {
    try (ResultSet rows = statement.getResultSet()) {
      while (rows.next()) {
        into.add(rows.getString(1));
      }
    }
  }

  /** The first column of the query's first row; null if there is none. */
  static @Nullable String queryText(Connection raw, String sql) throws SQLException {
    try (Statement statement = raw.createStatement();
        ResultSet answer = statement.executeQuery(sql)) {
      return answer.next() ? answer.getString(1) : null;
    }
  }

  /** The server's session number of a connection of MySQL's driver. */
  static long mysqlSessionId(Connection raw) throws SQLException {
    Object session = callDriver(raw, "com.mysql.cj.MysqlConnection", "getSession");
    return (Long) call(session, "com.mysql.cj.Session", "getThreadId");
  }

  /** What sends cancel requests in PostgreSQL's driver, also when the connection is closed. */
  static Object executorOfPostgres(Connection raw) throws SQLException {
    return callDriver(raw, "org.postgresql.core.BaseConnection", "getQueryExecutor");
  }

  /** A cancel request of PostgreSQL's driver, whose public way refuses a closed connection. */
  static void cancelOfPostgres(Object executor) throws SQLException {
    call(executor, "org.postgresql.core.QueryExecutor", "sendQueryCancel");
  }

  /** Calls a public method of a driver class that may be absent from the class path. */
  static Object callDriver(Connection raw, String typeName, String method) throws SQLException {
    Object target;
    try {
      Class<?> type = Class.forName(typeName, false, raw.getClass().getClassLoader());
      target = type.isInstance(raw) ? raw : raw.unwrap(type);
    } catch (ClassNotFoundException e) {
      throw new SQLFeatureNotSupportedException(
          "This driver has no " + typeName, SqlStates.NOT_SUPPORTED, e);
    }
    return call(target, typeName, method);
  }

  private static Object call(Object target, String typeName, String method) throws SQLException {
    try {
      Class<?> type = Class.forName(typeName, false, target.getClass().getClassLoader());
      Object result = type.getMethod(method).invoke(target);
      return result == null ? target : result;
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new SQLFeatureNotSupportedException(
          "This driver has no method " + typeName + "." + method, SqlStates.NOT_SUPPORTED, e);
    }
  }
}
