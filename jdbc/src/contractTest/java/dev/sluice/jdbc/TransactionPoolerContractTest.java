package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/**
 * A pool behind the real PgBouncer in transaction mode. Skipped, by name, where there is no
 * PgBouncer: Debian has it in the package pgbouncer, and {@code SLUICE_PGBOUNCER} may name another.
 */
class TransactionPoolerContractTest {
  private static PgBouncer pgBouncer(TestDatabase database) throws SQLException {
    assumeTrue(PgBouncer.program().isPresent(), "there is no PgBouncer on this machine");
    return PgBouncer.before(database);
  }

  private static SluiceBuilder behind(PgBouncer bouncer, TestDatabase database) {
    return RealDatabase.pool(database).url(bouncer.url());
  }

  private static List<String> warnings(JdbcLog log) {
    return log.records.stream()
        .map(LogRecord::getMessage)
        .filter(text -> text.contains("transactionPooler"))
        .toList();
  }

  @Test
  void poolThatFindsAPoolerWithoutTheOptionSaysWhatToDo() throws SQLException {
    try (TestDatabase database = RealDatabase.POSTGRESQL.create();
        PgBouncer bouncer = pgBouncer(database);
        JdbcLog log = new JdbcLog();
        SluiceDataSource ds = behind(bouncer, database).build()) {
      ds.getConnection().close();

      Eventually.await(() -> !warnings(log).isEmpty(), "the warning is logged");

      assertThat(warnings(log)).singleElement().asString().contains("PgBouncer", "pool 'contract'");
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  @Test
  void poolThatReachesTheServerItselfHasFoundNoPooler() throws SQLException {
    try (TestDatabase database = RealDatabase.POSTGRESQL.create();
        SluiceDataSource ds = RealDatabase.pool(database).build();
        Connection connection = ds.getConnection()) {
      PhysicalConnection physical = Ownership.lease(connection).physical;

      assertThat(PoolerSearch.warning(physical)).isNull();
    }
  }

  @Test
  void twoConnectionsShareOneSessionAndNeverMeet() throws SQLException {
    try (TestDatabase database = RealDatabase.POSTGRESQL.create();
        PgBouncer bouncer = pgBouncer(database);
        SluiceDataSource ds = behind(bouncer, database).maxSize(2).transactionPooler(true).build();
        Connection first = ds.getConnection();
        Connection second = ds.getConnection();
        PreparedStatement one = first.prepareStatement("SELECT ?::int + pg_backend_pid() * 0");
        PreparedStatement other = second.prepareStatement("SELECT ?::int * 2")) {
      for (int i = 0; i < 20; i++) { // beyond the driver's threshold for named statements
        assertThat(number(one, i)).isEqualTo(i);
        assertThat(number(other, i)).isEqualTo(i * 2);
      }
    }
  }

  private static int number(PreparedStatement statement, int value) throws SQLException {
    statement.setInt(1, value);
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  void leasesLeaveNothingInTheSession() throws SQLException {
    try (TestDatabase database = RealDatabase.POSTGRESQL.create();
        PgBouncer bouncer = pgBouncer(database);
        SluiceDataSource ds = behind(bouncer, database).transactionPooler(true).build()) {
      String before = settings(ds);
      try (Connection connection = ds.getConnection()) {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        run(connection, "SET LOCAL statement_timeout = '5s'");
        run(connection, "SELECT pg_advisory_xact_lock(1)");
      }
      try (Connection connection = ds.getConnection()) {
        assertThatThrownBy(() -> run(connection, "SET statement_timeout = '5s'"))
            .isInstanceOf(SQLFeatureNotSupportedException.class);
        assertThatThrownBy(() -> connection.setSchema("pg_catalog"))
            .isInstanceOf(SQLFeatureNotSupportedException.class);
      }

      assertThat(settings(ds)).isEqualTo(before);
    }
  }

  private static String settings(SluiceDataSource ds) throws SQLException {
    try (Connection connection = ds.getConnection()) {
      return RealDatabase.text(
          connection,
          "SELECT string_agg(name || '=' || setting, ',' ORDER BY name) FROM pg_settings"
              + " WHERE name IN ('statement_timeout', 'search_path', 'transaction_read_only',"
              + " 'default_transaction_read_only', 'transaction_isolation')");
    }
  }
}
