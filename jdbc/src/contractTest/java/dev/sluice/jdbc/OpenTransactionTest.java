package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static dev.sluice.jdbc.RealDatabase.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.jdbc.SluiceConfig.OpenTransaction;
import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether a transaction is open, or was committed, is the driver's to say. */
class OpenTransactionTest {
  private interface Use {
    void of(Connection connection) throws SQLException;
  }

  private record Case(String name, Use use) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** What leaves no transaction open, where auto-commit is off. */
  private static final List<Case> HARMLESS =
      List.of(
          new Case("nothing", c -> {}),
          new Case("prepares only", c -> c.prepareStatement("SELECT 1").close()),
          new Case(
              "commits, and prepares",
              c -> {
                run(c, "INSERT INTO t VALUES (1)");
                c.commit();
                c.prepareStatement("SELECT 1").close();
              }),
          new Case(
              "rolls back, and asks for the driver's name",
              c -> {
                run(c, "INSERT INTO t VALUES (1)");
                c.rollback();
                assertThat(c.getMetaData().getDriverName()).isNotEmpty();
              }),
          new Case(
              "commits by SQL",
              c -> {
                run(c, "INSERT INTO t VALUES (1)");
                run(c, "COMMIT");
              }),
          new Case(
              "rolls back by SQL",
              c -> {
                run(c, "INSERT INTO t VALUES (1)");
                run(c, "/* enough */ ROLLBACK");
              }));

  static Stream<Arguments> harmless() {
    List<Arguments> all = new ArrayList<>();
    for (RealDatabase kind : RealDatabase.values()) {
      HARMLESS.forEach(each -> all.add(Arguments.of(kind, each)));
    }
    return all.stream();
  }

  private static SluiceBuilder discarding(TestDatabase database) throws SQLException {
    try (Connection admin = database.connect()) {
      run(admin, "CREATE TABLE t (id INT)");
    }
    return RealDatabase.pool(database).openTransactionOnReturn(OpenTransaction.DISCARD);
  }

  @ParameterizedTest
  @MethodSource("harmless")
  void knownBug50WhoLeavesNothingOpenIsNotAccused(RealDatabase kind, Case harmless)
      throws SQLException {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = discarding(database).autoCommit(false).build()) {
      for (int i = 0; i < 3; i++) {
        try (Connection connection = ds.getConnection()) {
          harmless.use.of(connection);
        }
      }

      ds.getConnection().close();
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void knownBug50TransactionBegunBySqlIsSeen(RealDatabase kind) throws SQLException {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = discarding(database).build()) {
      try (Connection connection = ds.getConnection()) {
        run(connection, "BEGIN");
        run(connection, "INSERT INTO t VALUES (1)");
      }

      try (Connection connection = ds.getConnection()) {
        assertThat(text(connection, "SELECT COUNT(*) FROM t")).isEqualTo("0");
      }
      assertThat(ds.stats().opened()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void transactionOfTheDriversIsSeen(RealDatabase kind) throws SQLException {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = discarding(database).build()) {
      try (Connection connection = ds.getConnection()) {
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (1)")) {
          insert.execute();
        }
      }

      ds.getConnection().close();
      assertThat(ds.stats().opened()).isEqualTo(2);
    }
  }

  @Test
  void knownBug50CommitThatWasARollbackThrows() throws SQLException {
    try (TestDatabase database = RealDatabase.POSTGRESQL.create();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      try (Connection connection = ds.getConnection()) {
        run(connection, "CREATE TABLE t (id INT)");
        connection.setAutoCommit(false);
        run(connection, "INSERT INTO t VALUES (1)");
        assertThat(catchThrowable(() -> run(connection, "SELECT nonsense"))).isNotNull();

        assertThatThrownBy(connection::commit)
            .isInstanceOf(SQLException.class)
            .extracting(e -> ((SQLException) e).getSQLState())
            .isEqualTo("40000");
      }
      assertThatThrownBy(
              () ->
                  ds.inTransaction(
                      c -> {
                        run(c, "INSERT INTO t VALUES (1)");
                        return catchThrowable(() -> run(c, "SELECT nonsense"));
                      }))
          .hasMessageContaining("was not committed");

      try (Connection connection = ds.getConnection()) {
        assertThat(text(connection, "SELECT COUNT(*) FROM t")).isEqualTo("0");
      }
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  @Test
  void failureThatASavepointTookBackIsNone() throws SQLException {
    try (TestDatabase database = RealDatabase.POSTGRESQL.create();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      ds.inTransaction(
          c -> {
            run(c, "CREATE TABLE t (id INT)");
            var before = c.setSavepoint();
            assertThat(catchThrowable(() -> run(c, "SELECT nonsense"))).isNotNull();
            c.rollback(before);
            run(c, "INSERT INTO t VALUES (1)");
            return null;
          });

      try (Connection connection = ds.getConnection()) {
        assertThat(text(connection, "SELECT COUNT(*) FROM t")).isEqualTo("1");
      }
    }
  }

  /** A deadlock's victim has lost all that it did; what it does after that must not be kept. */
  @ParameterizedTest
  @EnumSource(names = {"MARIADB", "MYSQL"})
  void knownBug50WorkAfterARollbackByTheServerIsNotCommitted(RealDatabase kind)
      throws SQLException {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      try (Connection connection = ds.getConnection()) {
        run(connection, "CREATE TABLE t (id INT)");
      }

      assertThatThrownBy(
              () ->
                  ds.inTransaction(
                      c -> {
                        String deadlock = "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213";
                        Throwable swallowed = catchThrowable(() -> run(c, deadlock));
                        run(c, "INSERT INTO t VALUES (2)");
                        return swallowed;
                      }))
          .hasMessageContaining("was not committed");

      try (Connection connection = ds.getConnection()) {
        assertThat(text(connection, "SELECT COUNT(*) FROM t")).isEqualTo("0");
      }
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }
}
