package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FaultProxy;
import dev.sluice.testkit.StallMeter;
import dev.sluice.testkit.TestDatabase;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A real database, a proxy before it, a pool before that, and a way around both. */
final class Rig implements AutoCloseable {
  private static final AtomicInteger NAMES = new AtomicInteger();

  final String name = "fault-" + NAMES.incrementAndGet();
  final FaultProxy proxy;
  final Events events = new Events();
  final SluiceDataSource pool;
  private final String direct;
  private final String through;
  private final String user;
  private final String password;
  private final Runnable drop;

  private Rig(
      String direct,
      String through,
      String user,
      String password,
      FaultProxy proxy,
      Runnable drop,
      UnaryOperator<SluiceBuilder> options) {
    this.direct = direct;
    this.through = through;
    this.user = user;
    this.password = password;
    this.proxy = proxy;
    this.drop = drop;
    SluiceBuilder builder =
        Sluice.dataSource(through)
            .name(name)
            .user(user)
            .password(password)
            .minSize(0)
            .maxSize(5)
            .acquireTimeout(Duration.ofSeconds(10))
            .openTimeout(Duration.ofSeconds(5))
            .backoffMin(Duration.ofMillis(5))
            .backoffMax(Duration.ofMillis(200))
            .drainTimeout(Duration.ZERO)
            .closeTimeout(Duration.ofSeconds(1))
            .listener(events);
    try {
      this.pool = options.apply(builder).build();
    } catch (RuntimeException e) {
      proxy.close();
      drop.run();
      throw e;
    }
  }

  /** On a new database of the shared PostgreSQL. */
  static Rig postgres(UnaryOperator<SluiceBuilder> options) {
    return on(Databases.postgres(), options);
  }

  /** On a new database of the shared MariaDB. */
  static Rig mariaDb(UnaryOperator<SluiceBuilder> options) {
    return on(Databases.mariaDb(), options);
  }

  static Rig on(TestDatabase database, UnaryOperator<SluiceBuilder> options) {
    FaultProxy proxy = FaultProxy.before(database.port());
    return new Rig(
        database.url(),
        database.urlThrough(proxy),
        database.user(),
        database.password(),
        proxy,
        database::close,
        options);
  }

  /** On a server of the test's own, which it may harm. */
  static Rig on(EmbeddedServer server, UnaryOperator<SluiceBuilder> options) {
    FaultProxy proxy = FaultProxy.before(server.port());
    String direct = server.jdbcUrl();
    String through = direct.replace(":" + server.port() + "/", ":" + proxy.port() + "/");
    return new Rig(direct, through, server.user(), server.password(), proxy, () -> {}, options);
  }

  // ---- through the pool

  Attempt attempt(Duration timeout) {
    Attempt attempt = Attempt.at(pool, timeout);
    assertThat(attempt.isInTime())
        .as(
            "ended %s after a timeout of %s; stalled %s",
            attempt.took(), timeout, attempt.stalled())
        .isTrue();
    return attempt;
  }

  /** Acquires what must be had, whatever the pool's own timeout and however slow the machine. */
  Connection get() throws SQLException {
    return pool.getConnection(Timing.LONG);
  }

  /** Opens so many by holding them all at once, and gives them back. */
  void fill(int count) throws SQLException {
    List<Connection> held = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      held.add(get());
    }
    for (Connection connection : held) {
      connection.close();
    }
    Eventually.await(
        () -> pool.stats().idle() == count && pool.stats().size() == count,
        () -> count + " idle and no more: " + pool.stats());
  }

  static int one(Connection connection) throws SQLException {
    return number(connection, "SELECT 1");
  }

  static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getInt(1);
    }
  }

  static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * An acquisition from a pool that knows already that it cannot open: how long it takes to find
   * that out is the machine's affair, too.
   */
  static Attempt refusal(SluiceDataSource pool, Duration timeout) {
    long before = pool.stats().openFailures();
    CompletableFuture<Connection> first =
        pool.getConnectionAsync(AcquireOptions.DEFAULT.withTimeout(Timing.LONG));
    Eventually.await(() -> pool.stats().openFailures() > before, "an open has failed");
    first.cancel(false);
    return Attempt.at(pool, timeout);
  }

  /** How long it takes until a caller is served with a connection that works. */
  Duration recover(Duration limit) throws SQLException {
    long start = System.nanoTime();
    Attempt attempt = Attempt.at(pool, limit);
    assertThat((Throwable) attempt.failure()).as("after the fault has ended").isNull();
    try (Connection connection = attempt.connection()) {
      assertThat(one(connection)).isEqualTo(1);
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** {@link #recover} within the promised time, which counts from the end of the fault. */
  void recovers() throws SQLException {
    Duration backoff = pool.config().pool().backoffMax();
    Duration took = recover(Promises.RECOVERY.plus(backoff).multipliedBy(5));
    Numbers.note("recovery", took);
    assertThat(took).isLessThan(Promises.RECOVERY.plus(backoff).plus(stalledFor(took)));
  }

  private static Duration stalledFor(Duration lately) {
    return StallMeter.since(System.nanoTime() - lately.toNanos());
  }

  /** That nothing is out, nothing waits, no more exist than may, and all of it has been told. */
  void settles() {
    Eventually.await(
        () -> {
          var s = pool.stats();
          return s.active() == 0
              && s.waiting() == 0
              && s.opening() + s.checking() + s.closing() == 0
              && s.size() == s.idle()
              && s.size() <= s.maxSize()
              && events.opened.get() - events.closedInAll() == s.size();
        },
        () ->
            "the pool is at rest: "
                + pool.stats()
                + "; told: opened "
                + events.opened
                + ", closed "
                + events.closedInAll());
  }

  // ---- around it

  /** Opens a connection straight to the server. */
  Connection straight() throws SQLException {
    return DriverManager.getConnection(direct, user, password);
  }

  /** Opens a connection as the pool does. */
  Connection throughProxy() throws SQLException {
    return DriverManager.getConnection(through, user, password);
  }

  /** Runs something as the server's own administrator. */
  void asAdmin(String sql) throws SQLException {
    runStraight(sql);
  }

  void runStraight(String sql) throws SQLException {
    try (Connection connection = straight()) {
      run(connection, sql);
    }
  }

  /** How many sessions of this pool the server knows. */
  int sessions() throws SQLException {
    try (Connection connection = straight()) {
      return sessions(connection);
    }
  }

  int sessions(Connection watcher) throws SQLException {
    return number(
        watcher, "SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + name + "'");
  }

  @Override
  public void close() {
    pool.close(Duration.ZERO);
    proxy.close();
    drop.run();
  }
}
