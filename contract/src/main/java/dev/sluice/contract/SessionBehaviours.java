package dev.sluice.contract;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one borrower does to a session never reaches the next. */
final class SessionBehaviours {
  private SessionBehaviours() {}

  static List<Behaviour> all() {
    return List.of(
        Behaviour.anywhere("autoCommitIsOnAtFirst", SessionBehaviours::autoCommitIsOnAtFirst),
        Behaviour.anywhere(
            "autoCommitIsOnAgainForTheNextBorrower", SessionBehaviours::autoCommitIsOnAgain),
        Behaviour.anywhere(
            "knownBug28OpenWorkIsRolledBackOnReturn", SessionBehaviours::openWorkIsRolledBack),
        Behaviour.anywhere(
            "failedTransactionDoesNotReachTheNextBorrower",
            SessionBehaviours::failedTransactionDoesNotReachTheNext),
        Behaviour.anywhere(
            "knownBug29SchemaDoesNotReachTheNextBorrower",
            stage ->
                restored(
                    stage,
                    "schema",
                    Connection::getSchema,
                    Connection::setSchema,
                    List.of("INFORMATION_SCHEMA", "information_schema", "pg_catalog"))),
        Behaviour.anywhere(
            "knownBug29SchemaSetInAnOpenTransactionDoesNotReachTheNextBorrower",
            SessionBehaviours::schemaSetInsideATransaction),
        Behaviour.anywhere(
            "knownBug29CatalogDoesNotReachTheNextBorrower",
            stage ->
                restored(
                    stage,
                    "catalog",
                    Connection::getCatalog,
                    Connection::setCatalog,
                    List.of("information_schema", "elsewhere"))),
        Behaviour.anywhere(
            "knownBug29ClientInfoDoesNotReachTheNextBorrower",
            stage ->
                restored(
                    stage,
                    "client info",
                    c -> Objects.requireNonNullElse(c.getClientInfo("ApplicationName"), ""),
                    (c, value) -> c.setClientInfo("ApplicationName", value),
                    List.of("contract"))),
        Behaviour.anywhere(
            "isolationDoesNotReachTheNextBorrower",
            stage ->
                restored(
                    stage,
                    "isolation",
                    Connection::getTransactionIsolation,
                    Connection::setTransactionIsolation,
                    List.of(
                        Connection.TRANSACTION_SERIALIZABLE,
                        Connection.TRANSACTION_REPEATABLE_READ))),
        Behaviour.anywhere(
            "readOnlyDoesNotReachTheNextBorrower",
            stage ->
                restored(
                    stage,
                    "read-only",
                    Connection::isReadOnly,
                    Connection::setReadOnly,
                    List.of(true, false))),
        Behaviour.anywhere(
            "holdabilityDoesNotReachTheNextBorrower",
            stage ->
                restored(
                    stage,
                    "holdability",
                    Connection::getHoldability,
                    Connection::setHoldability,
                    List.of(
                        ResultSet.CLOSE_CURSORS_AT_COMMIT, ResultSet.HOLD_CURSORS_OVER_COMMIT))),
        Behaviour.anywhere(
            "networkTimeoutDoesNotReachTheNextBorrower",
            stage ->
                restored(
                    stage,
                    "network timeout",
                    Connection::getNetworkTimeout,
                    (c, millis) -> c.setNetworkTimeout(Runnable::run, millis),
                    List.of(61_000))),
        Behaviour.anywhere(
            "typeMapDoesNotReachTheNextBorrower",
            stage ->
                restored(
                    stage,
                    "type map",
                    Connection::getTypeMap,
                    Connection::setTypeMap,
                    List.of(Map.<String, Class<?>>of("contract", String.class)))),
        Behaviour.onFake(
            "warningsDoNotReachTheNextBorrower", SessionBehaviours::warningsDoNotReachTheNext),
        Behaviour.anywhere(
            "statementsLeftOpenAreClosedOnReturn", SessionBehaviours::statementsLeftOpenAreClosed),
        Behaviour.onFake(
            "nothingAtAllReachesTheNextBorrower", SessionBehaviours::nothingReachesTheNext));
  }

  private interface Getter<T extends @Nullable Object> {
    T get(Connection connection) throws SQLException;
  }

  private interface Setter<T extends @Nullable Object> {
    void set(Connection connection, T value) throws SQLException;
  }

  private static void autoCommitIsOnAtFirst(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    try (Connection connection = stage.acquire(pool)) {
      Stage.require(connection.getAutoCommit(), "auto-commit is off");
    }
  }

  private static void autoCommitIsOnAgain(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    try (Connection first = stage.acquire(pool)) {
      first.setAutoCommit(false);
    }
    try (Connection second = stage.acquire(pool)) {
      Stage.require(second.getAutoCommit(), "auto-commit is off for the next borrower");
    }
  }

  private static void openWorkIsRolledBack(Stage stage) throws Exception {
    String table = stage.table();
    PoolUnderTest pool = stage.open(stage.settings());
    int before;
    try (Connection first = stage.acquire(pool)) {
      before = count(first, table);
      first.setAutoCommit(false);
      Stage.execute(first, "INSERT INTO " + table + " VALUES (1)");
    }
    try (Connection second = stage.acquire(pool)) {
      int seen = count(second, table);
      Stage.require(seen == before, "the next borrower sees work that nobody committed");
    }
    pool.close();
    try (Connection direct = stage.backend().connect()) {
      Stage.require(count(direct, table) == before, "work that nobody committed was committed");
    }
  }

  private static int count(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static void failedTransactionDoesNotReachTheNext(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    try (Connection first = stage.acquire(pool)) {
      first.setAutoCommit(false);
      Stage.execute(first, "SELECT 1");
      try {
        Stage.execute(first, "FAIL 42601");
        throw new Broken("nonsense was executed");
      } catch (SQLException e) {
        // as intended: the transaction is spoiled now
      }
    }
    try (Connection second = stage.acquire(pool)) {
      Stage.execute(second, "SELECT 1");
    }
  }

  /** One connection at most, so that the next borrower gets the same one unless it was replaced. */
  private static <T extends @Nullable Object> void restored(
      Stage stage, String what, Getter<T> getter, Setter<T> setter, List<T> candidates)
      throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    T before;
    try (Connection first = stage.acquire(pool)) {
      before = ask(first, what, getter);
      change(first, what, before, getter, setter, candidates);
    }
    try (Connection second = stage.acquire(pool)) {
      T after = getter.get(second);
      Stage.require(
          Objects.equals(after, before), "%s is %s, was %s at first", what, after, before);
    }
  }

  private static <T extends @Nullable Object> T ask(
      Connection connection, String what, Getter<T> getter) throws SQLException {
    try {
      return getter.get(connection);
    } catch (SQLFeatureNotSupportedException e) {
      throw new NotOffered("the driver cannot tell the " + what);
    }
  }

  private static <T extends @Nullable Object> void change(
      Connection connection,
      String what,
      T before,
      Getter<T> getter,
      Setter<T> setter,
      List<T> candidates) {
    for (T candidate : candidates) {
      try {
        setter.set(connection, candidate);
        T now = getter.get(connection);
        if (Objects.equals(now, candidate) && !Objects.equals(now, before)) {
          return;
        }
      } catch (SQLException e) {
        // this database knows no such value
      }
    }
    throw new NotOffered("the driver cannot change the " + what);
  }

  private static void schemaSetInsideATransaction(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    String before;
    try (Connection first = stage.acquire(pool)) {
      before = first.getSchema();
      first.setAutoCommit(false);
      Stage.execute(first, "SELECT 1");
      change(
          first,
          "schema",
          before,
          Connection::getSchema,
          Connection::setSchema,
          List.of("INFORMATION_SCHEMA", "information_schema", "pg_catalog"));
    }
    try (Connection second = stage.acquire(pool)) {
      String after = second.getSchema();
      Stage.require(Objects.equals(after, before), "schema is %s, was %s at first", after, before);
    }
  }

  private static void warningsDoNotReachTheNext(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    try (Connection first = stage.acquire(pool)) {
      Stage.execute(first, "WARN of something");
      Stage.require(first.getWarnings() != null, "the borrower does not see his own warning");
    }
    try (Connection second = stage.acquire(pool)) {
      Stage.require(second.getWarnings() == null, "a warning of the last borrower is there");
    }
  }

  private static void statementsLeftOpenAreClosed(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    Statement left;
    ResultSet rows;
    try (Connection first = stage.acquire(pool)) {
      left = first.createStatement();
      rows = left.executeQuery("SELECT 1");
    }
    Stage.require(left.isClosed(), "the statement is still open");
    Stage.require(rows.isClosed(), "the result set is still open");
    stage.cycle(pool);
    if (stage.backend().isFake()) {
      stage.eventually(
          () -> stage.db().connections().stream().allMatch(c -> c.session().openStatements() == 0),
          "the driver's statement is still open");
    }
  }

  private static void nothingReachesTheNext(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    stage.cycle(pool);
    var clean = stage.db().connections().get(0).session();
    try (Connection first = stage.acquire(pool)) {
      first.setReadOnly(true);
      first.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      first.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT);
      first.setNetworkTimeout(Runnable::run, 61_000);
      first.setTypeMap(Map.of("contract", String.class));
      first.setClientInfo("ApplicationName", "contract");
      first.setAutoCommit(false);
      Stage.execute(first, "SELECT 1");
      first.setSchema("elsewhere");
      first.setCatalog("elsewhere");
      Stage.execute(first, "WARN of something");
    }
    Connection second = stage.acquire(pool);
    var session = stage.db().connections().get(0).session();
    second.close();
    Stage.require(session.equals(clean), "the session is %s", session);
  }
}
