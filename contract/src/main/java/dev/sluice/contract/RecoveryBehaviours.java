package dev.sluice.contract;

import dev.sluice.testkit.FakeConnection;
import dev.sluice.testkit.FakeDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** What is broken is replaced, and what was down comes back. */
final class RecoveryBehaviours {
  private static final Duration OFTEN = Duration.ofMillis(100);

  private RecoveryBehaviours() {}

  static List<Behaviour> all() {
    return List.of(
        Behaviour.onFake(
            "deadConnectionIsReplacedBeforeItIsLent", RecoveryBehaviours::deadIsReplaced),
        Behaviour.onFake(
            "connectionThatBrokeInUseIsNotLentAgain", RecoveryBehaviours::brokenIsNotLentAgain),
        Behaviour.onFake(
            "errorOfTheStatementCostsNoConnection", RecoveryBehaviours::ordinaryErrorCostsNothing),
        Behaviour.onFake(
            "knownBug08RestartOfTheDatabaseCostsTheFirstCallerOneOpenOnly",
            RecoveryBehaviours::wholeIdleSetDead),
        Behaviour.onFake(
            "knownBug18ServerThatBecameReadOnlyIsLeft", RecoveryBehaviours::readOnlyServerIsLeft),
        Behaviour.onFake(
            "knownBug05BusyConnectionIsReplacedAtTheEndOfItsLifetime",
            RecoveryBehaviours::lifetimeOnABusyPool),
        Behaviour.onFake("knownBug10MinimumIsRefilledAfterLoss", RecoveryBehaviours::minRefilled),
        Behaviour.onFake(
            "knownBug09OutageUnderTrafficIsOvercome", RecoveryBehaviours::outageWithTraffic),
        Behaviour.onFake(
            "knownBug09OutageWithoutTrafficIsOvercome", RecoveryBehaviours::outageWithoutTraffic));
  }

  private static void deadIsReplaced(Stage stage) throws Exception {
    PoolUnderTest pool = stage.openWithIdle(stage.settings().checkedOnAcquire(), 1);
    stage.db().restart();
    try (Connection connection = stage.acquire(pool)) {
      Stage.execute(connection, "SELECT 1");
    }
  }

  private static void brokenIsNotLentAgain(Stage stage) throws Exception {
    PoolUnderTest pool = stage.openWithIdle(stage.settings(), 1);
    Connection connection = stage.acquire(pool);
    stage.db().restart();
    try {
      Stage.execute(connection, "SELECT 1");
      throw new Broken("a dead connection works");
    } catch (SQLException e) {
      connection.close();
    }
    try (Connection next = stage.acquire(pool)) {
      Stage.execute(next, "SELECT 1");
    }
  }

  private static void ordinaryErrorCostsNothing(Stage stage) throws Exception {
    PoolUnderTest pool = stage.openWithIdle(stage.settings(), 1);
    try (Connection connection = stage.acquire(pool)) {
      Stage.execute(connection, "FAIL 42601");
      throw new Broken("nonsense was executed");
    } catch (SQLException e) {
      Stage.require("42601".equals(e.getSQLState()), "the error became %s", e);
    }
    stage.cycle(pool);
    Stage.require(stage.db().opened() == 1, "%d were opened", stage.db().opened());
  }

  /** Each check of a dead connection takes 300 ms, so that one after the other would be 3 s. */
  private static void wholeIdleSetDead(Stage stage) throws Exception {
    Duration each = Duration.ofMillis(300);
    PoolUnderTest pool =
        stage.openWithIdle(
            stage.settings().sizes(0, 10).checkedOnAcquire().acquireTimeout(each.multipliedBy(30)),
            10);
    stage.db().restart();
    stage.db().latency(each);
    Caller<Connection> first = stage.borrower(pool);
    Connection connection = first.result();
    Stage.requireWithin(each.multipliedBy(2), first, "the first acquisition");
    stage.db().latency(Duration.ZERO);
    Stage.execute(connection, "SELECT 1");
    connection.close();
  }

  private static void readOnlyServerIsLeft(Stage stage) throws Exception {
    PoolUnderTest pool = stage.openWithIdle(stage.settings().sizes(0, 3), 3);
    List<FakeConnection> old = stage.db().connections();
    stage.db().readOnly(true);
    try (Connection connection = stage.acquire(pool)) {
      Stage.execute(connection, "INSERT INTO t VALUES (1)");
      throw new Broken("the fake should have refused");
    } catch (SQLException e) {
      stage.db().readOnly(false); // from now on one comes to another server
    }
    List<Connection> now = stage.acquire(pool, 3);
    for (Connection connection : now) {
      FakeConnection physical = FakeDatabase.physical(connection);
      Stage.require(!old.contains(physical), "a connection to the read-only server is lent again");
    }
    for (Connection connection : now) {
      connection.close();
    }
  }

  private static void lifetimeOnABusyPool(Stage stage) throws Exception {
    Duration lifetime = Duration.ofMillis(200);
    PoolUnderTest pool = stage.open(stage.settings().maxLifetime(lifetime).upkeepInterval(OFTEN));
    stage.eventually(
        () -> {
          try (Connection connection = stage.acquire(pool)) {
            Stage.execute(connection, "SLEEP 5");
          }
          return stage.db().opened() >= 3;
        },
        "a connection that is always in use is never replaced");
  }

  private static void minRefilled(Stage stage) throws Exception {
    PoolUnderTest pool =
        stage.openWithIdle(
            stage.settings().sizes(3, 5).checkedOnAcquire().upkeepInterval(OFTEN), 3);
    Connection held = stage.acquire(pool);
    stage.db().restart();
    try {
      Stage.execute(held, "SELECT 1");
    } catch (SQLException e) {
      held.close();
    }
    stage.eventually(() -> stage.db().openNow() >= 3, "the minimum is not opened again");
  }

  private static void outageWithTraffic(Stage stage) throws Exception {
    PoolUnderTest pool =
        stage.openWithIdle(
            stage
                .settings()
                .sizes(0, 2)
                .checkedOnAcquire()
                .upkeepInterval(OFTEN)
                .acquireTimeout(Duration.ofMillis(300)),
            2);
    stage.db().goDown();
    for (int i = 0; i < 3; i++) {
      stage.borrower(pool).failure();
    }
    stage.db().comeUp();
    stage.eventually(() -> isServed(stage, pool), "no connection is opened any more");
  }

  private static boolean isServed(Stage stage, PoolUnderTest pool) throws InterruptedException {
    try (Connection connection = stage.acquire(pool)) {
      Stage.execute(connection, "SELECT 1");
      return true;
    } catch (SQLException e) {
      return false; // not yet
    }
  }

  private static void outageWithoutTraffic(Stage stage) throws Exception {
    PoolUnderTest pool =
        stage.openWithIdle(
            stage
                .settings()
                .sizes(2, 4)
                .checkedOnAcquire()
                .upkeepInterval(OFTEN)
                .acquireTimeout(Duration.ofMillis(300)),
            2);
    stage.db().goDown();
    stage.borrower(pool).failure();
    Stage.letPass(OFTEN.multipliedBy(3));
    stage.db().comeUp();
    stage.eventually(() -> stage.db().openNow() >= 2, "the minimum is not opened again");
  }
}
