package dev.sluice.compat.clients;

import java.io.StringReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import org.postgresql.PGConnection;

/** pgjdbc, which names its statements from the first use on. */
final class PgjdbcDriver implements Driver {
  private final Connection connection;
  private final Statement statement;
  private final PreparedStatement increment;

  PgjdbcDriver(Front front) throws SQLException {
    connection =
        DriverManager.getConnection(
            front.jdbcUrl() + "?prepareThreshold=1", front.user(), front.password());
    statement = connection.createStatement();
    increment = connection.prepareStatement("SELECT ?::int + 1");
  }

  @Override
  public String ask(String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  @Override
  public int increment(int number) throws SQLException {
    increment.setInt(1, number);
    try (ResultSet rows = increment.executeQuery()) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Override
  public void begin() throws SQLException {
    connection.setAutoCommit(false);
  }

  @Override
  public void commit() throws SQLException {
    connection.commit();
    connection.setAutoCommit(true);
  }

  @Override
  public void rollback() throws SQLException {
    connection.rollback();
    connection.setAutoCommit(true);
  }

  @Override
  public CompletableFuture<String> attempt(String sql) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            statement.execute(sql);
            return "";
          } catch (SQLException e) {
            return e.getSQLState();
          }
        });
  }

  @Override
  public void cancel() throws SQLException {
    statement.cancel();
  }

  @Override
  public long copyIn(String sql, String rows) throws Exception {
    return connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, new StringReader(rows));
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new AssertionError("The driver does not close its connection.", e);
    }
  }
}
