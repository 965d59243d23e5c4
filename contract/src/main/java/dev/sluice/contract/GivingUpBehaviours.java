package dev.sluice.contract;

import dev.sluice.testkit.StallMeter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Callers that give up, by timeout or by interruption, leave nothing behind. */
final class GivingUpBehaviours {
  private static final Duration SHORT = Duration.ofMillis(250);
  private static final Duration LONG = Duration.ofSeconds(20);

  private GivingUpBehaviours() {}

  static List<Behaviour> all() {
    return List.of(
        Behaviour.onFake(
            "knownBug01ReturnedConnectionReachesTheOneWhoStillWaits",
            GivingUpBehaviours::reachesTheLiving),
        Behaviour.onFake(
            "knownBug01ConnectionReturnedJustAsWaitersTimeOutIsNotLost",
            GivingUpBehaviours::returnedAtTheTimeout),
        Behaviour.onFake(
            "knownBug03DestroyedConnectionLetsAWaiterHaveANewOne",
            GivingUpBehaviours::destroyedWakesAWaiter),
        Behaviour.onFake(
            "knownBug03FailedOpenLetsAWaiterHaveTheNextOne",
            GivingUpBehaviours::failedOpenWakesAWaiter),
        Behaviour.onFake(
            "knownBug13InterruptionEndsTheWaitAndLosesNothing",
            GivingUpBehaviours::interruptedWhileWaiting),
        Behaviour.onFake(
            "knownBug13InterruptionWhileConnectingLosesNothing",
            GivingUpBehaviours::interruptedWhileConnecting),
        Behaviour.onFake(
            "knownBug13InterruptionAtTheMomentOfTheReturnLosesNothing",
            GivingUpBehaviours::interruptedAtTheReturn));
  }

  private static void reachesTheLiving(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().acquireTimeout(LONG));
    Connection held = stage.acquire(pool);
    List<Caller<Connection>> leaving = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      leaving.add(stage.borrower(pool));
      stage.awaitWaiting(pool, i + 1, leaving.get(i));
    }
    Caller<Connection> staying = stage.borrower(pool);
    stage.awaitWaiting(pool, 6, staying);
    leaving.forEach(Caller::interrupt);
    for (Caller<Connection> caller : leaving) {
      caller.failure();
    }
    held.close();
    staying.result().close();
    stage.cycle(pool);
  }

  private static void returnedAtTheTimeout(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().acquireTimeout(SHORT));
    for (int round = 0; round < 3; round++) {
      Connection held = stage.acquireInTheEnd(pool);
      List<Caller<String>> waiters = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        waiters.add(stage.caller(() -> tryOnce(stage, pool)));
      }
      waiters.get(0).join(); // the first has timed out, the others are about to
      held.close();
      for (Caller<String> waiter : waiters) {
        waiter.result();
      }
      stage.acquireInTheEnd(pool).close();
    }
  }

  private static String tryOnce(Stage stage, PoolUnderTest pool) throws InterruptedException {
    try {
      stage.cycle(pool);
      return "served";
    } catch (SQLException e) {
      return "timed out";
    }
  }

  private static void destroyedWakesAWaiter(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().acquireTimeout(LONG).checkedOnAcquire());
    Connection held = stage.acquire(pool);
    Caller<Connection> waiter = stage.borrower(pool);
    stage.awaitWaiting(pool, 1, waiter);
    stage.db().restart();
    try {
      Stage.execute(held, "SELECT 1");
      throw new Broken("a dead connection works");
    } catch (SQLException e) {
      held.close(); // now the pool may know
    }
    Connection served = waiter.result();
    Stage.execute(served, "SELECT 1");
    served.close();
  }

  private static void failedOpenWakesAWaiter(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().sizes(0, 2).acquireTimeout(LONG));
    Connection held = stage.acquire(pool);
    stage.db().when("Driver.connect").times(2).then(dev.sluice.testkit.Fault.fail("53300"));
    Caller<Connection> one = stage.borrower(pool);
    try {
      one.result().close();
    } catch (SQLException e) {
      // to tell at once is as good as to try again
      stage.eventually(() -> tryOnce(stage, pool).equals("served"), "nothing is opened any more");
    }
    held.close();
  }

  private static void interruptedWhileWaiting(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().acquireTimeout(LONG));
    Connection held = stage.acquire(pool);
    Caller<Connection> waiter = stage.borrower(pool);
    stage.awaitWaiting(pool, 1, waiter);
    long from = StallMeter.now();
    waiter.interrupt();
    Throwable failure = waiter.failure();
    Stage.requireWithin(Duration.ofMillis(500), from, "giving up");
    Stage.require(
        failure instanceof SQLException || failure instanceof InterruptedException,
        "it failed with %s",
        failure);
    held.close();
    stage.cycle(pool);
  }

  private static void interruptedWhileConnecting(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().acquireTimeout(LONG));
    var slow = dev.sluice.testkit.Fault.hang(); // an interruption of the driver ends it
    stage.db().when("Driver.connect").at(1).then(slow);
    Caller<Connection> caller = stage.borrower(pool);
    stage.eventually(() -> slow.inside() > 0, "nothing is being opened");
    caller.interrupt();
    caller.failure();
    slow.release();
    stage.eventually(() -> tryOnce(stage, pool).equals("served"), "no connection can be had");
    Stage.require(stage.db().openNow() == 1, "%d are open", stage.db().openNow());
  }

  private static void interruptedAtTheReturn(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().acquireTimeout(LONG));
    for (int round = 0; round < 200; round++) {
      Connection held = stage.acquire(pool);
      Caller<String> waiter = stage.caller(() -> tryOnceInterruptibly(stage, pool));
      if (round % 2 == 0) {
        while (!waiter.isParked() && !waiter.isDone()) {
          Thread.onSpinWait();
        }
      }
      Caller<String> returner =
          stage.caller(
              () -> {
                held.close();
                return "returned";
              });
      waiter.interrupt();
      returner.result();
      waiter.result();
    }
    stage.cycle(pool);
  }

  private static String tryOnceInterruptibly(Stage stage, PoolUnderTest pool) {
    try {
      Connection connection = stage.acquire(pool);
      Thread.interrupted(); // it came too late
      connection.close();
      return "served";
    } catch (SQLException | InterruptedException e) {
      return "gave up";
    }
  }
}
