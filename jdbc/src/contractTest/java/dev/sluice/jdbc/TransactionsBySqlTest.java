package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static dev.sluice.jdbc.RealDatabase.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Transactions that SQL begins and ends, which no driver is told of, on every database. */
class TransactionsBySqlTest {
  /** Each way to begin that a database has, with comments in all the places where they may be. */
  static Stream<Arguments> beginnings() {
    List<Arguments> all = new ArrayList<>();
    for (RealDatabase kind : RealDatabase.values()) {
      for (String words : beginnings(kind)) {
        for (String form : List.of("%s", "/* x */ %s", "-- x\n%s", " ; %s", "%s /* x */")) {
          if (!form.contains(";") || kind == RealDatabase.POSTGRESQL) {
            all.add(Arguments.of(kind, form.formatted(words)));
          }
        }
      }
    }
    return all.stream();
  }

  private static List<String> beginnings(RealDatabase kind) {
    return switch (kind) {
      case POSTGRESQL ->
          List.of("BEGIN", "START TRANSACTION", "BEGIN ISOLATION LEVEL SERIALIZABLE", "BEGIN WORK");
      case MARIADB, MYSQL ->
          List.of(
              "BEGIN",
              "START TRANSACTION",
              "START TRANSACTION WITH CONSISTENT SNAPSHOT",
              "BEGIN WORK",
              "SET autocommit = 0",
              "/*! BEGIN */");
      case H2 -> List.of("BEGIN", "BEGIN TRANSACTION", "SET AUTOCOMMIT FALSE");
      case SQLITE ->
          List.of("BEGIN", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE TRANSACTION", "SAVEPOINT s");
      case DUCKDB -> List.of("BEGIN", "BEGIN TRANSACTION", "START TRANSACTION");
    };
  }

  @ParameterizedTest
  @MethodSource("beginnings")
  void knownBug35AbandonedWorkIsRolledBackAndTheNextBorrowersWorkIsKept(
      RealDatabase kind, String begin) throws SQLException {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      try (Connection connection = ds.getConnection()) {
        run(connection, "CREATE TABLE t (id INT)");
      }
      try (Connection connection = ds.getConnection()) {
        run(connection, begin);
        run(connection, "INSERT INTO t VALUES (1)");
      }

      try (Connection connection = ds.getConnection()) {
        assertThat(connection.getAutoCommit()).isTrue();
        run(connection, "INSERT INTO t VALUES (2)");
      }

      assertThat(ds.stats().opened()).as("connections opened").isEqualTo(1);
      ds.close(Duration.ZERO);
      try (Connection other = database.connect()) {
        assertThat(text(other, "SELECT COUNT(*) FROM t")).isEqualTo("1");
        assertThat(text(other, "SELECT MAX(id) FROM t")).isEqualTo("2");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("beginnings")
  void workCommittedBySqlIsKeptOnOneConnection(RealDatabase kind, String begin)
      throws SQLException {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      try (Connection connection = ds.getConnection()) {
        run(connection, "CREATE TABLE t (id INT)");
      }

      for (int i = 0; i < 10; i++) {
        try (Connection connection = ds.getConnection()) {
          run(connection, begin);
          run(connection, "INSERT INTO t VALUES (1)");
          run(connection, begin.contains("SAVEPOINT") ? "RELEASE s" : "COMMIT");
        }
      }

      try (Connection connection = ds.getConnection()) {
        assertThat(text(connection, "SELECT COUNT(*) FROM t")).isEqualTo("10");
      }
      assertThat(ds.stats().opened()).as("connections opened").isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void knownBug35WorkBegunAndCommittedBySqlNeedsNoReset(RealDatabase kind) throws SQLException {
    ResetCount resets = new ResetCount();
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = RealDatabase.pool(database).listener(resets).build()) {
      for (int i = 0; i < 10; i++) {
        try (Connection connection = ds.getConnection()) {
          run(connection, kind == RealDatabase.SQLITE ? "BEGIN IMMEDIATE" : "BEGIN");
          run(connection, "CREATE TABLE t" + i + " (id INT)");
          run(connection, "COMMIT");
        }
      }

      ds.getConnection().close();
      assertThat(resets.get()).isZero();
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  /** The same text again, after JDBC has ended what it had begun. */
  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB", "SQLITE", "DUCKDB"})
  void sameStatementBeginsAgain(RealDatabase kind) throws SQLException {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      try (Connection connection = ds.getConnection()) {
        run(connection, "CREATE TABLE t (id INT)");
        try (PreparedStatement begin = connection.prepareStatement("BEGIN");
            PreparedStatement end = connection.prepareStatement("ROLLBACK")) {
          begin.execute();
          end.execute();
          begin.execute();
        }
        run(connection, "INSERT INTO t VALUES (1)");
      }

      try (Connection connection = ds.getConnection()) {
        assertThat(text(connection, "SELECT COUNT(*) FROM t")).isEqualTo("0");
      }
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB", "MYSQL", "SQLITE"}) // DuckDB's driver begins itself
  void transactionBegunInABatchIsRolledBack(RealDatabase kind) throws SQLException {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = RealDatabase.pool(database).build()) {
      try (Connection connection = ds.getConnection()) {
        run(connection, "CREATE TABLE t (id INT)");
      }
      try (Connection connection = ds.getConnection();
          Statement batch = connection.createStatement()) {
        batch.addBatch("BEGIN");
        batch.addBatch("INSERT INTO t VALUES (1)");
        batch.executeBatch();
      }

      try (Connection connection = ds.getConnection()) {
        run(connection, "INSERT INTO t VALUES (2)");
      }

      ds.close(Duration.ZERO);
      try (Connection other = database.connect()) {
        assertThat(text(other, "SELECT MIN(id) FROM t")).isEqualTo("2");
      }
    }
  }

  /** A commit that failed has not ended the transaction. */
  @ParameterizedTest
  @EnumSource(names = "SQLITE")
  void commitThatFailedLeavesItOpen(RealDatabase kind) throws SQLException {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = RealDatabase.pool(database).build();
        Connection reader = database.connect()) {
      run(reader, "PRAGMA busy_timeout = 0");
      try (Connection connection = ds.getConnection()) {
        run(connection, "CREATE TABLE t (id INT)");
        run(connection, "PRAGMA busy_timeout = 0");
      }
      run(reader, "INSERT INTO t VALUES (0)");
      run(reader, "INSERT INTO t VALUES (0)");
      try (Statement statement = reader.createStatement();
          var rows = statement.executeQuery("SELECT * FROM t")) {
        assertThat(rows.next()).isTrue();
        try (Connection connection = ds.getConnection()) {
          run(connection, "BEGIN");
          run(connection, "INSERT INTO t VALUES (1)");
          assertThat(catchThrowable(() -> run(connection, "COMMIT")))
              .as("the reader is in its way")
              .isInstanceOf(SQLException.class);
        }
      }

      try (Connection connection = ds.getConnection()) {
        run(connection, "INSERT INTO t VALUES (2)");
      }
      assertThat(text(reader, "SELECT COUNT(*) FROM t WHERE id > 0")).isEqualTo("1");
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  /** Where SQL has ended the driver's own transaction, the driver's rollback is an error. */
  @ParameterizedTest
  @EnumSource
  void transactionOfTheDriversMayBeEndedBySql(RealDatabase kind) throws SQLException {
    for (String end : List.of("COMMIT", "ROLLBACK")) {
      try (TestDatabase database = kind.create();
          SluiceDataSource ds = RealDatabase.pool(database).build()) {
        for (int i = 0; i < 5; i++) {
          try (Connection connection = ds.getConnection()) {
            connection.setAutoCommit(false);
            run(connection, "CREATE TABLE t" + i + " (id INT)");
            run(connection, end);
          }
          try (Connection connection = ds.getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
            run(connection, "CREATE TABLE u" + i + " (id INT)");
          }
        }
        assertThat(ds.stats().opened()).as(end).isEqualTo(1);
        ds.close(Duration.ZERO);
        try (Connection other = database.connect()) {
          assertThat(text(other, "SELECT COUNT(*) FROM u4")).isEqualTo("0");
        }
      }
    }
  }

  /** An XA transaction cannot be rolled back as others can; the next borrower must not be in it. */
  @ParameterizedTest
  @EnumSource(names = {"MARIADB", "MYSQL"})
  void abandonedXaTransactionIsNobodyElses(RealDatabase kind) throws SQLException {
    for (List<String> abandoned :
        List.of(
            List.of("XA START 'x'", "INSERT INTO t VALUES (1)"),
            List.of("XA START 'x'", "INSERT INTO t VALUES (1)", "XA END 'x'"),
            List.of("XA START 'x'", "INSERT INTO t VALUES (1)", "XA END 'x'", "XA PREPARE 'x'"))) {
      try (TestDatabase database = kind.create();
          SluiceDataSource ds = RealDatabase.pool(database).build()) {
        try (Connection connection = ds.getConnection()) {
          run(connection, "CREATE TABLE t (id INT)");
        }
        try (Connection connection = ds.getConnection()) {
          for (String sql : abandoned) {
            run(connection, sql);
          }
        }

        try (Connection connection = ds.getConnection()) {
          run(connection, "INSERT INTO t VALUES (2)");
          assertThat(text(connection, "SELECT COUNT(*) FROM t")).isEqualTo("1");
        }
        try (Connection other = database.connect()) {
          assertThat(text(other, "SELECT MAX(id) FROM t")).isEqualTo("2");
          if (abandoned.size() == 4) {
            run(other, "XA ROLLBACK 'x'"); // what was prepared stays, as XA wants it
          }
        }
      }
    }
  }
}
