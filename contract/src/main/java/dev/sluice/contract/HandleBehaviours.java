package dev.sluice.contract;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** What can be done with a borrowed connection, and what cannot after it was returned. */
final class HandleBehaviours {
  private static final Duration AT_ONCE = Duration.ofMillis(500);
  private static final int CLOSERS = 8;
  private static final int ROUNDS = 20;

  private HandleBehaviours() {}

  static List<Behaviour> all() {
    return List.of(
        Behaviour.anywhere("useAfterCloseIsRefused", HandleBehaviours::useAfterCloseIsRefused),
        Behaviour.anywhere(
            "statementOfAReturnedConnectionIsRefused",
            HandleBehaviours::statementOfAReturnedConnectionIsRefused),
        Behaviour.anywhere("secondCloseIsHarmless", HandleBehaviours::secondCloseIsHarmless),
        Behaviour.anywhere(
            "secondCloseDoesNotReturnTheNextBorrowersConnection",
            HandleBehaviours::secondCloseDoesNotReturnTheNext),
        Behaviour.onFake(
            "closeByManyThreadsAtOnceReturnsOnce", HandleBehaviours::closeByManyReturnsOnce),
        Behaviour.anywhere(
            "connectionMayBeReturnedByAnotherThread", HandleBehaviours::returnedByAnotherThread),
        Behaviour.anywhere(
            "statementsNameTheBorrowedConnection", HandleBehaviours::statementsNameTheConnection),
        Behaviour.anywhere(
            "resultSetsNameTheBorrowersStatement", HandleBehaviours::resultSetsNameTheStatement),
        Behaviour.anywhere(
            "metadataNameTheBorrowedConnection", HandleBehaviours::metadataNameTheConnection),
        Behaviour.anywhere(
            "unwrapReachesTheDriversConnection", HandleBehaviours::unwrapReachesTheDrivers),
        Behaviour.anywhere(
            "borrowedConnectionsAreDistinct", HandleBehaviours::connectionsAreDistinct));
  }

  private interface Use {
    void run() throws SQLException;
  }

  private static void requireRefused(String what, Use use) {
    try {
      use.run();
    } catch (SQLException e) {
      return; // as it should be
    }
    throw new Broken(what + " works after the return");
  }

  private static void useAfterCloseIsRefused(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    Connection connection = stage.acquire(pool);
    connection.close();

    Stage.require(connection.isClosed(), "isClosed is false after the return");
    Stage.require(!isValid(connection), "isValid is true after the return");
    requireRefused("createStatement", connection::createStatement);
    requireRefused("prepareStatement", () -> connection.prepareStatement("SELECT 1"));
    requireRefused("setAutoCommit", () -> connection.setAutoCommit(false));
    requireRefused("commit", connection::commit);
    requireRefused("getMetaData", connection::getMetaData);
  }

  private static boolean isValid(Connection connection) {
    try {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false; // a way to say no
    }
  }

  private static void statementOfAReturnedConnectionIsRefused(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    Connection first = stage.acquire(pool);
    Statement statement = first.createStatement();
    PreparedStatement prepared = first.prepareStatement("SELECT 1");
    first.close();
    try (Connection second = stage.acquire(pool)) {
      requireRefused("a statement", () -> statement.executeQuery("SELECT 1"));
      requireRefused("a prepared statement", prepared::executeQuery);
      Stage.execute(second, "SELECT 1");
    }
  }

  private static void secondCloseIsHarmless(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    Connection connection = stage.acquire(pool);
    Statement statement = connection.createStatement();
    ResultSet rows = statement.executeQuery("SELECT 1");
    rows.close();
    rows.close();
    statement.close();
    statement.close();
    connection.close();
    connection.close();
    stage.cycle(pool);
  }

  private static void secondCloseDoesNotReturnTheNext(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().acquireTimeout(AT_ONCE));
    Connection first = stage.acquireInTheEnd(pool);
    first.close();
    try (Connection second = stage.acquireInTheEnd(pool)) {
      first.close();
      Stage.execute(second, "SELECT 1");
      requireExhausted(stage, pool, "the second close returned the next borrower's connection");
    }
  }

  private static void requireExhausted(Stage stage, PoolUnderTest pool, String otherwise)
      throws Exception {
    Connection more;
    try {
      more = stage.caller(() -> stage.acquire(pool)).result();
    } catch (SQLException e) {
      return; // none is left, as it should be
    }
    more.close();
    throw new Broken(otherwise);
  }

  private static void closeByManyReturnsOnce(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().acquireTimeout(AT_ONCE));
    for (int round = 0; round < ROUNDS; round++) {
      Connection connection = stage.acquireInTheEnd(pool);
      CountDownLatch go = new CountDownLatch(1);
      List<Caller<String>> closers = new ArrayList<>();
      for (int i = 0; i < CLOSERS; i++) {
        closers.add(
            stage.caller(
                () -> {
                  go.await();
                  connection.close();
                  return "closed";
                }));
      }
      go.countDown();
      for (Caller<String> closer : closers) {
        closer.result();
      }
    }
    try (Connection only = stage.acquireInTheEnd(pool)) {
      requireExhausted(stage, pool, "one connection was returned twice");
      Stage.require(!only.isClosed(), "the borrowed connection is closed");
    }
  }

  private static void returnedByAnotherThread(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    Connection connection = stage.acquire(pool);
    stage
        .caller(
            () -> {
              connection.close();
              return "closed";
            })
        .result();
    stage.cycle(pool);
  }

  @SuppressWarnings("ReferenceEquality") // it must be that very object
  private static void statementsNameTheConnection(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    try (Connection connection = stage.acquire(pool);
        Statement plain = connection.createStatement();
        PreparedStatement prepared = connection.prepareStatement("SELECT 1")) {
      Stage.require(plain.getConnection() == connection, "a statement names another connection");
      Stage.require(
          prepared.getConnection() == connection, "a prepared statement names another connection");
    }
  }

  @SuppressWarnings("ReferenceEquality") // it must be that very object
  private static void resultSetsNameTheStatement(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    try (Connection connection = stage.acquire(pool);
        Statement plain = connection.createStatement();
        PreparedStatement prepared = connection.prepareStatement("SELECT 1");
        ResultSet one = plain.executeQuery("SELECT 1");
        ResultSet two = prepared.executeQuery()) {
      Stage.require(one.getStatement() == plain, "a result set names the driver's statement");
      Stage.require(two.getStatement() == prepared, "a result set names the driver's statement");
    }
  }

  @SuppressWarnings("ReferenceEquality") // it must be that very object
  private static void metadataNameTheConnection(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    try (Connection connection = stage.acquire(pool)) {
      DatabaseMetaData metadata = connection.getMetaData();
      Stage.require(
          metadata.getConnection() == connection, "the metadata name the driver's connection");
    }
  }

  private static void unwrapReachesTheDrivers(Stage stage) throws Exception {
    Class<?> drivers;
    try (Connection direct = stage.backend().connect()) {
      drivers = stage.backend().isFake() ? physicalType() : direct.getClass();
    }
    PoolUnderTest pool = stage.open(stage.settings());
    try (Connection connection = stage.acquire(pool)) {
      Stage.require(connection.isWrapperFor(drivers), "it denies to wrap the driver's connection");
      Object inner = connection.unwrap(drivers);
      Stage.require(drivers.isInstance(inner), "unwrap gives %s", inner);
      Connection itself = connection.unwrap(Connection.class);
      Stage.require(itself != null, "unwrap(Connection) gives null");
    }
  }

  private static Class<?> physicalType() {
    return dev.sluice.testkit.FakeConnection.class;
  }

  private static void connectionsAreDistinct(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().sizes(0, 2));
    try (Connection one = stage.acquire(pool);
        Connection two = stage.acquire(pool)) {
      Stage.require(!one.equals(two), "two borrowed connections are equal");
      Object same = one;
      Stage.require(same.equals(one), "a connection is not equal to itself");
    }
  }
}
