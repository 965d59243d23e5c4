package dev.sluice.contract;

import dev.sluice.testkit.Fault;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Many callers at once: sizes, opening, fairness. */
final class CrowdBehaviours {
  private CrowdBehaviours() {}

  static List<Behaviour> all() {
    return List.of(
        Behaviour.onFake(
            "maximumIsNeverExceededNorAConnectionShared", CrowdBehaviours::maximumUnderLoad),
        Behaviour.onFake(
            "knownBug11MaximumIsNotExceededWhileDeadConnectionsAreReplaced",
            CrowdBehaviours::maximumWhileReplacing),
        Behaviour.onFake(
            "returnedConnectionServesAWaiterWhileAnotherIsBeingOpened",
            CrowdBehaviours::returnServesWhileOpening),
        Behaviour.onFake(
            "knownBug23CrowdThatKeepsItsConnectionsIsServedByParallelOpening",
            CrowdBehaviours::parallelOpening),
        Behaviour.onFake(
            "knownBug24BurstOfShortWorkOpensFewConnections", CrowdBehaviours::burstOpensFew),
        Behaviour.onFake("knownBug25NoWakeUpIsLost", CrowdBehaviours::noLostWakeUp),
        Behaviour.onFake("callersAreServedInTheOrderOfTheirComing", CrowdBehaviours::inOrder),
        Behaviour.onFake(
            "knownBug14LongestWaitIsNotManyTimesTheMean", CrowdBehaviours::longestWait),
        Behaviour.onFake("knownBug30NobodyStarvesOnVirtualThreads", CrowdBehaviours::nobodyStarves),
        Behaviour.onFake(
            "knownBug16ColdStartOpensNoMoreAtOnceThanAllowed", CrowdBehaviours::stormIsBounded),
        Behaviour.onFake(
            "knownBug20ThreadsThatHaveEndedAreForgotten", CrowdBehaviours::threadsAreForgotten),
        Behaviour.onFake(
            "knownBug22CleanCycleMakesNoCallIntoTheDriver", CrowdBehaviours::cleanCycle),
        Behaviour.onFake(
            "knownBug07IdleConnectionsGoDownToTheMinimumAndNoFurther",
            CrowdBehaviours::shrinksToMinimum));
  }

  private static void maximumUnderLoad(Stage stage) throws Exception {
    int max = 4;
    PoolUnderTest pool = stage.open(stage.settings().sizes(0, max));
    List<Caller<String>> callers = new ArrayList<>();
    for (int i = 0; i < 4 * max; i++) {
      callers.add(stage.caller(() -> use(stage, pool, 100)));
    }
    for (Caller<String> caller : callers) {
      caller.result();
    }
    requireAtMost(max, stage);
    Stage.require(
        stage.db().violations().isEmpty(), "a connection was shared: %s", stage.db().violations());
  }

  private static String use(Stage stage, PoolUnderTest pool, int rounds) throws Exception {
    for (int i = 0; i < rounds; i++) {
      try (Connection connection = stage.acquire(pool)) {
        Stage.execute(connection, "SELECT 1");
        if (i % 8 == 0) {
          LockSupport.parkNanos(100_000);
        }
      }
    }
    return "done";
  }

  private static void requireAtMost(int max, Stage stage) {
    int most = stage.db().mostOpen();
    Stage.require(most <= max, "%d connections were open, of at most %d", most, max);
  }

  private static void maximumWhileReplacing(Stage stage) throws Exception {
    int max = 4;
    PoolUnderTest pool = stage.open(stage.settings().sizes(0, max).checkedOnAcquire());
    List<Caller<String>> callers = new ArrayList<>();
    for (int i = 0; i < 2 * max; i++) {
      callers.add(stage.caller(() -> useWhatBreaks(stage, pool, 30)));
    }
    for (Caller<String> caller : callers) {
      caller.result();
    }
    requireAtMost(max, stage);
    stage.db().connections().forEach(c -> c.kill("57P01"));
    for (Connection connection : stage.acquire(pool, max)) {
      connection.close();
    }
    requireAtMost(max, stage);
  }

  private static String useWhatBreaks(Stage stage, PoolUnderTest pool, int rounds)
      throws Exception {
    for (int i = 0; i < rounds; i++) {
      try (Connection connection = stage.acquire(pool)) {
        Stage.execute(connection, i % 5 == 0 ? "FAIL 57P01" : "SELECT 1");
      } catch (SQLException e) {
        if (!"57P01".equals(e.getSQLState())) {
          throw e;
        }
      }
    }
    return "done";
  }

  private static void returnServesWhileOpening(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().sizes(0, 2).acquireTimeout(LONG));
    Connection held = stage.acquire(pool);
    stage.db().when("Driver.connect").then(stage.stuck());
    Caller<Connection> waiter = stage.borrower(pool);
    stage.awaitWaiting(pool, 1, waiter);
    Stage.require(!waiter.isDone(), "with %d opened, the waiter did not wait", stage.db().opened());

    held.close();

    waiter.result().close();
    Stage.requireWithin(Duration.ofSeconds(1), waiter, "getting a returned connection");
  }

  private static final Duration LONG = Duration.ofSeconds(20);

  private static void parallelOpening(Stage stage) throws Exception {
    int crowd = 10;
    PoolUnderTest pool = stage.open(stage.settings().sizes(0, crowd).acquireTimeout(LONG));
    stage.cycle(pool); // some learn only now what they talk to
    stage.db().when("Driver.connect").then(Fault.slow(Duration.ofMillis(150)));
    List<Caller<Connection>> callers = new ArrayList<>();
    for (int i = 0; i < crowd; i++) {
      callers.add(stage.borrower(pool));
    }
    for (Caller<Connection> caller : callers) {
      caller.result();
    }
    for (Caller<Connection> caller : callers) {
      caller.result().close();
    }
    int most = stage.db().mostConnecting();
    Stage.require(most >= 3, "%d at most were opened at once, for %d callers", most, crowd);
  }

  private static void burstOpensFew(Stage stage) throws Exception {
    int idle = 5;
    int burst = 50;
    PoolUnderTest pool = stage.openWithIdle(stage.settings().sizes(idle, burst), idle);
    stage.eventually(() -> stage.db().connectingNow() == 0, "still opening");
    stage.db().when("Driver.connect").then(Fault.slow(Duration.ofMillis(150)));
    int before = stage.db().opened();
    CountDownLatch go = new CountDownLatch(1);
    List<Caller<String>> callers = new ArrayList<>();
    for (int i = 0; i < burst; i++) {
      callers.add(stage.caller(() -> shortWork(stage, pool, go)));
    }
    go.countDown();
    for (Caller<String> caller : callers) {
      caller.result();
    }
    stage.eventually(() -> stage.db().connectingNow() == 0, "still opening");
    int opened = stage.db().opened() - before;
    Stage.require(opened <= burst / 4, "%d were opened for %d short requests", opened, burst);
  }

  private static String shortWork(Stage stage, PoolUnderTest pool, CountDownLatch go)
      throws Exception {
    go.await();
    try (Connection connection = stage.acquire(pool)) {
      Stage.execute(connection, "SLEEP 1");
    }
    return "done";
  }

  private static void noLostWakeUp(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    List<Caller<String>> callers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      callers.add(
          stage.caller(
              () -> {
                for (int round = 0; round < 3_000; round++) {
                  stage.cycle(pool);
                }
                return "done";
              }));
    }
    for (Caller<String> caller : callers) {
      caller.result();
    }
  }

  private static void inOrder(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings().acquireTimeout(LONG));
    Connection held = stage.acquire(pool);
    List<Integer> served = Collections.synchronizedList(new ArrayList<>());
    List<Caller<String>> callers = new ArrayList<>();
    List<Integer> coming = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int number = i;
      callers.add(
          stage.caller(
              () -> {
                try (Connection connection = stage.acquire(pool)) {
                  served.add(number);
                  Stage.execute(connection, "SELECT 1");
                }
                return "done";
              }));
      stage.awaitWaiting(pool, i + 1, callers.get(i));
      coming.add(i);
    }
    held.close();
    for (Caller<String> caller : callers) {
      caller.result();
    }
    Stage.require(served.equals(coming), "they were served in the order %s", served);
  }

  /** Waits are counted in turns of others, which a busy machine does not change. */
  private static void longestWait(Stage stage) throws Exception {
    int crowd = 40;
    PoolUnderTest pool = stage.openWithIdle(stage.settings().sizes(0, 4).acquireTimeout(LONG), 4);
    AtomicLong turns = new AtomicLong();
    List<Caller<Long>> callers = new ArrayList<>();
    for (int i = 0; i < crowd; i++) {
      callers.add(stage.caller(() -> longestWait(stage, pool, turns, 15L * crowd)));
    }
    long worst = 0;
    for (Caller<Long> caller : callers) {
      worst = Math.max(worst, caller.result());
    }
    Stage.require(
        worst <= 5L * crowd,
        "a caller waited for %d turns of others, with %d callers",
        worst,
        crowd);
  }

  private static long longestWait(Stage stage, PoolUnderTest pool, AtomicLong turns, long end)
      throws Exception {
    long worst = 0;
    while (turns.get() < end) {
      long from = turns.get();
      try (Connection connection = stage.acquire(pool)) {
        worst = Math.max(worst, turns.incrementAndGet() - from);
        LockSupport.parkNanos(4_000_000); // beside which it matters little who gets a processor
        Stage.require(!connection.isClosed(), "a borrowed connection is closed");
      }
    }
    return worst;
  }

  private static void nobodyStarves(Stage stage) throws Exception {
    if (!Door.VIRTUAL.isAvailable()) {
      throw new NotOffered("no virtual threads in this JVM");
    }
    int crowd = 200;
    int turnsEach = 20;
    PoolUnderTest pool = stage.openWithIdle(stage.settings().sizes(0, 5).acquireTimeout(LONG), 5);
    AtomicIntegerArray turns = new AtomicIntegerArray(crowd);
    AtomicLong all = new AtomicLong();
    CountDownLatch there = new CountDownLatch(crowd); // else the first have turns alone
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < crowd; i++) {
      int number = i;
      Thread thread =
          Door.VIRTUAL.thread(
              "virtual-" + i,
              () -> takeTurns(stage, pool, there, turns, number, all, (long) crowd * turnsEach));
      threads.add(thread);
      thread.start();
    }
    stage.eventually(
        () -> threads.stream().noneMatch(Thread::isAlive), "virtual threads are still waiting");
    int fewest = Integer.MAX_VALUE;
    int most = 0;
    for (int i = 0; i < crowd; i++) {
      fewest = Math.min(fewest, turns.get(i));
      most = Math.max(most, turns.get(i));
    }
    Stage.require(
        fewest >= turnsEach / 3 && most <= 3 * turnsEach,
        "some got %d turns and others %d, %d on the average",
        fewest,
        most,
        turnsEach);
  }

  private static void takeTurns(
      Stage stage,
      PoolUnderTest pool,
      CountDownLatch there,
      AtomicIntegerArray turns,
      int number,
      AtomicLong all,
      long end) {
    there.countDown();
    try {
      there.await();
      while (all.get() < end) {
        try (Connection connection = stage.acquire(pool)) {
          LockSupport.parkNanos(200_000);
          turns.incrementAndGet(number);
          all.incrementAndGet();
          Stage.require(!connection.isClosed(), "a borrowed connection is closed");
        }
      }
    } catch (SQLException | InterruptedException e) {
      // its turns will be missing
    }
  }

  private static void stormIsBounded(Stage stage) throws Exception {
    int allowed = 3;
    PoolUnderTest pool =
        stage.open(stage.settings().sizes(0, 20).acquireTimeout(LONG).maxConcurrentOpens(allowed));
    stage.db().when("Driver.connect").then(Fault.slow(Duration.ofMillis(10)));
    List<Caller<String>> callers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      callers.add(
          stage.caller(
              () -> {
                try (Connection connection = stage.acquire(pool)) {
                  Stage.execute(connection, "SLEEP 20");
                }
                return "done";
              }));
    }
    for (Caller<String> caller : callers) {
      caller.result();
    }
    int most = stage.db().mostConnecting();
    Stage.require(most <= allowed, "%d were opened at once, of at most %d", most, allowed);
  }

  private static void threadsAreForgotten(Stage stage) throws Exception {
    int max = 2;
    PoolUnderTest pool = stage.open(stage.settings().sizes(0, max));
    List<WeakReference<Thread>> threads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      threads.add(borrowOnce(stage, pool));
    }
    stage.eventually(
        () -> {
          System.gc();
          return threads.stream().filter(t -> t.get() != null).count() <= max;
        },
        "threads that borrowed once and have ended are still reachable");
    Stage.require(stage.db().opened() <= max, "%d were opened", stage.db().opened());
  }

  /** On a thread that only the pool could still know afterwards. */
  private static WeakReference<Thread> borrowOnce(Stage stage, PoolUnderTest pool)
      throws Exception {
    Thread thread =
        stage
            .door()
            .thread(
                "passer-by",
                () -> {
                  try {
                    stage.cycle(pool);
                  } catch (SQLException | InterruptedException e) {
                    throw new Broken("could not borrow", e);
                  }
                });
    thread.start();
    thread.join();
    return new WeakReference<>(thread);
  }

  private static void cleanCycle(Stage stage) throws Exception {
    PoolUnderTest pool = stage.open(stage.settings());
    stage.cycle(pool);
    stage.cycle(pool);
    long before = stage.db().callCount();
    int cycles = 20;
    for (int i = 0; i < cycles; i++) {
      stage.cycle(pool);
    }
    long calls = stage.db().callCount() - before;
    Stage.require(calls == 0, "%d calls in %d cycles without any work", calls, cycles);
  }

  private static void shrinksToMinimum(Stage stage) throws Exception {
    Duration idle = Duration.ofMillis(150);
    stage.openWithIdle(
        stage.settings().sizes(2, 6).idleTimeout(idle).upkeepInterval(idle.dividedBy(3)), 6);
    stage.eventually(() -> stage.db().openNow() <= 2, "idle connections are not closed");
    Stage.letPass(idle.multipliedBy(2));
    stage.eventually(() -> stage.db().openNow() == 2, "the minimum is not kept");
  }
}
