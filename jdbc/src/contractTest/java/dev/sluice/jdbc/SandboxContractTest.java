package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static dev.sluice.jdbc.RealDatabase.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One connection for all threads of a test, rolled back at its end, on real databases. */
class SandboxContractTest {
  private interface Work {
    void with(SluiceDataSource ds, Sandbox sandbox) throws Exception;
  }

  /** Runs the work on a table t, and shows that nothing of it stays. */
  private static void inSandbox(RealDatabase kind, Work work) throws Exception {
    try (TestDatabase database = kind.create()) {
      try (Connection admin = database.connect()) {
        run(admin, "CREATE TABLE t (id INT PRIMARY KEY)");
      }
      try (SluiceDataSource ds = RealDatabase.pool(database).build()) {
        try (Sandbox sandbox = Sandbox.of(ds)) {
          work.with(ds, sandbox);
        }
        assertThat(count(ds)).isEqualTo("0");
        assertThat(ds.stats().opened()).isEqualTo(1);
      }
    }
  }

  private static String count(DataSource from) throws SQLException {
    try (Connection connection = from.getConnection()) {
      return text(connection, "SELECT COUNT(*) FROM t");
    }
  }

  private static void insert(Connection connection, int id) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
      insert.setInt(1, id);
      insert.executeUpdate();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB", "H2"})
  void whatIsCommittedIsSeenByAllAndGoneAtTheEnd(RealDatabase kind) throws Exception {
    inSandbox(
        kind,
        (ds, sandbox) -> {
          try (Connection connection = sandbox.getConnection()) {
            insert(connection, 1); // auto-commit
            connection.setAutoCommit(false);
            insert(connection, 2);
            connection.commit();
            insert(connection, 3);
            connection.rollback();
            insert(connection, 4); // and closed without a commit
          }
          assertThat(count(sandbox)).isEqualTo("2");
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB", "H2"})
  void failedStatementUndoesItselfAlone(RealDatabase kind) throws Exception {
    inSandbox(
        kind,
        (ds, sandbox) -> {
          try (Connection connection = sandbox.getConnection()) {
            insert(connection, 1);
            assertThatThrownBy(() -> insert(connection, 1)).isInstanceOf(SQLException.class);
            insert(connection, 2);
          }
          assertThat(count(sandbox)).isEqualTo("2");
        });
  }

  @Test
  void failedTransactionOnPostgresqlEndsAsItAlwaysDoes() throws Exception {
    inSandbox(
        RealDatabase.POSTGRESQL,
        (ds, sandbox) -> {
          try (Connection connection = sandbox.getConnection()) {
            insert(connection, 1);
            connection.setAutoCommit(false);
            insert(connection, 2);
            assertThatThrownBy(() -> insert(connection, 2)).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> insert(connection, 3))
                .isInstanceOfSatisfying(
                    SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25P02"));
            assertThatThrownBy(connection::commit)
                .isInstanceOf(SQLTransactionRollbackException.class);
            insert(connection, 4);
            connection.commit();
          }
          assertThat(count(sandbox)).isEqualTo("2");
        });
  }

  @Test
  void transactionWithinATransactionOfTheSameThreadIsNested() throws Exception {
    inSandbox(
        RealDatabase.POSTGRESQL,
        (ds, sandbox) -> {
          try (Connection outer = sandbox.getConnection()) {
            outer.setAutoCommit(false);
            insert(outer, 1);
            try (Connection inner = sandbox.getConnection()) {
              inner.setAutoCommit(false);
              insert(inner, 2);
              inner.rollback();
              insert(inner, 3);
              inner.commit();
            }
            assertThat(count(sandbox)).isEqualTo("2");
            outer.rollback();
          }
          assertThat(count(sandbox)).isEqualTo("0");
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB"})
  void transactionsOfManyThreadsDoNotMix(RealDatabase kind) throws Exception {
    inSandbox(
        kind,
        (ds, sandbox) -> {
          ExecutorService threads = Executors.newFixedThreadPool(8);
          try {
            List<Callable<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
              int id = i;
              all.add(() -> transaction(sandbox, id));
            }
            for (Future<Boolean> one : threads.invokeAll(all, 90, TimeUnit.SECONDS)) {
              assertThat(one.get()).isTrue();
            }
          } finally {
            threads.shutdownNow();
          }
          assertThat(count(sandbox)).isEqualTo("40");
        });
  }

  /** Commits two rows if the number is even, else rolls them back. */
  private static boolean transaction(DataSource from, int id) throws SQLException {
    try (Connection connection = from.getConnection()) {
      connection.setAutoCommit(false);
      insert(connection, id * 2);
      insert(connection, id * 2 + 1);
      if (id % 2 == 0) {
        connection.commit();
      } else {
        connection.rollback();
      }
      return true;
    }
  }

  @Test
  void threadThatWaitsTooLongForAnothersTransactionIsToldWhose() throws Exception {
    try (TestDatabase database = RealDatabase.H2.create();
        SluiceDataSource ds = RealDatabase.pool(database).build();
        Sandbox sandbox = Sandbox.of(ds, Duration.ofMillis(50));
        Connection holding = sandbox.getConnection()) {
      holding.setAutoCommit(false);
      text(holding, "SELECT 1");
      ExecutorService other = Executors.newSingleThreadExecutor();
      try {
        Future<String> waiting =
            other.submit(
                () -> {
                  try (Connection connection = sandbox.getConnection()) {
                    return text(connection, "SELECT 2");
                  }
                });

        assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
            .hasRootCauseInstanceOf(SQLTransactionRollbackException.class)
            .hasStackTraceContaining(Thread.currentThread().getName());
      } finally {
        other.shutdownNow();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB", "H2"})
  void poolOverASandboxHasAllItsMethods(RealDatabase kind) throws Exception {
    inSandbox(
        kind,
        (ds, sandbox) -> {
          try (SluiceDataSource app = Sluice.dataSource(sandbox).name("app").maxSize(3).build()) {
            app.inTransaction(
                connection -> {
                  insert(connection, 1);
                  app.inTransaction(
                      inner -> {
                        insert(inner, 2);
                        return 0;
                      });
                  return 0;
                });
            assertThatThrownBy(
                    () ->
                        app.inTransaction(
                            connection -> {
                              insert(connection, 3);
                              throw new IllegalStateException("no");
                            }))
                .isInstanceOf(IllegalStateException.class);
            assertThat(count(app)).isEqualTo("2");
          }
        });
  }

  @Test
  void sandboxRefusesWhatItCannotFollow() throws Exception {
    inSandbox(
        RealDatabase.POSTGRESQL,
        (ds, sandbox) -> {
          Connection connection = sandbox.getConnection();
          for (String sql : List.of("BEGIN", "COMMIT", "rollback", "SELECT 1; COMMIT")) {
            assertThatThrownBy(() -> run(connection, sql))
                .isInstanceOf(SQLFeatureNotSupportedException.class);
            assertThatThrownBy(() -> connection.prepareStatement(sql))
                .isInstanceOf(SQLFeatureNotSupportedException.class);
          }
          try (Statement statement = connection.createStatement()) {
            assertThat(statement.getConnection()).isSameAs(connection);
          }
          assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
          connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
          assertThat(connection.getTransactionIsolation())
              .isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
          connection.close();
          assertThatThrownBy(connection::createStatement)
              .isInstanceOfSatisfying(
                  SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
          sandbox.close();
          assertThatThrownBy(sandbox::getConnection).hasMessageContaining("closed");
        });
  }

  @Test
  void schemaThatOneConnectionSetsIsNotThatOfTheNext() throws Exception {
    inSandbox(
        RealDatabase.POSTGRESQL,
        (ds, sandbox) -> {
          try (Connection connection = sandbox.getConnection()) {
            connection.setSchema("pg_catalog");
            assertThat(connection.getSchema()).isEqualTo("pg_catalog");
          }
          try (Connection connection = sandbox.getConnection()) {
            assertThat(connection.getSchema()).isEqualTo("public");
          }
        });
  }
}
