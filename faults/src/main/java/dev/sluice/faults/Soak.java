package dev.sluice.faults;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.embedded.PostgresServer;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.PoolStats;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FaultProxy;
import dev.sluice.testkit.StallMeter;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.Thread.UncaughtExceptionHandler;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The fault list, at random, for as long as one likes: a crowd uses a pool on a real PostgreSQL
 * behind a {@link FaultProxy}, one fault after the other is done to it, and after each it must be
 * alive again. At the end the books must balance, as the server counts too, and nothing may have
 * grown.
 *
 * <p>The seed decides the faults, their order and their places; how the threads interleave with
 * them, it cannot.
 */
public final class Soak implements AutoCloseable {
  private static final Duration TELL_EVERY = Duration.ofSeconds(5);
  private static final Duration WARM_UP = Duration.ofSeconds(3);
  private static final int HOLD_MILLIS_MAX = 600;

  /** One lease in so many ends with a borrower's mistake, while that is the fault, and else. */
  private static final int MISTAKEN = 2;

  private static final int USUALLY_MISTAKEN = 100;

  private final SoakPlan plan;
  private final Random random;
  private final Ledger ledger = new Ledger();
  private final SoakServer server;
  private final FaultProxy proxy;
  private final Vault vault = new Vault(SoakServer.ROLE, SoakServer.FIRST_PASSWORD);
  private final SluiceDataSource pool;
  private final SidePool sidePool = new SidePool(this);
  private final SoakCrowd crowd = new SoakCrowd(this);
  private final CutLeases cutLeases = new CutLeases(this);
  private final SessionWatch watch;
  private final Fence fence = new Fence();
  private final Map<SoakFault, Integer> done = new EnumMap<>(SoakFault.class);
  private @Nullable BlockedLog blockedLog;
  private int passwords = 1;
  private Duration slowestRecovery = Duration.ZERO;
  private @Nullable SoakFault slowestAfter;
  private volatile boolean throwsPlansAway;
  private volatile boolean mistaken;
  private volatile boolean running = true;

  private Soak(SoakPlan plan, EmbeddedServer server) throws SQLException {
    this.plan = plan;
    this.random = new Random(plan.seed());
    this.server = new SoakServer(server);
    this.proxy = FaultProxy.before(server.port());
    this.pool = SoakPool.at(url(), vault, plan.maxSize()).listener(new Bookkeeper(ledger)).build();
    this.watch = new SessionWatch(this.server, pool, ledger);
  }

  /**
   * Runs a soak, with a short one before it so that what a JVM takes once does not count as growth.
   *
   * @param progress where it says what it does, a line every few seconds
   * @throws SQLException if the database cannot be administered
   */
  public static SoakReport run(SoakPlan plan, PrintWriter progress)
      throws SQLException, InterruptedException {
    UncaughtExceptionHandler usual = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(Soak::uncaught);
    say(progress, "Starting a PostgreSQL ...");
    try (EmbeddedServer server = PostgresServer.start(Map.of())) {
      Duration warmUp = plan.duration().compareTo(WARM_UP) < 0 ? plan.duration() : WARM_UP;
      SoakPlan first = new SoakPlan(warmUp, ~plan.seed(), plan.callers(), plan.maxSize());
      say(progress, "Warming up for " + warmUp.toSeconds() + " s, then faults are injected ...");
      try (Soak soak = new Soak(first, server)) {
        soak.work(new PrintWriter(Writer.nullWriter()));
      }
      Footprint before = settled(Integer.MAX_VALUE);
      Promises.forgetOverruns(); // of a JVM that was warming up
      Soak soak = new Soak(plan, server);
      PoolStats end;
      try (soak) {
        end = soak.work(progress);
        soak.pool.close();
        soak.awaitGone(SoakServer.ROLE, "the soak");
      }
      Footprint after = settled(before.threads().size());
      return soak.report(end, before, after);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(usual);
    }
  }

  private SoakReport report(PoolStats end, Footprint before, Footprint after) {
    return new SoakReport(
        plan,
        done,
        ledger,
        end,
        before,
        after,
        slowestRecovery,
        slowestAfter,
        vault.refusals(),
        watch.summary());
  }

  private static void say(PrintWriter progress, String line) {
    progress.println(line);
    progress.flush();
  }

  /** A worker hands on what the JVM itself throws; what a soak injected need not be told. */
  private static void uncaught(Thread thread, Throwable e) {
    if (!String.valueOf(e.getMessage()).contains("injected")) {
      System.err.println("In thread " + thread.getName() + ":");
      e.printStackTrace();
    }
  }

  /** The footprint, once there are no more threads than there were, or after a while. */
  private static Footprint settled(int threads) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    Footprint now = Footprint.take();
    while (isUnsettled(now, threads) && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      now = Footprint.take();
    }
    return now;
  }

  private static boolean isUnsettled(Footprint now, int threads) {
    return now.threads().size() > threads
        || now.threads().stream()
            .anyMatch(n -> n.startsWith("sluice") || n.startsWith("testkit") || n.contains("JDBC"));
  }

  // ---- what faults and callers see

  SoakPlan plan() {
    return plan;
  }

  Random random() {
    return random;
  }

  Ledger ledger() {
    return ledger;
  }

  SoakServer server() {
    return server;
  }

  FaultProxy proxy() {
    return proxy;
  }

  SluiceDataSource pool() {
    return pool;
  }

  SidePool sidePool() {
    return sidePool;
  }

  SoakCrowd crowd() {
    return crowd;
  }

  CutLeases cutLeases() {
    return cutLeases;
  }

  Fence fence() {
    return fence;
  }

  SessionWatch watch() {
    return watch;
  }

  boolean isRunning() {
    return running;
  }

  /** Of the database, through the proxy. */
  String url() {
    return server.urlBy(proxy.port());
  }

  void rotatePassword() throws SQLException {
    String next = "soak-secret-" + passwords++;
    vault.rotate(
        next, p -> server.administer("ALTER ROLE " + SoakServer.ROLE + " PASSWORD '" + p + "'"));
    pool.refresh();
  }

  /** Takes a connection and forgets it; false if there was none. */
  boolean leak() {
    Attempt attempt = Attempt.at(pool, Duration.ofMillis(200));
    lateUnlessInTime(attempt);
    return attempt.connection() != null;
  }

  /**
   * Blocks the log's handler and the listener. When a thread of the pool's hangs in one of them, it
   * wants service all the same: of this pool and of another one.
   */
  void block() {
    CountDownLatch gate = new CountDownLatch(1);
    BlockedLog log = new BlockedLog(gate);
    blockedLog = log;
    CountDownLatch heard = new CountDownLatch(1);
    SoakDriver.trouble(SoakTrouble.blocked(Set.of("leaked", "openFailed"), heard, gate));
    Eventually.await(this::leak, "a lease can be leaked");
    // The line may be one too many in its second; then the listener is the first to hang.
    Eventually.await(
        () -> log.isEntered() || heard.getCount() == 0, "the log or the listener hangs");
    awaitService(pool, SoakFault.BLOCKED);
    awaitService(sidePool.start(), SoakFault.BLOCKED);
    sidePool.refuseInTime();
  }

  /** Fences off all sessions there are: from now on nobody may be lent one of them. */
  void fenceOff() throws SQLException {
    var old = server.sessions();
    pool.refresh();
    fence.raise(old);
  }

  /** Changes a column under the plans that sessions have, and has borrowers drop theirs. */
  void changePlans() throws SQLException {
    throwsPlansAway = true;
    server.changePlans(random);
  }

  boolean throwsPlansAway() {
    return throwsPlansAway;
  }

  /** Borrowers make mistakes all the time, but some of them. */
  void haveBorrowersMistaken() {
    mistaken = true;
  }

  int oneMistakeIn() {
    return mistaken ? MISTAKEN : USUALLY_MISTAKEN;
  }

  void lateUnlessInTime(Attempt attempt) {
    if (!attempt.isInTime()) {
      ledger.offence(ledger.lateAnswers, "late: " + attempt);
    }
  }

  /** Stops this process; the server ends its idle sessions meanwhile. */
  void pause() throws SQLException {
    if (ProcessPause.isPossible()) {
      server.endIdleSessions("1s");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200)); // so that those in use learn of it
      ProcessPause.take();
    }
  }

  // ---- the run

  private PoolStats work(PrintWriter progress) throws SQLException, InterruptedException {
    long until = System.nanoTime() + plan.duration().toNanos();
    crowd.start();
    watch.start();
    long told = System.nanoTime();
    while (System.nanoTime() - until < 0) {
      List<SoakFault> order = new ArrayList<>(List.of(SoakFault.values()));
      Collections.shuffle(order, random);
      for (SoakFault fault : order) {
        if (System.nanoTime() - until < 0) {
          suffer(fault);
        }
        if (System.nanoTime() - told > TELL_EVERY.toNanos()) {
          told = System.nanoTime();
          say(progress, progressAt(until - told));
        }
      }
    }
    running = false;
    crowd.joinCallers();
    return atRest();
  }

  private String progressAt(long left) {
    int faults = done.values().stream().mapToInt(Integer::intValue).sum();
    return String.format(
        Locale.ROOT,
        "faults %d, connections opened %,d, queries answered %,d, %d s to go",
        faults,
        pool.stats().opened(),
        ledger.queries.sum(),
        Math.max(0, TimeUnit.NANOSECONDS.toSeconds(left)));
  }

  /** Does a fault, sometimes with another that needs only the network; ends it; wants service. */
  private void suffer(SoakFault fault) throws SQLException, InterruptedException {
    done.merge(fault, 1, Integer::sum);
    fault.strike(this);
    if (fault.bearsAnother() && random.nextInt(4) == 0) {
      SoakFault[] second = {SoakFault.HALF_OPEN, SoakFault.CUT, SoakFault.FLOOD, SoakFault.LEAK};
      SoakFault also = second[random.nextInt(second.length)];
      done.merge(also, 1, Integer::sum);
      also.strike(this);
    }
    crowd.interruptOne();
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(HOLD_MILLIS_MAX)));
    lookForTooMany();
    heal();
    fault.afterwards(this);
    awaitService(pool, fault);
    crowd.joinGuests();
  }

  private void lookForTooMany() {
    int size = pool.stats().size();
    if (size > plan.maxSize()) {
      ledger.offence(ledger.aboveMaximum, "size " + size + " of at most " + plan.maxSize());
    }
  }

  /** Ends all faults. */
  private void heal() throws SQLException {
    unblock();
    server.heal();
    proxy.heal();
    SoakDriver.trouble(SoakTrouble.NONE);
    fence.lower();
    throwsPlansAway = false;
    mistaken = false;
    pool.resize(0, plan.maxSize());
    watch.clear();
  }

  private void unblock() {
    BlockedLog log = blockedLog;
    blockedLog = null;
    if (log != null) {
      log.close();
    }
  }

  /** Somebody is served by a pool, within the promised time. */
  void awaitService(SluiceDataSource whose, SoakFault fault) {
    long start = System.nanoTime();
    Duration within = fault.servedWithin();
    while (!isServed(whose)) {
      long took = System.nanoTime() - start;
      if (took - StallMeter.since(start).toNanos() > within.toNanos()) {
        ledger.offence(
            ledger.notRecovered, "nobody served " + within + " after " + fault + ": " + whose);
        return;
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    if (took.compareTo(slowestRecovery) > 0) {
      slowestRecovery = took;
      slowestAfter = fault;
    }
  }

  private boolean isServed(SluiceDataSource whose) {
    Attempt attempt = Attempt.at(whose, SoakPool.SERVED_AGAIN);
    lateUnlessInTime(attempt);
    Connection connection = attempt.connection();
    if (connection == null) {
      return false;
    }
    try (connection;
        Statement statement = connection.createStatement()) {
      return statement.execute("SELECT 1");
    } catch (SQLException e) {
      ledger.failure("after a fault " + e.getSQLState());
      return false;
    }
  }

  /** The pool's figures when nothing is out any more, and the server agrees about its size. */
  private PoolStats atRest() throws SQLException {
    Eventually.await(
        () -> {
          PoolStats s = pool.stats();
          return s.size() == s.idle()
              && s.waiting() == 0
              && server.count(SoakServer.ROLE) == s.size();
        },
        () -> "the pool is at rest, and the server knows as many sessions: " + pool.stats());
    int committed = server.abandonedRows();
    if (committed > 0) {
      ledger.offence(ledger.wrongHolders, committed + " rows that nobody committed are there");
    }
    return pool.stats();
  }

  /** The server knows no session of the role any more, or will not after a moment. */
  void awaitGone(String role, String since) {
    Eventually.await(
        () -> server.count(role) == 0, "no session of a pool that is closed, after " + since);
  }

  /** Ends pools and proxy. */
  @Override
  public void close() {
    running = false;
    SoakDriver.trouble(SoakTrouble.NONE);
    unblock();
    watch.close();
    sidePool.close();
    pool.close();
    proxy.close();
    server.close();
  }
}
