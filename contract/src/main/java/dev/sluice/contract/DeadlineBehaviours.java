package dev.sluice.contract;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** An acquisition ends in time, and a call that never returns costs no place in the pool. */
final class DeadlineBehaviours {
  private static final Duration TIMEOUT = Duration.ofMillis(500);
  private static final Duration CALL = Duration.ofMillis(300);

  private DeadlineBehaviours() {}

  static List<Behaviour> all() {
    return List.of(
        Behaviour.anywhere(
            "timeoutIsKeptWhileAllAreLent", DeadlineBehaviours::timeoutWhileAllAreLent),
        Behaviour.onFake(
            "knownBug04TimeoutIsKeptWhileConnectingHangs", DeadlineBehaviours::connectHangs),
        Behaviour.onFake(
            "knownBug27TimeoutIsKeptWhileNoIdleConnectionAnswers",
            DeadlineBehaviours::validationHangs),
        Behaviour.onFake(
            "knownBug27TimeoutIsKeptWhileCheckingIsSlow", DeadlineBehaviours::validationIsSlow),
        Behaviour.onFake(
            "knownBug26TimeoutIsKeptWhileAnotherCallersConnectionOpensSlowly",
            DeadlineBehaviours::anotherOpensSlowly),
        Behaviour.onFake(
            "knownBug26WaitingBurnsNoProcessorTime", DeadlineBehaviours::waitingBurnsNothing),
        Behaviour.onFake(
            "knownBug04HangingConnectCostsNoPlace",
            stage -> placeComesBack(stage, "Driver.connect", DeadlineBehaviours::open)),
        Behaviour.onFake(
            "knownBug04HangingCheckCostsNoPlace",
            stage -> placeComesBack(stage, "Connection.isValid", DeadlineBehaviours::open)),
        Behaviour.onFake(
            "knownBug04HangingRollbackCostsNoPlace",
            stage -> placeComesBack(stage, "Connection.rollback", DeadlineBehaviours::leaveWork)),
        Behaviour.onFake(
            "knownBug04HangingCloseCostsNoPlace",
            stage -> placeComesBack(stage, "Connection.close", DeadlineBehaviours::breakIt)),
        Behaviour.onFake(
            "returnIsNotHeldUpByAHangingRollback", DeadlineBehaviours::returnWhileRollbackHangs));
  }

  private static void requireTimely(Stage stage, PoolUnderTest pool, Duration timeout)
      throws Exception {
    Caller<Connection> caller = stage.borrower(pool);
    Throwable failure = caller.failure();
    Stage.require(failure instanceof SQLException, "it failed with %s", failure);
    Stage.requireWithin(timeout, caller, "the acquisition");
  }

  private static void timeoutWhileAllAreLent(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().acquireTimeout(TIMEOUT));
    try (Connection held = stage.acquireInTheEnd(pool)) {
      Caller<Connection> caller = stage.borrower(pool);
      caller.failure();
      Stage.requireWithin(TIMEOUT, caller, "the acquisition");
      Stage.require(
          caller.took().compareTo(TIMEOUT.multipliedBy(9).dividedBy(10)) > 0,
          "it gave up after %s of %s",
          Stage.text(caller.took()),
          Stage.text(TIMEOUT));
      Stage.execute(held, "SELECT 1");
    }
  }

  private static void connectHangs(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().sizes(0, 3).acquireTimeout(TIMEOUT));
    stage.db().when("Driver.connect").then(stage.stuck());
    requireTimely(stage, pool, TIMEOUT);
    requireTimely(stage, pool, TIMEOUT);
  }

  private static void validationHangs(Stage stage) throws Exception {
    PoolUnderTest pool =
        stage.openWithIdle(
            stage.settings().sizes(0, 5).acquireTimeout(TIMEOUT).checkedOnAcquire(), 5);
    stage.db().blackHole(true);
    requireTimely(stage, pool, TIMEOUT);
  }

  private static void validationIsSlow(Stage stage) throws Exception {
    PoolUnderTest pool =
        stage.openWithIdle(
            stage.settings().sizes(0, 5).acquireTimeout(TIMEOUT).checkedOnAcquire(), 5);
    stage.db().restart();
    stage.db().refuseConnections();
    stage.db().latency(Duration.ofMillis(600));
    requireTimely(stage, pool, TIMEOUT);
  }

  private static void anotherOpensSlowly(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().sizes(0, 2).acquireTimeout(TIMEOUT));
    Connection held = stage.acquireInTheEnd(pool);
    stage.db().when("Driver.connect").then(stage.stuck());
    Caller<Connection> opener = stage.borrower(pool);
    awaitOpening(stage);
    requireTimely(stage, pool, TIMEOUT);
    Stage.require(!held.isClosed(), "the borrowed connection is closed");
    Stage.require(
        !opener.isDone() || opener.failure() instanceof SQLException, "it opened what hangs");
  }

  private static void awaitOpening(Stage stage) {
    try {
      stage.eventually(() -> stage.db().connectingNow() == 1, "nothing is opened");
    } catch (Broken e) {
      throw new NotOffered("nothing is opened while somebody waits");
    }
  }

  private static void waitingBurnsNothing(Stage stage) throws Exception {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    if (stage.door() == Door.VIRTUAL || !threads.isThreadCpuTimeSupported()) {
      throw new NotOffered("processor time is not told for such threads");
    }
    PoolUnderTest pool = stage.open(stage.settings().sizes(0, 2));
    Connection held = stage.acquire(pool);
    stage.db().when("Driver.connect").then(stage.stuck());
    Caller<Connection> opener = stage.borrower(pool);
    awaitOpening(stage);
    Caller<Connection> waiter = stage.borrower(pool);
    stage.awaitWaiting(pool, 2, waiter);
    long before = threads.getThreadCpuTime(waiter.thread().getId());
    Stage.letPass(TIMEOUT);
    long burnt = threads.getThreadCpuTime(waiter.thread().getId()) - before;
    Stage.require(
        burnt < TIMEOUT.toNanos() / 5,
        "a waiter used %s of processor time in %s",
        Stage.text(Duration.ofNanos(burnt)),
        Stage.text(TIMEOUT));
    held.close();
    Stage.require(!opener.isDone() || !waiter.isDone(), "one connection served two");
  }

  /** What makes the pool call the driver where it hangs. */
  private interface Provocation {
    void run(Stage stage, PoolUnderTest pool) throws Exception;
  }

  private static void open(Stage stage, PoolUnderTest pool) throws Exception {
    try {
      stage.borrower(pool).result().close();
    } catch (SQLException e) {
      return; // it need not succeed
    }
  }

  private static void leaveWork(Stage stage, PoolUnderTest pool) throws Exception {
    Connection connection = stage.acquireInTheEnd(pool);
    connection.setAutoCommit(false);
    Stage.execute(connection, "INSERT INTO t VALUES (1)");
    stage.caller(
        () -> { // some pools hold up the one who returns
          connection.close();
          return "closed";
        });
  }

  private static void breakIt(Stage stage, PoolUnderTest pool) throws Exception {
    Connection connection = stage.acquireInTheEnd(pool);
    try {
      Stage.execute(connection, "FAIL 57P01");
    } catch (SQLException e) {
      stage.db().killAll("57P01"); // as intended
    }
    stage.caller(
        () -> {
          connection.close();
          return "closed";
        });
  }

  /**
   * The first such call never returns. A pool of two has to lend two again in spite of it; that it
   * opens no more while as many calls hang as it may have connections would be wise, so not of one.
   */
  private static void placeComesBack(Stage stage, String call, Provocation provocation)
      throws Exception {
    Settings settings =
        stage.settings().sizes(0, 2).acquireTimeout(TIMEOUT).callTimeout(CALL).checkedOnAcquire();
    boolean opening = call.equals("Driver.connect");
    PoolUnderTest pool = opening ? stage.open(settings) : stage.openWithIdle(settings, 1);
    var trigger = stage.db().when(call).at(1).then(stage.stuck());
    provocation.run(stage, pool);
    stage.eventually(() -> bothAreLent(stage, pool), "no two connections can be had any more");
    if (trigger.hits() == 0) {
      throw new NotOffered("it never calls " + call);
    }
  }

  private static boolean bothAreLent(Stage stage, PoolUnderTest pool) throws Exception {
    Caller<Boolean> caller =
        stage.caller(
            () -> {
              try (Connection one = stage.acquire(pool);
                  Connection two = stage.acquire(pool)) {
                return !one.equals(two);
              } catch (SQLException e) {
                return false; // not yet
              }
            });
    return caller.result();
  }

  private static void returnWhileRollbackHangs(Stage stage) throws Exception {
    PoolUnderTest pool = stage.openWithIdle(stage.settings(), 1);
    stage.db().when("Connection.rollback").then(stage.stuck());
    Connection connection = stage.acquire(pool);
    connection.setAutoCommit(false);
    Stage.execute(connection, "INSERT INTO t VALUES (1)");
    Caller<String> returner =
        stage.caller(
            () -> {
              connection.close();
              return "closed";
            });
    returner.result();
    Stage.requireWithin(Duration.ofMillis(500), returner, "the return");
  }
}
