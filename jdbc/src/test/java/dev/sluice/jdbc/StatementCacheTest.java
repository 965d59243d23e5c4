package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.testkit.Fault;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Prepared statements that rest between uses are as good as new ones, or are not used again. */
class StatementCacheTest {
  private static final String SQL = "SELECT one";

  private interface Use {
    void of(Connection connection, PreparedStatement statement) throws SQLException;
  }

  private interface Preparation {
    PreparedStatement on(Connection connection) throws SQLException;
  }

  private static FakePool caching(int size) {
    return new FakePool(builder -> builder.statementCacheSize(size));
  }

  private static int prepared(FakePool pool) {
    return pool.db.calls("Connection.prepareStatement").size();
  }

  private static int closed(FakePool pool) {
    return pool.db.calls("Statement.close").size();
  }

  private static void use(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }

  @Test
  void withoutTheOptionEachIsClosed() throws SQLException {
    try (FakePool pool = new FakePool();
        Connection connection = pool.get()) {
      use(connection, SQL);
      use(connection, SQL);

      assertThat(prepared(pool)).isEqualTo(2);
    }
  }

  @Test
  void nextLeaseGetsTheStatementOfTheOneBefore() throws SQLException {
    try (FakePool pool = caching(2)) {
      for (int lease = 0; lease < 3; lease++) {
        try (Connection connection = pool.get()) {
          use(connection, SQL);
          use(connection, SQL);
        }
      }

      assertThat(prepared(pool)).isEqualTo(1);
      assertThat(closed(pool)).isZero();
    }
  }

  @Test
  void closedHandleIsClosedThoughTheStatementRests() throws SQLException {
    try (FakePool pool = caching(2);
        Connection connection = pool.get()) {
      PreparedStatement first = connection.prepareStatement(SQL);
      first.close();
      PreparedStatement second = connection.prepareStatement(SQL);

      first.close();

      assertThat(first.isClosed()).isTrue();
      assertThatThrownBy(first::execute).isInstanceOf(SQLException.class);
      assertThat(second.isClosed()).isFalse();
      second.execute();
      assertThat(prepared(pool)).isEqualTo(1);
    }
  }

  @Test
  void twoAtATimeAreTwo() throws SQLException {
    try (FakePool pool = caching(2);
        Connection connection = pool.get();
        PreparedStatement one = connection.prepareStatement(SQL);
        PreparedStatement other = connection.prepareStatement(SQL)) {
      one.execute();
      other.execute();

      assertThat(prepared(pool)).isEqualTo(2);
    }
  }

  @Test
  void oneThatHasRestedLongestGoesFirst() throws SQLException {
    try (FakePool pool = caching(2);
        Connection connection = pool.get()) {
      use(connection, "SELECT 1");
      use(connection, "SELECT 2");
      use(connection, "SELECT 1");
      use(connection, "SELECT 3"); // closes the second

      use(connection, "SELECT 1");
      use(connection, "SELECT 3");
      assertThat(prepared(pool)).isEqualTo(3);
      use(connection, "SELECT 2");
      assertThat(prepared(pool)).isEqualTo(4);
    }
  }

  static Stream<Arguments> leftOvers() {
    return Stream.of(
        left("maximum rows", (c, s) -> s.setMaxRows(5), s -> s.getMaxRows(), 0),
        left("field size", (c, s) -> s.setMaxFieldSize(5), s -> s.getMaxFieldSize(), 0),
        left("timeout", (c, s) -> s.setQueryTimeout(5), s -> s.getQueryTimeout(), 0),
        left("fetch size", (c, s) -> s.setFetchSize(5), s -> s.getFetchSize(), 0),
        left(
            "fetch direction",
            (c, s) -> s.setFetchDirection(ResultSet.FETCH_REVERSE),
            s -> s.getFetchDirection(),
            ResultSet.FETCH_FORWARD));
  }

  private interface Reading {
    Object of(PreparedStatement statement) throws SQLException;
  }

  private static Arguments left(String name, Use use, Reading reading, Object fresh) {
    return Arguments.of(name, use, reading, fresh);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("leftOvers")
  void optionOfOneUseDoesNotReachTheNext(String name, Use use, Reading reading, Object fresh)
      throws SQLException {
    try (FakePool pool = caching(2);
        Connection connection = pool.get()) {
      try (PreparedStatement statement = connection.prepareStatement(SQL)) {
        assertThat(reading.of(statement)).isEqualTo(fresh);
        use.of(connection, statement);
        assertThat(reading.of(statement)).isNotEqualTo(fresh);
      }

      try (PreparedStatement next = connection.prepareStatement(SQL)) {
        assertThat(reading.of(next)).isEqualTo(fresh);
      }
      assertThat(prepared(pool)).isEqualTo(1);
    }
  }

  @Test
  void parametersBatchAndWarningsAreGone() throws SQLException {
    try (FakePool pool = caching(2);
        Connection connection = pool.get()) {
      try (PreparedStatement statement = connection.prepareStatement("SELECT ?")) {
        statement.setInt(1, 5);
        statement.addBatch();
      }

      assertThat(pool.db.calls("PreparedStatement.clearParameters")).hasSize(1);
      assertThat(pool.db.calls("Statement.clearBatch")).hasSize(1);
      assertThat(pool.db.calls("Statement.clearWarnings")).isNotEmpty();
    }
  }

  static Stream<Arguments> doubts() {
    return Stream.of(
        doubt("an unknown cursor name", (c, s) -> s.setCursorName("mine")),
        doubt("escapes", (c, s) -> s.setEscapeProcessing(false)),
        doubt("the borrower's wish", (c, s) -> s.setPoolable(false)),
        doubt("another schema", (c, s) -> c.setSchema("other")),
        doubt("another catalog", (c, s) -> c.setCatalog("other")),
        doubt("another holdability", (c, s) -> c.setHoldability(1)),
        doubt("a setting by SQL", (c, s) -> run(c, "SET search_path = other")),
        doubt("a database by SQL", (c, s) -> run(c, "USE other")),
        doubt("what may be anything", (c, s) -> run(c, "CALL unknown()")),
        doubt("the driver's own statement", (c, s) -> s.unwrap(Proxy.class)),
        doubt("its closing itself", (c, s) -> s.closeOnCompletion()));
  }

  private static Arguments doubt(String name, Use use) {
    return Arguments.of(name, use);
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("doubts")
  void whatIsDoubtfulDoesNotRest(String name, Use use) throws SQLException {
    try (FakePool pool = caching(2);
        Connection connection = pool.get()) {
      try (PreparedStatement statement = connection.prepareStatement(SQL)) {
        use.of(connection, statement);
      }
      long before = prepared(pool);

      use(connection, SQL);

      assertThat(prepared(pool) - before).as("prepared anew").isEqualTo(1);
    }
  }

  static Stream<Arguments> changes() {
    return Stream.of(
        Arguments.of("schema", (Use) (c, s) -> c.setSchema("other")),
        Arguments.of("catalog", (Use) (c, s) -> c.setCatalog("other")),
        Arguments.of("SQL", (Use) (c, s) -> run(c, "SET search_path = other")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  void restingOnesAreClosedWhenTheirMeaningMayChange(String name, Use use) throws SQLException {
    try (FakePool pool = caching(2)) {
      try (Connection connection = pool.get()) {
        use(connection, SQL);
        use(connection, "SELECT two");
        use.of(connection, null);
        use(connection, SQL);
        assertThat(prepared(pool)).isEqualTo(3);
      }
      try (Connection next = pool.get()) { // where the schema is the initial one again
        use(next, SQL);
      }
      assertThat(prepared(pool)).isGreaterThanOrEqualTo(name.equals("SQL") ? 3 : 4);
    }
  }

  @Test
  void leaseOfAnotherSessionStatePreparesAnew() throws SQLException {
    try (FakePool pool = new FakePool("PostgreSQL", b -> b.statementCacheSize(2))) {
      try (Connection connection = pool.get()) {
        use(connection, SQL);
      }
      try (Connection tenant =
          pool.ds.getConnection(
              AcquireOptions.DEFAULT.withSession(SessionState.NONE.withSchema("tenant")))) {
        use(tenant, SQL);
      }
      try (Connection connection = pool.get()) {
        use(connection, SQL);
      }

      assertThat(
              pool.db.calls("Connection.prepareStatement").stream()
                  .filter(call -> call.arguments().contains(SQL)))
          .hasSize(3);
    }
  }

  @Test
  void openStatementIsDoubtfulAfterAnError() throws SQLException {
    try (FakePool pool = caching(2);
        Connection connection = pool.get()) {
      try (PreparedStatement statement = connection.prepareStatement(SQL)) {
        pool.db.when("PreparedStatement.execute").at(1).then(Fault.fail("0A000"));
        assertThatThrownBy(statement::execute).isInstanceOf(SQLException.class);
      }

      use(connection, SQL);

      assertThat(prepared(pool)).isEqualTo(2);
      assertThat(pool.db.calls("Statement.close")).hasSize(1);
    }
  }

  @Test
  void statementThatCannotBeMadeLikeNewIsClosedAndTheBorrowerHearsNothing() throws SQLException {
    try (FakePool pool = caching(2);
        Connection connection = pool.get()) {
      pool.db.when("PreparedStatement.clearParameters").at(1).then(Fault.fail("HY000"));

      use(connection, SQL);
      use(connection, SQL);

      assertThat(prepared(pool)).isEqualTo(2);
    }
  }

  @Test
  void forgottenStatementIsClosedAtTheReturn() throws SQLException {
    try (FakePool pool = caching(2)) {
      try (Connection connection = pool.get()) {
        connection.prepareStatement(SQL).execute();
      }
      try (Connection connection = pool.get()) {
        assertThat(connection.isClosed()).isFalse();
      }

      assertThat(pool.db.calls("Statement.close")).hasSize(1);
    }
  }

  @Test
  void waysToPrepareAreKeptApart() throws SQLException {
    Preparation[] ways = {
      c -> c.prepareStatement(SQL),
      c -> c.prepareStatement(SQL, Statement.RETURN_GENERATED_KEYS),
      c -> c.prepareStatement(SQL, new int[] {1}),
      c -> c.prepareStatement(SQL, new String[] {"id"}),
      c -> c.prepareStatement(SQL, ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY),
      c ->
          c.prepareStatement(
              SQL,
              ResultSet.TYPE_SCROLL_INSENSITIVE,
              ResultSet.CONCUR_READ_ONLY,
              ResultSet.CLOSE_CURSORS_AT_COMMIT)
    };
    try (FakePool pool = caching(20);
        Connection connection = pool.get()) {
      for (int round = 0; round < 2; round++) {
        for (Preparation way : ways) {
          way.on(connection).close();
        }
      }

      assertThat(prepared(pool)).isEqualTo(ways.length);
    }
  }

  @Test
  void driverThatDoesNotTellTheOptionsPreparesAsEver() throws SQLException {
    try (FakePool pool = caching(2);
        Connection connection = pool.get()) {
      pool.db
          .when("Statement.getMaxFieldSize")
          .then(Fault.failWith(SQLFeatureNotSupportedException::new));

      use(connection, SQL);
      use(connection, SQL);

      assertThat(prepared(pool)).isEqualTo(2);
      assertThat(closed(pool)).isEqualTo(2);
    }
  }

  @Test
  void statementsAtRestDoNotStayOpenInADetachedConnection() throws SQLException {
    try (FakePool pool = caching(2)) {
      Connection lent = pool.get();
      use(lent, SQL);
      assertThat(closed(pool)).isZero();

      try (Connection own = pool.ds.detach(lent)) {
        assertThat(own.isClosed()).isFalse();
        assertThat(closed(pool)).isEqualTo(1);
      }
    }
  }

  @Test
  void noColumnNamesAreNotTheSameAsNoWishForKeys() throws SQLException {
    try (FakePool pool = caching(2);
        Connection connection = pool.get()) {
      connection.prepareStatement(SQL).close();
      connection.prepareStatement(SQL, new String[0]).close();

      assertThat(prepared(pool)).isEqualTo(2);
    }
  }

  @Test
  void settingThatABatchChangesCountsWhenItIsExecuted() throws SQLException {
    try (FakePool pool = caching(2);
        Connection connection = pool.get();
        Statement batch = connection.createStatement()) {
      batch.addBatch("SET search_path = other");
      use(connection, SQL);

      batch.executeBatch();
      use(connection, SQL);

      assertThat(prepared(pool)).isEqualTo(2);
    }
  }

  @Test
  void nothingOfTheLastUseIsToldBeforeTheNextExecution() throws SQLException {
    try (FakePool pool = caching(2);
        Connection connection = pool.get()) {
      try (PreparedStatement statement = connection.prepareStatement("INSERT one")) {
        statement.executeUpdate();
        assertThat(statement.getUpdateCount()).isNotEqualTo(-1);
      }

      try (PreparedStatement statement = connection.prepareStatement("INSERT one")) {
        assertThat(statement.getUpdateCount()).isEqualTo(-1);
        assertThat(statement.getLargeUpdateCount()).isEqualTo(-1);
        assertThat(statement.getResultSet()).isNull();
        assertThat(statement.getMoreResults()).isFalse();
        assertThat(statement.getMoreResults(Statement.CLOSE_ALL_RESULTS)).isFalse();
        assertThatThrownBy(statement::getGeneratedKeys)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("HY010"));
        statement.executeUpdate();
        assertThat(statement.getUpdateCount()).isNotEqualTo(-1);
      }
      assertThat(prepared(pool)).isEqualTo(1);
    }
  }
}
