package dev.sluice.faults;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.embedded.PostgresServer;
import dev.sluice.jdbc.PoolStartException;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.CloseReason;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.PoolStats;
import dev.sluice.pool.StartPolicy;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FaultProxy;
import dev.sluice.testkit.StallMeter;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.Thread.UncaughtExceptionHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The fault list, at random, for as long as one likes: a crowd uses a pool on a real PostgreSQL
 * behind a {@link FaultProxy}, one fault after the other is done to it, and after each it must be
 * alive again. At the end the books must balance, and nothing may have grown.
 *
 * <p>The seed decides the faults, their order and their places; how the threads interleave with
 * them, it cannot.
 */
public final class Soak implements AutoCloseable {
  static final String ROLE = "soak";

  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration CALL_TIMEOUT = Duration.ofMillis(500);
  private static final Duration BACKOFF_MAX = Duration.ofMillis(200);
  private static final int SOCKET_TIMEOUT_SECONDS = 8;
  private static final Duration LEAK_THRESHOLD = Duration.ofMillis(1_500);

  /**
   * How long it may take until a caller is served after a fault: those who hang in dead connections
   * are cut off, what is left is checked, one is opened.
   */
  private static final Duration SERVED_AGAIN =
      LEAK_THRESHOLD
          .plus(CALL_TIMEOUT)
          .plus(OPEN_TIMEOUT)
          .plus(BACKOFF_MAX)
          .plus(Promises.RECOVERY);

  private static final Duration WARM_UP = Duration.ofSeconds(3);
  private static final int HOLD_MILLIS_MAX = 600;
  private static final int FLOOD = 100;
  private static final int ADMIN_TIMEOUT_SECONDS = 10;

  /** Longer than the gap by which the pool knows a pause. */
  private static final int PAUSE_SECONDS = 6;

  /** Of {@code /proc/self/stat}, from the one after the name: zero if there is no terminal. */
  private static final int TERMINAL_FIELD = 4;

  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String LOADED_AT = "SELECT pg_conf_load_time()::text";

  private final SoakPlan plan;
  private final Random random;
  private final Ledger ledger = new Ledger();
  private final EmbeddedServer server;
  private final FaultProxy proxy;
  private final Vault vault = new Vault(ROLE, "soak-secret-0");
  private final SluiceDataSource pool;
  private final ConcurrentHashMap<Integer, Integer> holders = new ConcurrentHashMap<>();
  private final List<Thread> crowd = new ArrayList<>();
  private final List<Thread> flood = new ArrayList<>();
  private final Map<SoakFault, Integer> done = new EnumMap<>(SoakFault.class);
  private int passwords;
  private Duration slowestRecovery = Duration.ZERO;
  private @Nullable SluiceDataSource another;
  private @Nullable SoakCertificates certificates;
  private volatile @Nullable Fence fence;
  private volatile boolean throwsPlansAway;
  private volatile boolean running = true;

  /** Sessions that nobody may be lent who asked after a moment. */
  private record Fence(Set<Integer> sessions, long since) {}

  private Soak(SoakPlan plan, EmbeddedServer server) throws SQLException {
    this.plan = plan;
    this.random = new Random(plan.seed());
    this.server = server;
    prepare();
    this.proxy = FaultProxy.before(server.port());
    this.pool = buildPool();
  }

  /**
   * Runs a soak, with a short one before it so that what a JVM takes once does not count as growth.
   *
   * @param progress where it says what it does, a line per round of faults
   * @throws SQLException if the database cannot be administered
   */
  public static SoakReport run(SoakPlan plan, PrintWriter progress)
      throws SQLException, InterruptedException {
    UncaughtExceptionHandler usual = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(Soak::uncaught);
    try (EmbeddedServer server = PostgresServer.start(Map.of())) {
      Duration warmUp = plan.duration().compareTo(WARM_UP) < 0 ? plan.duration() : WARM_UP;
      SoakPlan first = new SoakPlan(warmUp, ~plan.seed(), plan.callers(), plan.maxSize());
      try (Soak soak = new Soak(first, server)) {
        soak.work(progress);
      }
      Footprint before = settled(Integer.MAX_VALUE);
      Promises.forgetOverruns(); // of a JVM that was warming up
      Soak soak = new Soak(plan, server);
      PoolStats end;
      try (soak) {
        end = soak.work(progress);
      }
      Footprint after = settled(before.threads().size());
      return new SoakReport(
          plan,
          soak.done,
          soak.ledger,
          end,
          before,
          after,
          soak.slowestRecovery,
          soak.vault.refusals());
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(usual);
    }
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

  private void prepare() throws SQLException {
    passwords++;
    administer(
        "DROP TABLE IF EXISTS soak",
        "DROP ROLE IF EXISTS " + ROLE,
        "CREATE ROLE " + ROLE + " LOGIN PASSWORD 'soak-secret-0'",
        "CREATE TABLE soak (id int PRIMARY KEY, n bigint NOT NULL, m int NOT NULL)",
        "INSERT INTO soak SELECT i, 0, 0 FROM generate_series(1, 100) i",
        "GRANT SELECT, UPDATE ON soak TO " + ROLE);
  }

  /** Through the proxy. */
  private String url() {
    return server.jdbcUrl().replace(":" + server.port() + "/", ":" + proxy.port() + "/");
  }

  private SluiceDataSource buildPool() {
    return Sluice.dataSource(url())
        .name("soak")
        .driverClassName(SoakDriver.class.getName())
        .driverProperty("prepareThreshold", "1")
        // Else the driver waits for ever for the end of a login whose answer was lost, on a thread
        // of its own, and the server keeps the session.
        .driverProperty("socketTimeout", Integer.toString(SOCKET_TIMEOUT_SECONDS))
        .credentials(vault)
        .minSize(0)
        .maxSize(plan.maxSize())
        .acquireTimeout(Duration.ofSeconds(1))
        .openTimeout(OPEN_TIMEOUT)
        .validationTimeout(CALL_TIMEOUT)
        .resetTimeout(CALL_TIMEOUT)
        .closeTimeout(CALL_TIMEOUT)
        .validateAfterIdle(Duration.ofMillis(20))
        .healthCheckInterval(Duration.ofMillis(200))
        .backoffMin(Duration.ofMillis(5))
        .backoffMax(BACKOFF_MAX)
        .leakThreshold(LEAK_THRESHOLD)
        .leakReclaim(true)
        .drainTimeout(Duration.ofSeconds(5))
        .listener(new Bookkeeper())
        .build();
  }

  /** Keeps the books, and then, while that is the fault, throws. */
  private final class Bookkeeper implements PoolListener {
    @Override
    public void opened(long id, Duration took) {
      touch("opened");
    }

    @Override
    public void acquired(long id, long use, Duration waited) {
      ledger.acquired.increment();
      touch("acquired");
    }

    @Override
    public void released(long id, long use, Duration held) {
      ledger.returned.increment();
      touch("released");
    }

    @Override
    public void evicted(long id, CloseReason reason, Duration age) {
      if (reason == CloseReason.LEAK) {
        ledger.reclaimed.increment();
      }
      touch("closed");
    }

    private static void touch(String call) {
      try {
        SoakDriver.touch(call);
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException("injected", e);
      }
    }
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

  EmbeddedServer server() {
    return server;
  }

  FaultProxy proxy() {
    return proxy;
  }

  SluiceDataSource pool() {
    return pool;
  }

  boolean isRunning() {
    return running;
  }

  /** Runs statements as the server's administrator, past the proxy. */
  void administer(String... statements) throws SQLException {
    try (Connection connection = straight();
        Statement statement = connection.createStatement()) {
      statement.execute("SET default_transaction_read_only = off");
      statement.execute("SET synchronous_commit = on"); // what a crash forgot would not be a fault
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private Connection straight() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", server.user());
    properties.setProperty("password", server.password());
    properties.setProperty("connectTimeout", Integer.toString(ADMIN_TIMEOUT_SECONDS));
    properties.setProperty("socketTimeout", Integer.toString(ADMIN_TIMEOUT_SECONDS));
    return DriverManager.getConnection(server.jdbcUrl(), properties);
  }

  void rotatePassword() throws SQLException {
    String next = "soak-secret-" + passwords++;
    vault.rotate(next, p -> administer("ALTER ROLE " + ROLE + " PASSWORD '" + p + "'"));
    pool.refresh();
  }

  /** Takes a connection and forgets it. */
  void leak() {
    lateUnlessInTime(Attempt.at(pool, Duration.ofMillis(200)));
  }

  /** A hundred callers more, at once, once each. */
  void flood() {
    for (int i = 0; i < FLOOD; i++) {
      Thread thread = new Thread(new SoakCaller(this, 1_000 + i, holders)::turn, "soak-flood-" + i);
      thread.setDaemon(true);
      flood.add(thread);
      thread.start();
    }
  }

  /** Fences off all sessions there are: from now on nobody may be lent one of them. */
  void fenceOff() throws SQLException {
    Set<Integer> old = new HashSet<>();
    try (Connection connection = straight();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT pid FROM pg_stat_activity WHERE usename = '" + ROLE + "'")) {
      while (rows.next()) {
        old.add(rows.getInt(1));
      }
    }
    pool.refresh();
    fence = new Fence(old, System.nanoTime());
  }

  /** Whether a session was fenced off before somebody asked for one. */
  boolean isFencedOff(int session, long asked) {
    Fence now = fence;
    return now != null && asked - now.since() > 0 && now.sessions().contains(session);
  }

  /**
   * Changes the type of a column under the plans that sessions have, and has others drop theirs.
   */
  void changePlans() throws SQLException {
    throwsPlansAway = true;
    String type = random.nextBoolean() ? "bigint" : "int";
    try {
      administer("SET lock_timeout = '400ms'", "ALTER TABLE soak ALTER COLUMN m TYPE " + type);
    } catch (SQLException e) {
      if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  boolean throwsPlansAway() {
    return throwsPlansAway;
  }

  // ---- a pool beside the one that is used

  private SluiceBuilder another() {
    return pool.config().toBuilder().name("soak-another").maxSize(2);
  }

  /** Builds another pool while the database cannot be reached, which must be told in time. */
  void startAnother(StartPolicy policy) {
    try {
      another = another().startPolicy(policy).build();
      if (policy == StartPolicy.FAIL_FAST) {
        ledger.offence(ledger.unexpected, "FAIL_FAST did not fail");
      }
      expectRefusal();
    } catch (PoolStartException e) {
      if (policy != StartPolicy.FAIL_FAST) {
        ledger.offence(ledger.unexpected, policy + " failed: " + e);
      }
    }
  }

  /** Builds another pool that demands what the server's certificate does not give. */
  void startAnotherThatVerifies() {
    String url =
        url().replace("127.0.0.1", "localhost")
            + "?sslmode=verify-full&sslrootcert="
            + certificates().trusted();
    another = another().url(url).build();
    expectRefusal();
  }

  private void expectRefusal() {
    Attempt attempt = Attempt.at(Objects.requireNonNull(another), Duration.ofMillis(300));
    lateUnlessInTime(attempt);
    if (attempt.failure() == null) {
      ledger.offence(ledger.unexpected, "it was served by what it must not accept");
      giveBack(attempt);
    }
  }

  void lateUnlessInTime(Attempt attempt) {
    if (!attempt.isInTime()) {
      ledger.offence(ledger.lateAnswers, "late: " + attempt);
    }
  }

  private static void giveBack(Attempt attempt) {
    try {
      Objects.requireNonNull(attempt.connection()).close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The other pool serves, now that nothing is in its way, and is closed. */
  void endAnother(SoakFault after) {
    SluiceDataSource ended = another;
    another = null;
    if (ended != null) {
      try (ended) {
        awaitService(ended, after);
      }
    }
  }

  private SoakCertificates certificates() {
    SoakCertificates made = certificates;
    if (made == null) {
      made = SoakCertificates.make();
      certificates = made;
    }
    return made;
  }

  /** Has the server show one of the certificates; null: no TLS at all. */
  void showCertificate(@Nullable String name) throws SQLException {
    if (name != null) {
      certificates().install(name, dataDirectory());
    }
    administer("ALTER SYSTEM SET ssl = " + (name == null ? "off" : "on"));
    reload();
  }

  private Path dataDirectory() throws SQLException {
    return Path.of(ask("SHOW data_directory"));
  }

  private String ask(String sql) throws SQLException {
    try (Connection connection = straight();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  /** Has the server read its configuration, and waits until new sessions have it. */
  private void reload() throws SQLException {
    String before = ask(LOADED_AT);
    administer("SELECT pg_reload_conf()");
    Eventually.await(() -> !ask(LOADED_AT).equals(before), "the configuration is read");
  }

  // ---- a pause of this process

  /** Stops this process for longer than a pause must be; sessions that idle are ended meanwhile. */
  void pause() throws SQLException {
    if (!mayPause()) {
      return;
    }
    administer("ALTER SYSTEM SET idle_session_timeout = '1s'");
    reload();
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200)); // so that those in use learn of it
    String self = Long.toString(ProcessHandle.current().pid());
    String script = "kill -STOP " + self + "; sleep " + PAUSE_SECONDS + "; kill -CONT " + self;
    try {
      new ProcessBuilder("sh", "-c", script).start().waitFor();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Not under a terminal, whose shell would take a process that stops for its own to manage. */
  static boolean mayPause() {
    Path status = Path.of("/proc/self/stat");
    if (!Files.isReadable(status)) {
      return false;
    }
    try {
      String text = Files.readString(status);
      String[] afterTheName = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
      return afterTheName[TERMINAL_FIELD].equals("0");
    } catch (IOException e) {
      return false;
    }
  }

  // ---- the run

  private PoolStats work(PrintWriter progress) throws SQLException, InterruptedException {
    long until = System.nanoTime() + plan.duration().toNanos();
    startCrowd();
    int round = 0;
    while (System.nanoTime() - until < 0) {
      List<SoakFault> order = new ArrayList<>(List.of(SoakFault.values()));
      Collections.shuffle(order, random);
      for (SoakFault fault : order) {
        if (System.nanoTime() - until < 0) {
          suffer(fault);
        }
      }
      progress.printf("round %d: %s, %s%n", ++round, pool.stats().opened() + " opened", done);
      progress.flush();
    }
    running = false;
    join(crowd);
    return atRest();
  }

  private void startCrowd() {
    for (int i = 0; i < plan.callers(); i++) {
      Thread thread = new Thread(new SoakCaller(this, i, holders), "soak-caller-" + i);
      thread.setDaemon(true);
      crowd.add(thread);
      thread.start();
    }
  }

  /** Does a fault, sometimes with another that needs only the network; ends it; wants service. */
  private void suffer(SoakFault fault) throws SQLException, InterruptedException {
    done.merge(fault, 1, Integer::sum);
    fault.strike(this);
    if (random.nextInt(4) == 0) {
      SoakFault[] second = {SoakFault.HALF_OPEN, SoakFault.CUT, SoakFault.FLOOD, SoakFault.LEAK};
      SoakFault also = second[random.nextInt(second.length)];
      done.merge(also, 1, Integer::sum);
      also.strike(this);
    }
    crowd.get(random.nextInt(crowd.size())).interrupt();
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(HOLD_MILLIS_MAX)));
    lookForTooMany();
    heal();
    fault.afterwards(this);
    awaitService(pool, fault);
    join(flood);
    flood.clear();
  }

  private void lookForTooMany() {
    int size = pool.stats().size();
    if (size > plan.maxSize()) {
      ledger.offence(ledger.aboveMaximum, "size " + size + " of at most " + plan.maxSize());
    }
  }

  /** Ends all faults. */
  private void heal() throws SQLException {
    if (server.isRunning()) {
      server.thaw();
    }
    server.start();
    proxy.heal();
    SoakDriver.trouble(SoakTrouble.NONE);
    fence = null;
    throwsPlansAway = false;
    administer(
        "ALTER SYSTEM RESET default_transaction_read_only",
        "ALTER SYSTEM RESET idle_session_timeout",
        "ALTER ROLE " + ROLE + " CONNECTION LIMIT -1",
        "ALTER ROLE " + ROLE + " RESET idle_session_timeout",
        "SELECT pg_reload_conf()");
    pool.resize(0, plan.maxSize());
  }

  private void awaitService(SluiceDataSource whose, SoakFault fault) {
    long start = System.nanoTime();
    long limit = SERVED_AGAIN.toNanos();
    while (!isServed(whose)) {
      long took = System.nanoTime() - start;
      if (took - StallMeter.since(start).toNanos() > limit) {
        ledger.offence(
            ledger.notRecovered,
            "nobody served " + SERVED_AGAIN + " after " + fault + ": " + whose);
        return;
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    slowestRecovery = took.compareTo(slowestRecovery) > 0 ? took : slowestRecovery;
  }

  private boolean isServed(SluiceDataSource whose) {
    Attempt attempt = Attempt.at(whose, SERVED_AGAIN);
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

  private void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(60));
      if (thread.isAlive()) {
        ledger.offence(ledger.lateAnswers, thread.getName() + " hangs: " + stackOf(thread));
      }
    }
  }

  private static String stackOf(Thread thread) {
    return List.of(thread.getStackTrace()).toString();
  }

  /** The pool's figures when nothing is out any more, and the server agrees about its size. */
  private PoolStats atRest() {
    Eventually.await(
        () -> {
          PoolStats s = pool.stats();
          return s.size() == s.idle() && s.waiting() == 0 && sessions() == s.size();
        },
        () -> "the pool is at rest, and the server knows as many sessions: " + pool.stats());
    return pool.stats();
  }

  private int sessions() throws SQLException {
    try (Connection connection = straight();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = '" + ROLE + "'")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  /** Ends pool and proxy. */
  @Override
  public void close() {
    running = false;
    SoakDriver.trouble(SoakTrouble.NONE);
    if (another != null) {
      another.close();
    }
    pool.close();
    proxy.close();
    if (certificates != null) {
      certificates.close();
    }
  }
}
