package dev.sluice.contract;

import dev.sluice.testkit.StallMeter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Closing the pool. */
final class EndBehaviours {
  private static final Duration LONG = Duration.ofSeconds(20);

  private EndBehaviours() {}

  static List<Behaviour> all() {
    return List.of(
        Behaviour.onFake("closeClosesTheConnections", EndBehaviours::closeClosesConnections),
        Behaviour.anywhere("secondCloseOfThePoolIsHarmless", EndBehaviours::secondClose),
        Behaviour.anywhere("closedPoolRefusesCallers", EndBehaviours::closedPoolRefuses),
        Behaviour.onFake("knownBug31WaitersAreToldOfTheClose", EndBehaviours::waitersAreTold),
        Behaviour.onFake(
            "knownBug12ConnectionOpenedAfterTheCloseIsClosed", EndBehaviours::openedAfterClose),
        Behaviour.onFake(
            "knownBug12CloseEndsWhileConnectionsAreLent", EndBehaviours::closeWhileLent),
        Behaviour.onFake(
            "knownBug12CloseEndsWhileTheDriversCloseHangs", EndBehaviours::closeWhileCloseHangs),
        Behaviour.onFake(
            "connectionReturnedAfterTheCloseIsClosed", EndBehaviours::returnedAfterClose));
  }

  private static Caller<String> closer(Stage stage, PoolUnderTest pool) {
    return stage.caller(
        () -> {
          pool.close();
          return "closed";
        });
  }

  private static void closeClosesConnections(Stage stage) throws Exception {
    PoolUnderTest pool = stage.openWithIdle(stage.settings().sizes(0, 3), 3);
    pool.close();
    stage.eventually(() -> stage.db().heldByClient() == 0, "connections are still open");
  }

  private static void secondClose(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    stage.cycle(pool);
    pool.close();
    pool.close();
  }

  private static void closedPoolRefuses(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().acquireTimeout(LONG));
    stage.cycle(pool);
    pool.close();
    Caller<Connection> late = stage.borrower(pool);
    Throwable failure = late.failure();
    Stage.require(failure instanceof SQLException, "it failed with %s", failure);
    Stage.requireWithin(Duration.ofMillis(500), late, "to be refused");
  }

  private static void waitersAreTold(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().acquireTimeout(LONG));
    Connection held = stage.acquire(pool);
    List<Caller<Connection>> waiters = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiters.add(stage.borrower(pool));
      stage.awaitWaiting(pool, i + 1, waiters.get(i));
    }
    long from = StallMeter.now();
    Caller<String> closer = closer(stage, pool);
    for (Caller<Connection> waiter : waiters) {
      Throwable failure = waiter.failure();
      Stage.require(failure instanceof SQLException, "it failed with %s", failure);
    }
    Stage.requireWithin(Duration.ofMillis(500), from, "to be told");
    held.close();
    closer.result();
  }

  private static void openedAfterClose(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().acquireTimeout(LONG));
    var connecting = stage.stuck();
    stage.db().when("Driver.connect").then(connecting);
    Caller<Connection> caller = stage.borrower(pool);
    stage.eventually(() -> connecting.inside() > 0, "nothing is being opened");
    Caller<String> closer = closer(stage, pool);
    Stage.letPass(Duration.ofMillis(100));
    connecting.release();
    closer.result();
    try {
      caller.result().close(); // who opens on his own thread may still be given it
    } catch (SQLException e) {
      Stage.require(caller.isDone(), "the caller still waits");
    }
    stage.eventually(
        () -> stage.db().connectingNow() == 0 && stage.db().heldByClient() == 0,
        "the connection that came late is still open");
  }

  /** The fake settings of Sluice's drain are 300 ms; the others have their own. */
  private static void closeWhileLent(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    Connection held = stage.acquire(pool);
    closer(stage, pool).result();
    held.close();
    stage.eventually(() -> stage.db().heldByClient() == 0, "a connection is still open");
  }

  private static void closeWhileCloseHangs(Stage stage) throws Exception {
    PoolUnderTest pool =
        stage.openWithIdle(stage.settings().sizes(0, 2).callTimeout(Duration.ofMillis(300)), 2);
    stage.db().when("Connection.close").then(stage.stuck());
    closer(stage, pool).result();
  }

  private static void returnedAfterClose(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().sizes(0, 2));
    Connection held = stage.acquire(pool);
    Caller<String> closer = closer(stage, pool);
    stage.eventually(() -> isRefusing(pool), "the pool still lends");
    held.close();
    closer.result();
    stage.eventually(() -> stage.db().heldByClient() == 0, "a connection is still open");
  }

  private static boolean isRefusing(PoolUnderTest pool) {
    try {
      pool.acquire().close();
      return false;
    } catch (SQLException e) {
      return true;
    }
  }
}
