package dev.sluice.contract;

import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.StallMeter;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What one trial of one behaviour plays on: a pool, a database, callers. Thread-safe. */
public final class Stage {
  /**
   * How much later than its timeout an acquisition may end on a machine that is busy, beside what
   * the machine stood still for: 1.5 s.
   */
  static final Duration SLACK = Timing.scaled(Duration.ofMillis(1500));

  private static final long POLL_NANOS = 500_000;
  private static final long PARKED_NANOS = Timing.SHORT.toNanos();
  private static final AtomicInteger TABLES = new AtomicInteger();

  private final Subject subject;
  private final Door door;
  private final Backend backend;
  private final Duration patience;
  private final List<PoolUnderTest> pools = new CopyOnWriteArrayList<>();
  private final List<Fault.Hang> hangs = new CopyOnWriteArrayList<>();
  private final List<Caller<?>> callers = new CopyOnWriteArrayList<>();
  private final AtomicInteger names = new AtomicInteger();

  Stage(Subject subject, Door door, Backend backend, Duration patience) {
    this.subject = subject;
    this.door = door;
    this.backend = backend;
    this.patience = patience;
  }

  // ---- the pool

  Door door() {
    return door;
  }

  Backend backend() {
    return backend;
  }

  /** The fake database behind the pool. */
  FakeDatabase db() {
    return backend.asFake();
  }

  /** One connection at most, none at least, five seconds to get it. */
  Settings settings() {
    return Settings.of(backend);
  }

  /** A pool that is closed at the end. */
  PoolUnderTest open(Settings settings) throws Exception {
    PoolUnderTest pool = subject.open(settings);
    pools.add(pool);
    return pool;
  }

  /** A pool with so many connections open and idle, on the fake database. */
  PoolUnderTest openWithIdle(Settings settings, int count) throws Exception {
    PoolUnderTest pool = open(settings);
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(acquireInTheEnd(pool));
    }
    for (Connection connection : all) {
      connection.close();
    }
    return pool;
  }

  /** Borrows a connection through the door. */
  Connection acquire(PoolUnderTest pool) throws SQLException, InterruptedException {
    return door.acquire(pool);
  }

  /**
   * Borrows a connection that the trial needs, from a pool whose timeout is short for what comes
   * later: on a busy machine, opening one may take longer than that.
   */
  Connection acquireInTheEnd(PoolUnderTest pool) throws SQLException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return acquire(pool);
      } catch (SQLException e) {
        if (System.nanoTime() - end >= 0) {
          throw e;
        }
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Borrows so many at once. */
  List<Connection> acquire(PoolUnderTest pool, int count)
      throws SQLException, InterruptedException {
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(acquire(pool));
    }
    return all;
  }

  /** Borrows a connection and returns it. */
  void cycle(PoolUnderTest pool) throws SQLException, InterruptedException {
    acquire(pool).close();
  }

  /** Borrows on a thread of its own. */
  Caller<Connection> borrower(PoolUnderTest pool) {
    return caller(() -> acquire(pool));
  }

  /** Does something on a thread of its own. */
  <T extends @Nullable Object> Caller<T> caller(Caller.Work<T> work) {
    Caller<T> caller = Caller.start(door, "caller-" + names.incrementAndGet(), work, patience);
    callers.add(caller);
    return caller;
  }

  /** Waits until so many callers wait for a connection; the last of them is the one given. */
  void awaitWaiting(PoolUnderTest pool, int count, Caller<?> last) {
    if (pool.waiting().isPresent()) {
      eventually(
          () -> pool.waiting().orElse(0) >= count || last.isDone(),
          count + " callers should be waiting");
      return;
    }
    // Some pools spin, so that their waiters never look as if they waited.
    long end = System.nanoTime() + 4 * PARKED_NANOS;
    while (!last.isParked() && !last.isDone() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(POLL_NANOS);
    }
    letPass(Duration.ofNanos(PARKED_NANOS / 5));
  }

  // ---- the database

  /** Runs a statement. */
  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The name of a table that nobody else uses, with one column {@code id}. */
  String table() throws SQLException {
    String name = "contract" + TABLES.incrementAndGet();
    try (Connection connection = backend.connect()) {
      execute(connection, "CREATE TABLE " + name + " (id INT)");
    }
    return name;
  }

  /** A place in the driver where calls get stuck until the trial ends, whatever one does. */
  Fault.Hang stuck() {
    Fault.Hang hang = Fault.hangDeaf();
    hangs.add(hang);
    return hang;
  }

  // ---- judging

  /** Fails unless the condition holds. */
  @SuppressWarnings("AnnotateFormatMethod") // The annotation is part of a library that is not here.
  static void require(boolean condition, String otherwise, Object... arguments) {
    if (!condition) {
      throw new Broken(otherwise.formatted(arguments));
    }
  }

  /** Waits until the condition holds, or fails when patience ends. */
  void eventually(Callable<Boolean> condition, String otherwise) {
    long end = System.nanoTime() + patience.toNanos();
    while (!holds(condition)) {
      if (System.nanoTime() - end >= 0) {
        throw new Broken(otherwise + ", and " + text(patience) + " have passed");
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private static boolean holds(Callable<Boolean> condition) {
    try {
      return condition.call();
    } catch (Exception e) {
      throw new Broken("failed while waiting: " + e, e);
    }
  }

  /** Lets time pass in which something wrong could happen. */
  static void letPass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /**
   * Fails unless the caller, who has ended, took at most that long, plus the slack; the machine's
   * own stalls are taken off.
   */
  static void requireWithin(Duration limit, Caller<?> caller, String what) {
    requireWithin(limit, caller.took(), caller.stalled(), what);
  }

  /** As for a caller, from a moment that {@link StallMeter#now} told until now. */
  static void requireWithin(Duration limit, long from, String what) {
    Duration took = Duration.ofNanos(System.nanoTime() - from);
    requireWithin(limit, took, StallMeter.since(from), what);
  }

  private static void requireWithin(Duration limit, Duration took, Duration stalled, String what) {
    require(
        took.minus(stalled).compareTo(limit.plus(SLACK)) <= 0,
        "%s took %s, not %s, and the machine was stalled for %s",
        what,
        text(took),
        text(limit),
        text(stalled));
  }

  static String text(Duration duration) {
    return duration.toMillis() + " ms";
  }

  // ---- the end

  /** What contradicts itself after a trial that went well, and does not cease to. */
  Optional<String> contradiction() {
    long end = System.nanoTime() + patience.toNanos();
    Optional<String> now = contradictionNow();
    while (now.isPresent() && System.nanoTime() - end < 0) { // perhaps between two steps
      LockSupport.parkNanos(POLL_NANOS);
      now = contradictionNow();
    }
    return now;
  }

  private Optional<String> contradictionNow() {
    return pools.stream().map(PoolUnderTest::contradiction).flatMap(Optional::stream).findFirst();
  }

  /** Frees everybody and closes the pools. */
  void tearDown() throws Exception {
    hangs.forEach(Fault.Hang::release);
    if (backend.isFake()) {
      db().clearFaults();
      db().blackHole(false);
    }
    for (PoolUnderTest pool : pools) {
      pool.close();
    }
    for (Caller<?> caller : callers) {
      caller.interrupt();
    }
  }
}
