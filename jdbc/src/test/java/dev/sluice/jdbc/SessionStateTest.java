package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.SessionState;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a borrower does to a session never reaches the next one, with the fewest calls. */
class SessionStateTest {
  private interface Change {
    void to(Connection connection) throws SQLException;
  }

  private static Arguments change(String name, Change change, Change back) {
    return Arguments.of(Named.of(name, change), back);
  }

  static Stream<Arguments> changes() {
    return Stream.of(
        change("auto-commit", c -> c.setAutoCommit(false), c -> c.setAutoCommit(true)),
        change("read-only", c -> c.setReadOnly(true), c -> c.setReadOnly(false)),
        change(
            "isolation",
            c -> c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE),
            c -> c.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED)),
        change("catalog", c -> c.setCatalog("other"), c -> c.setCatalog("fake")),
        change("schema", c -> c.setSchema("other"), c -> c.setSchema("public")),
        change(
            "holdability",
            c -> c.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT),
            c -> c.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT)),
        change(
            "network timeout",
            c -> c.setNetworkTimeout(Runnable::run, 1234),
            c -> c.setNetworkTimeout(Runnable::run, 0)),
        change(
            "client info",
            c -> c.setClientInfo("ApplicationName", "other"),
            c -> c.setClientInfo("ApplicationName", null)),
        change(
            "all client info",
            c -> c.setClientInfo(properties("ApplicationName", "other")),
            c -> c.setClientInfo(new Properties())),
        change(
            "type map",
            c -> c.setTypeMap(new HashMap<>(java.util.Map.of("t", String.class))),
            c -> c.setTypeMap(new HashMap<>())));
  }

  private static Properties properties(String key, String value) {
    Properties properties = new Properties();
    properties.setProperty(key, value);
    return properties;
  }

  @ParameterizedTest
  @MethodSource("changes")
  void isPutBackWhateverWasChanged(Change change, Change back) throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      SessionState before = pool.session();
      Connection connection = pool.get();
      change.to(connection);
      assertThat(pool.session()).isNotEqualTo(before);

      connection.close();

      try (Connection next = pool.get()) {
        assertThat(next.isClosed()).isFalse();
        assertThat(pool.session()).isEqualTo(before);
      }
      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("changes")
  void isPutBackAlsoInAnOpenTransaction(Change change, Change back) throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      SessionState before = pool.session();
      Connection connection = pool.get();
      change.to(connection);
      connection.setAutoCommit(false);
      if (!connection.isReadOnly()) {
        execute(connection, "INSERT abandoned");
      }

      connection.close();

      pool.settle();
      assertThat(pool.session()).isEqualTo(before);
      assertThat(pool.db.committed()).isEmpty();
      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("changes")
  void isPutBackWhereAutoCommitIsOffAsARule(Change change, Change back) throws SQLException {
    try (FakePool pool = new FakePool(b -> b.autoCommit(false)).settle()) {
      SessionState before = pool.session();
      assertThat(before.autoCommit()).isFalse();
      Connection connection = pool.get();
      change.to(connection);
      if (!connection.isReadOnly()) {
        execute(connection, "INSERT abandoned");
      }

      connection.close();

      pool.settle();
      assertThat(pool.session()).isEqualTo(before);
      assertThat(pool.db.committed()).isEmpty();
      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("changes")
  void needsNoResetWhenTheBorrowerPutItBack(Change change, Change back) throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      Connection connection = pool.get();
      change.to(connection);
      back.to(connection);
      long calls = pool.db.callCount();

      connection.close();

      pool.settle();
      assertThat(pool.callsSince(calls)).isEmpty();
    }
  }

  @Test
  void costsNoCallWhenTheBorrowerDidNothing() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      long calls = pool.db.callCount();

      for (int i = 0; i < 10; i++) {
        pool.get().close();
      }

      assertThat(pool.callsSince(calls)).isEmpty();
    }
  }

  @Test
  void costsNoRoundTripBesidesTheBorrowersOwn() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      query(pool);
      long roundTrips = pool.db.roundTrips();

      query(pool);
      query(pool);

      assertThat(pool.db.roundTrips() - roundTrips).isEqualTo(2);
    }
  }

  private static void query(FakePool pool) throws SQLException {
    try (Connection connection = pool.get();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT 1")) {
      assertThat(rows.next()).isTrue();
    }
  }

  /** Bug 28 of other pools: switching auto-commit on commits what the borrower had abandoned. */
  @Test
  void bug28AbandonedWorkIsRolledBackBeforeAutoCommitIsRestored() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      Connection connection = pool.get();
      connection.setAutoCommit(false);
      execute(connection, "INSERT abandoned");
      long calls = pool.db.callCount();

      connection.close();

      pool.settle();
      assertThat(pool.callsSince(calls))
          .containsExactly(
              "getAutoCommit[]", "rollback[]", "setAutoCommit[true]", "clearWarnings[]");
      assertThat(pool.db.committed()).isEmpty();
      assertThat(pool.db.rolledBack()).containsExactly("INSERT abandoned");
    }
  }

  /** Bug 29 of other pools: schema, catalog and client info reach the next borrower. */
  @Test
  void bug29SchemaCatalogAndClientInfoDoNotReachTheNextBorrower() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      SessionState before = pool.session();
      try (Connection connection = pool.get()) {
        connection.setSchema("tenant_a");
        connection.setCatalog("catalog_a");
        connection.setClientInfo("ApplicationName", "a");
      }

      pool.settle();

      assertThat(pool.session()).isEqualTo(before);
    }
  }

  @Test
  void restoresInAnOrderThatDatabasesAccept() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.autoCommit(false)).settle()) {
      Connection connection = pool.get();
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      connection.setSchema("other");
      execute(connection, "SELECT 1");
      long calls = pool.db.callCount();

      connection.close();

      pool.settle();
      assertThat(pool.callsSince(calls))
          .containsExactly(
              "rollback[]",
              "setReadOnly[false]",
              "setTransactionIsolation[2]",
              "setSchema[public]",
              "commit[]",
              "clearWarnings[]");
    }
  }

  @Test
  void asksForTheOriginalOncePerConnection() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      for (int i = 0; i < 3; i++) {
        try (Connection connection = pool.get()) {
          connection.setSchema("tenant" + i);
        }
      }

      pool.settle();
      assertThat(pool.db.calls("Connection.getSchema")).hasSize(1);
    }
  }

  @Test
  void aFailedChangeCountsAsAChange() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      SessionState before = pool.session();
      pool.db
          .when("Connection.setSchema")
          .at(1)
          .then(Fault.failAfterwards(() -> new SQLException("answer lost", "HY000")));
      Connection connection = pool.get();

      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> connection.setSchema("x")))
          .hasMessage("answer lost");
      connection.close();

      pool.settle();
      assertThat(pool.session()).isEqualTo(before);
    }
  }

  @Test
  void aConnectionThatCannotBeResetIsClosed() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      Connection connection = pool.get();
      connection.setSchema("other");
      pool.db.when("Connection.setSchema").then(Fault.fail("HY000"));

      connection.close();

      try (Connection next = pool.get()) {
        assertThat(FakeDatabase.physical(next).session().schema()).isEqualTo("public");
      }
      assertThat(pool.db.opened()).isEqualTo(2);
      assertThat(pool.ds.stats().closed())
          .containsEntry(dev.sluice.pool.CloseReason.RESET_FAILED, 1L);
    }
  }

  @Test
  void changesInPlaceOfTheTypeMapDoNotReachTheNextBorrower() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      pool.db.when("Connection.getTypeMap").at(2).then(Fault.answer(new HashMap<>()));
      try (Connection connection = pool.get()) {
        connection.getTypeMap().put("t", String.class);
      }

      pool.settle();

      assertThat(pool.db.calls("Connection.setTypeMap")).hasSize(1);
      assertThat(pool.session().typeMap()).isEmpty();
    }
  }

  @Test
  void warningsDoNotReachTheNextBorrower() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      try (Connection connection = pool.get()) {
        execute(connection, "WARN first");
        assertThat((Throwable) connection.getWarnings()).isNotNull();
      }

      try (Connection next = pool.get()) {
        assertThat((Throwable) next.getWarnings()).isNull();
      }
    }
  }

  @Test
  void ownWarningsStayUntilTheReturn() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      query(pool);
      try (Connection connection = pool.get()) {
        execute(connection, "WARN mine");

        try (Statement another = connection.createStatement()) {
          another.execute("SELECT 1");
        }

        assertThat((Throwable) connection.getWarnings()).isNotNull();
      }
    }
  }

  @Test
  void aCommittedTransactionNeedsNoRollback() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      Connection connection = pool.get();
      connection.setAutoCommit(false);
      execute(connection, "INSERT kept");
      connection.commit();
      long calls = pool.db.callCount();

      connection.close();

      pool.settle();
      assertThat(pool.callsSince(calls))
          .containsExactly("getAutoCommit[]", "setAutoCommit[true]", "clearWarnings[]");
      assertThat(pool.db.committed()).containsExactly("INSERT kept");
    }
  }

  @Test
  void commitsOnReturnIfConfigured() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.onReturn(SluiceConfig.OnReturn.COMMIT)).settle()) {
      try (Connection connection = pool.get()) {
        connection.setAutoCommit(false);
        execute(connection, "INSERT kept");
      }

      pool.settle();

      assertThat(pool.db.committed()).containsExactly("INSERT kept");
      assertThat(pool.session().autoCommit()).isTrue();
    }
  }

  @Test
  void leavesTheTransactionAloneIfConfiguredAndNothingElseIsToDo() throws SQLException {
    try (FakePool pool =
        new FakePool(b -> b.autoCommit(false).onReturn(SluiceConfig.OnReturn.NONE)).settle()) {
      try (Connection connection = pool.get()) {
        execute(connection, "INSERT mine");
      }

      pool.settle();

      assertThat(pool.db.rolledBack()).isEmpty();
      assertThat(pool.db.committed()).isEmpty();
      assertThat(pool.session().uncommitted()).containsExactly("INSERT mine");
    }
  }

  /** To put auto-commit back would commit; that is never what NONE asked for. */
  @Test
  void rollsBackDespiteNoneWhereAutoCommitMustBeRestored() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.onReturn(SluiceConfig.OnReturn.NONE)).settle()) {
      try (Connection connection = pool.get()) {
        connection.setAutoCommit(false);
        execute(connection, "INSERT mine");
      }

      pool.settle();

      assertThat(pool.db.committed()).isEmpty();
      assertThat(pool.session().autoCommit()).isTrue();
    }
  }

  @Test
  void closesConnectionsReturnedInATransactionIfConfigured() throws SQLException {
    try (FakePool pool =
        new FakePool(b -> b.openTransactionOnReturn(SluiceConfig.OpenTransaction.DISCARD))
            .settle()) {
      try (Connection connection = pool.get()) {
        connection.setAutoCommit(false);
        execute(connection, "INSERT lost");
      }

      pool.settle();

      assertThat(pool.db.opened()).isEqualTo(2);
      assertThat(pool.db.committed()).isEmpty();
    }
  }

  /** JDBC has no question for it, and no driver here that would answer another. */
  @Test
  void endsATransactionThatWasBegunBySql() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      try (Connection connection = pool.get()) {
        execute(connection, "BEGIN");
        execute(connection, "INSERT abandoned");
      }

      pool.settle();

      assertThat(pool.session().inTransaction()).isFalse();
      assertThat(pool.db.rolledBack()).containsExactly("INSERT abandoned");
      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @Test
  void restoresNothingIfToldNotTo() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.restoreState(false)).settle()) {
      try (Connection connection = pool.get()) {
        connection.setSchema("other");
        connection.setReadOnly(true);
      }

      pool.settle();

      assertThat(pool.session().schema()).isEqualTo("other");
      assertThat(pool.session().readOnly()).isTrue();
    }
  }

  @Test
  void beginsWithTheConfiguredDefaultsAndReturnsToThem() throws SQLException {
    try (FakePool pool =
        new FakePool(
                b ->
                    b.autoCommit(false)
                        .readOnly(true)
                        .transactionIsolation(Connection.TRANSACTION_SERIALIZABLE)
                        .catalog("c")
                        .schema("s")
                        .initSql("SET a = 1", "SET b = 2"))
            .settle()) {
      SessionState fresh = pool.session();
      assertThat(fresh.autoCommit()).isFalse();
      assertThat(fresh.readOnly()).isTrue();
      assertThat(fresh.isolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
      assertThat(fresh.catalog()).isEqualTo("c");
      assertThat(fresh.schema()).isEqualTo("s");
      assertThat(fresh.variables()).containsEntry("a", "1").containsEntry("b", "2");
      assertThat(fresh.inTransaction()).isFalse();

      try (Connection connection = pool.get()) {
        connection.setAutoCommit(true);
        connection.setReadOnly(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        connection.setCatalog("x");
        connection.setSchema("y");
      }

      pool.settle();
      assertThat(pool.session()).isEqualTo(fresh);
    }
  }

  @Test
  void verifiedChecksEachUsedConnection() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.resetPolicy(ResetPolicy.VERIFIED)).settle()) {
      long valid = pool.db.calls("Connection.isValid").size();

      query(pool);
      pool.settle();

      assertThat(pool.db.calls("Connection.isValid")).hasSize((int) valid + 1);
    }
  }

  @Test
  void ownStatementsCleanEachUsedConnection() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.resetPolicy(ResetPolicy.sql("RESET ALL"))).settle()) {
      try (Connection connection = pool.get()) {
        execute(connection, "SET app.user = 7");
      }

      pool.settle();

      assertThat(pool.session().variables()).isEmpty();
    }
  }

  @Test
  void cleanIsRefusedWithTheFirstConnectionWhereOnlyThatTellsTheDatabase() {
    try (FakePool pool = new FakePool(b -> b.resetPolicy(ResetPolicy.CLEAN))) {
      assertThatThrownBy(pool::get)
          .isInstanceOf(DatabaseUnavailableException.class)
          .hasMessageContaining(
              "resetPolicy CLEAN is not available for this database, which has no command for it;"
                  + " use FAST, VERIFIED or your own statements");
      assertThat(pool.db.heldByClient()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:h2:mem:x",
        "jdbc:sqlserver://host",
        "jdbc:db2://host/x",
        "jdbc:derby:x",
        "jdbc:hsqldb:mem:x"
      })
  void cleanIsRefusedWhenBuiltWhereTheUrlTellsThatThereIsNoSuchReset(String url) {
    SluiceBuilder builder = Sluice.dataSource(url).resetPolicy(ResetPolicy.CLEAN);

    assertThatThrownBy(builder::toConfig)
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("resetPolicy CLEAN is not available for ")
        .hasMessageContaining("use FAST, VERIFIED or your own statements");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://host/x",
        "jdbc:mariadb://host/x",
        "jdbc:mysql://host/x",
        "jdbc:unheard:of"
      })
  void cleanIsTakenWhereItCanBeHadOrTheUrlDoesNotTell(String url) {
    SluiceConfig config = Sluice.dataSource(url).resetPolicy(ResetPolicy.CLEAN).toConfig();

    assertThat(config.resetPolicy()).isEqualTo(ResetPolicy.CLEAN);
  }

  @Test
  void unwrappingDoesNotHideATransaction() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      try (Connection connection = pool.get()) {
        Connection raw = FakeDatabase.physical(connection).face();
        raw.setAutoCommit(false);
        execute(raw, "INSERT behind the pool's back");
      }

      pool.settle();

      assertThat(pool.session().autoCommit()).isTrue();
      assertThat(pool.db.committed()).isEmpty();
    }
  }

  @Test
  void aShardingKeyCannotBePutBackSoTheConnectionIsClosed() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      pool.db.when("Connection.setShardingKey").then(Fault.answer(null));
      try (Connection connection = pool.get()) {
        connection.setShardingKey(new java.sql.ShardingKey() {});
      }

      pool.settle();

      assertThat(pool.db.opened()).isEqualTo(2);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void theQueryTimeoutIsSetOnEachStatement() throws SQLException {
    try (FakePool pool =
        new FakePool(b -> b.queryTimeout(java.time.Duration.ofMillis(1500))).settle()) {
      try (Connection connection = pool.get();
          Statement statement = connection.createStatement();
          Statement prepared = connection.prepareStatement("SELECT 1")) {
        assertThat(statement.getQueryTimeout()).isEqualTo(2);
        assertThat(prepared.getQueryTimeout()).isEqualTo(2);
      }
    }
  }
}
