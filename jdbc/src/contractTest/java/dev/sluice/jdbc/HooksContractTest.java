package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static dev.sluice.jdbc.RealDatabase.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What hooks leave behind on real servers. */
class HooksContractTest {
  @ParameterizedTest
  @EnumSource(
      value = RealDatabase.class,
      names = {"POSTGRESQL", "MARIADB", "MYSQL", "SQLITE", "DUCKDB"})
  void transactionThatAHookBeginsBySqlIsRolledBack(RealDatabase kind) throws SQLException {
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void onConnect(Connection connection) throws SQLException {
            run(connection, "BEGIN");
            run(connection, "INSERT INTO t VALUES (1)");
          }
        };
    try (TestDatabase database = kind.create()) {
      try (Connection admin = database.connect()) {
        run(admin, "CREATE TABLE t (id INT)");
      }
      try (SluiceDataSource ds = RealDatabase.pool(database).hooks(hooks).build();
          Connection connection = ds.getConnection()) {
        assertThat(text(connection, "SELECT COUNT(*) FROM t")).isEqualTo("0");
        connection.setAutoCommit(false); // which an open transaction would not survive
        run(connection, "INSERT INTO t VALUES (2)");
        connection.rollback();
        assertThat(text(connection, "SELECT COUNT(*) FROM t")).isEqualTo("0");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = RealDatabase.class,
      names = {"POSTGRESQL", "MARIADB"})
  void cleanedSessionIsPreparedByTheHookAgain(RealDatabase kind) throws SQLException {
    String set =
        kind == RealDatabase.POSTGRESQL ? "SET app.tenant = 'none'" : "SET @tenant = 'none'";
    String show =
        kind == RealDatabase.POSTGRESQL ? "SELECT current_setting('app.tenant')" : "SELECT @tenant";
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void onConnect(Connection connection) throws SQLException {
            run(connection, set);
          }
        };
    try (TestDatabase database = kind.create();
        SluiceDataSource ds =
            RealDatabase.pool(database).resetPolicy(ResetPolicy.CLEAN).hooks(hooks).build()) {
      try (Connection connection = ds.getConnection()) {
        run(connection, set.replace("none", "seven"));
      }
      try (Connection connection = ds.getConnection()) {
        assertThat(text(connection, show)).isEqualTo("none");
      }
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  @Test
  void onReturnFindsASessionThatWorksAfterAFailedTransaction() throws SQLException {
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public Returned onReturn(Connection connection) throws SQLException {
            run(connection, "SELECT 1");
            return Returned.KEEP;
          }
        };
    try (TestDatabase database = RealDatabase.POSTGRESQL.create();
        SluiceDataSource ds = RealDatabase.pool(database).hooks(hooks).build()) {
      try (Connection connection = ds.getConnection()) {
        connection.setAutoCommit(false);
        assertThatThrownBy(() -> run(connection, "SELECT nothing"))
            .isInstanceOf(SQLException.class);
      }
      ds.getConnection().close();

      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  @Test
  void hookThatHangsInTheServerIsCutOff() throws SQLException {
    ConnectionHooks hooks =
        new ConnectionHooks() {
          private boolean asked;

          @Override
          public void onConnect(Connection connection) throws SQLException {
            if (!asked) {
              asked = true;
              run(connection, "SELECT pg_sleep(600)");
            }
          }
        };
    try (TestDatabase database = RealDatabase.POSTGRESQL.create();
        SluiceDataSource ds =
            RealDatabase.pool(database)
                .hooks(hooks)
                .hookTimeout(Duration.ofMillis(200))
                .backoffMin(Duration.ofMillis(1))
                .build()) {
      ds.getConnection().close();

      assertThat(ds.stats().openFailures()).isEqualTo(1);
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }
}
