package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is closed answers as the driver's own would, and never as if the connection were lost. */
class ClosedErrorsContractTest {
  private record Told(SQLException byStatement, SQLException byResultSet) {}

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB", "H2"})
  void closedStatementsAndResultSetsAnswerAsTheDriversDo(RealDatabase kind) throws SQLException {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      Told expected;
      try (Connection raw = database.connect()) {
        expected = closed(raw);
      }
      Statement statement;
      ResultSet rows;
      try (Connection connection = ds.getConnection()) {
        assertSame(closed(connection), expected);
        statement = connection.createStatement();
        rows = statement.executeQuery("SELECT 1");
      }
      assertSame(new Told(using(statement), using(rows)), expected);
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  private static Told closed(Connection connection) throws SQLException {
    Statement statement = connection.createStatement();
    ResultSet rows = statement.executeQuery("SELECT 1");
    rows.close();
    statement.close();
    return new Told(using(statement), using(rows));
  }

  private static SQLException using(Statement statement) {
    return catchThrowableOfType(
        SQLException.class, () -> statement.executeQuery("SELECT 1").close());
  }

  private static SQLException using(ResultSet rows) {
    return catchThrowableOfType(SQLException.class, rows::getRow);
  }

  private static void assertSame(Told told, Told expected) {
    assertSame(told.byStatement(), expected.byStatement());
    assertSame(told.byResultSet(), expected.byResultSet());
  }

  private static void assertSame(SQLException told, SQLException expected) {
    assertThat(told.getSQLState()).isEqualTo(expected.getSQLState()).doesNotStartWith("08");
    assertThat(told.getMessage()).contains("closed");
  }
}
