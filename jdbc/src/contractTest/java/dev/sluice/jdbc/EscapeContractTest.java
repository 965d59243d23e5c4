package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.TestDatabase;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;
import org.postgresql.jdbc.AutoSave;

/** After a borrower had the driver's own connection, the next one gets a connection that works. */
@Timeout(60)
class EscapeContractTest {
  private static SluiceDataSource pool(TestDatabase database) {
    return RealDatabase.pool(database)
        .acquireTimeout(Timing.scaled(Duration.ofSeconds(20)))
        .build();
  }

  private static int answer(Connection connection, int number) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT " + number)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private interface Use {
    void of(PGConnection connection) throws SQLException;
  }

  private static void next(Use before, Use after) throws SQLException {
    assertThat(opened(before, after)).as("cleaned, and not replaced").isEqualTo(1);
  }

  private static long opened(Use before, Use after) throws SQLException {
    try (TestDatabase database = Databases.postgres();
        SluiceDataSource ds = pool(database)) {
      try (Connection connection = ds.getConnection()) {
        before.of(connection.unwrap(PGConnection.class));
      }
      try (Connection connection = ds.getConnection()) {
        assertThat(answer(connection, 17)).isEqualTo(17);
        after.of(connection.unwrap(PGConnection.class));
      }
      return ds.stats().opened();
    }
  }

  /** The driver cancels such a COPY without reading its end, so the connection cannot be kept. */
  @Test
  void knownBug45UnreadCopyHangsNobody() throws SQLException {
    long opened =
        opened(
            raw -> {
              CopyOut copy =
                  raw.getCopyAPI().copyOut("COPY (SELECT generate_series(1, 100000)) TO STDOUT");
              assertThat(copy.readFromCopy()).isNotNull();
            },
            raw -> assertThat(raw.getCopyAPI()).isNotNull());

    assertThat(opened).isEqualTo(2);
  }

  @Test
  void knownBug45UnfinishedCopyIntoATableHangsNobody() throws SQLException {
    next(
        raw -> {
          try (Statement statement = ((Connection) raw).createStatement()) {
            statement.execute("CREATE TABLE t (id INT)");
          }
          CopyIn copy = raw.getCopyAPI().copyIn("COPY t FROM STDIN");
          copy.writeToCopy(new byte[] {'1', '\n'}, 0, 2);
        },
        raw -> {
          try (Statement statement = ((Connection) raw).createStatement();
              ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM t")) {
            rows.next();
            assertThat(rows.getInt(1)).isZero();
          }
        });
  }

  @Test
  void knownBug45SettingsOfTheDriverArePutBack() throws SQLException {
    next(
        raw -> {
          raw.setPrepareThreshold(1);
          raw.setDefaultFetchSize(7);
          raw.setAutosave(AutoSave.ALWAYS);
          raw.setAdaptiveFetch(true);
        },
        raw -> {
          assertThat(raw.getPrepareThreshold()).isEqualTo(5);
          assertThat(raw.getDefaultFetchSize()).isZero();
          assertThat(raw.getAutosave()).isEqualTo(AutoSave.NEVER);
          assertThat(raw.getAdaptiveFetch()).isFalse();
        });
  }

  @Test
  void knownBug45ListenersHearNothingForTheNextBorrower() throws SQLException {
    next(
        raw -> {
          try (Statement statement = ((Connection) raw).createStatement()) {
            statement.execute("LISTEN c");
            statement.execute("NOTIFY c");
          }
        },
        raw -> {
          try (Statement statement = ((Connection) raw).createStatement()) {
            statement.execute("NOTIFY c");
          }
          assertThat(raw.getNotifications()).isEmpty();
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB", "H2"})
  void knownBug45WhatJdbcKnowsIsPutBackThoughTheDriverWasTold(RealDatabase kind)
      throws SQLException {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = pool(database)) {
      boolean readOnly;
      int isolation;
      int timeout;
      int holdability;
      try (Connection connection = ds.getConnection()) {
        Connection raw = raw(connection);
        readOnly = raw.isReadOnly();
        isolation = raw.getTransactionIsolation();
        timeout = raw.getNetworkTimeout();
        holdability = raw.getHoldability();
        raw.setReadOnly(!readOnly);
        raw.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        raw.setNetworkTimeout(Runnable::run, 12_345);
        raw.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT);
        raw.setAutoCommit(false);
      }

      try (Connection connection = ds.getConnection()) {
        assertThat(connection.isReadOnly()).isEqualTo(readOnly);
        assertThat(connection.getTransactionIsolation()).isEqualTo(isolation);
        assertThat(connection.getNetworkTimeout()).isEqualTo(timeout);
        assertThat(connection.getHoldability()).isEqualTo(holdability);
        assertThat(connection.getAutoCommit()).isTrue();
      }
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  /** By the driver's own class, as one gets at what only the driver has. */
  private static Connection raw(Connection connection) throws SQLException {
    Class<?> type = connection.unwrap(Connection.class).getClass();
    return (Connection) connection.unwrap(type);
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL", "MARIADB", "H2"})
  void knownBug45ConnectionThatTheBorrowerClosedIsReplaced(RealDatabase kind) throws SQLException {
    try (TestDatabase database = kind.create();
        SluiceDataSource ds = pool(database)) {
      try (Connection connection = ds.getConnection()) {
        raw(connection).close();
      }

      try (Connection connection = ds.getConnection()) {
        assertThat(answer(connection, 3)).isEqualTo(3);
      }
      assertThat(ds.stats().opened()).isEqualTo(2);
    }
  }
}
