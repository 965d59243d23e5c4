package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolStats;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.Fault;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Bugs that other pools had, by the numbers of docs/known-bugs.md, as far as only Sluice can be
 * asked about them.
 */
class SluiceKnownBugsTest {
  private static final String CANARY = "c4n4ry-in-the-mine";

  private final FakeDatabase db = FakeDatabase.create();

  @AfterEach
  void end() {
    db.close();
  }

  private SluiceBuilder builder() {
    return Sluice.dataSource(db.url())
        .name("known-bugs")
        .minSize(0)
        .maxSize(1)
        .acquireTimeout(Duration.ofSeconds(20))
        .drainTimeout(Duration.ofMillis(200));
  }

  @Test
  void knownBug01TimedOutWaiterIsPassedOver() throws Exception {
    try (SluiceDataSource pool = builder().build()) {
      for (int round = 0; round < 20; round++) {
        Connection held = pool.getConnection();
        List<CompletableFuture<Connection>> others = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
          others.add(pool.getConnectionAsync());
        }
        CompletableFuture<Connection> last = pool.getConnectionAsync();
        CompletableFuture<Void> storm =
            CompletableFuture.runAsync(() -> others.forEach(f -> f.cancel(false)));
        held.close();
        storm.get(20, TimeUnit.SECONDS);
        for (CompletableFuture<Connection> other : others) {
          if (!other.isCompletedExceptionally()) {
            other.join().close(); // served before the storm reached it
          }
        }

        last.get(20, TimeUnit.SECONDS).close();
      }
      Eventually.await(() -> pool.stats().waiting() == 0, "somebody is left in the queue");
    }
  }

  /** Idle beside waiting may be seen for a moment, between two steps, but never persists. */
  @Test
  void knownBug02NobodyWaitsBesideAnIdleConnection() throws Exception {
    try (SluiceDataSource pool = builder().maxSize(2).build()) {
      AtomicBoolean stop = new AtomicBoolean();
      List<CompletableFuture<Void>> users = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        users.add(
            CompletableFuture.runAsync(
                () -> cycleUntil(stop, pool), SluiceKnownBugsTest::onItsOwnThread));
      }
      try {
        for (int look = 0; look < 200; look++) {
          long acquired = pool.stats().acquired();
          Eventually.await(
              () -> {
                PoolStats now = pool.stats();
                return now.idle() == 0 || now.waiting() == 0 || now.acquired() > acquired + 100;
              },
              "a caller waits beside an idle connection");
        }
      } finally {
        stop.set(true);
      }
      for (CompletableFuture<Void> user : users) {
        user.get(20, TimeUnit.SECONDS);
      }
    }
  }

  private static void onItsOwnThread(Runnable task) {
    Thread thread = new Thread(task, "testkit-user");
    thread.setDaemon(true);
    thread.start();
  }

  private static void cycleUntil(AtomicBoolean stop, SluiceDataSource pool) {
    try {
      while (!stop.get()) {
        pool.getConnection().close();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void knownBug09OutageOfTheDatabaseIsToldWithItsCauseAndItsEnd() throws Exception {
    try (SluiceDataSource pool =
        builder()
            .acquireTimeout(Duration.ofMillis(200))
            .backoffMax(Duration.ofMillis(200))
            .build()) {
      db.goDown();
      CompletableFuture<Connection> first =
          pool.getConnectionAsync(AcquireOptions.DEFAULT.withTimeout(Duration.ofSeconds(30)));
      Eventually.await(() -> pool.stats().openFailures() > 0, "no open has failed");
      first.cancel(false);
      assertThatThrownBy(pool::getConnection).hasStackTraceContaining("Connection refused");
      db.comeUp();

      Eventually.await(() -> isServed(pool), "no connection after the outage");
    }
  }

  private static boolean isServed(SluiceDataSource pool) {
    try (Connection connection = pool.getConnection()) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false; // not yet
    }
  }

  @Test
  void knownBug11MaximumHoldsWhileItIsChangedUnderLoad() throws Exception {
    try (SluiceDataSource pool = builder().maxSize(6).build()) {
      AtomicBoolean stop = new AtomicBoolean();
      List<CompletableFuture<Void>> users = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        users.add(
            CompletableFuture.runAsync(
                () -> cycleUntil(stop, pool), SluiceKnownBugsTest::onItsOwnThread));
      }
      for (int i = 0; i < 50; i++) {
        pool.resize(0, 1 + i % 6);
        Thread.onSpinWait();
      }
      pool.resize(0, 2);
      Eventually.await(() -> pool.stats().size() <= 2, () -> "still " + pool.stats().size());
      stop.set(true);
      for (CompletableFuture<Void> user : users) {
        user.get(20, TimeUnit.SECONDS);
      }
      assertThat(db.mostOpen()).isLessThanOrEqualTo(6);
      assertThat(db.violations()).isEmpty();
      Eventually.await(() -> db.openNow() <= 2, () -> db.openNow() + " are open");
    }
  }

  @Test
  void knownBug12CloseNamesTheHoldersThatItCut() throws Exception {
    SluiceDataSource pool = builder().build();
    Connection held = pool.getConnection();

    List<LeaseInfo> cut = pool.close(Duration.ofMillis(100));

    assertThat(cut).hasSize(1);
    assertThat(cut.get(0).toString()).contains(Thread.currentThread().getName());
    assertThat(held.isClosed()).isTrue();
    assertThat(db.openNow()).isZero();
  }

  @Test
  void knownBug13CancellationAtTheMomentOfTheReturnLosesNothing() throws Exception {
    try (SluiceDataSource pool = builder().build()) {
      for (int round = 0; round < 2_000; round++) {
        Connection held = pool.getConnection();
        CompletableFuture<Connection> waiter = pool.getConnectionAsync();
        CompletableFuture<Void> canceller = CompletableFuture.runAsync(() -> waiter.cancel(false));
        held.close();
        canceller.get(20, TimeUnit.SECONDS);
        if (!waiter.isCompletedExceptionally()) {
          waiter.join().close();
        }
      }
      pool.getConnection().close();
      Eventually.await(() -> pool.stats().idle() == 1, "the connection is lost");
      Eventually.await(() -> pool.stats().waiting() == 0, "somebody is left in the queue");
    }
  }

  @Test
  void knownBug19PasswordIsInNothingThatSluiceTells() throws Exception {
    List<String> told = new ArrayList<>();
    Logger logger = Logger.getLogger("dev.sluice");
    Handler handler = recorder(told);
    Level before = logger.getLevel();
    logger.setLevel(Level.ALL);
    logger.addHandler(handler);
    db.requireLogin("app", "the right one");
    try (SluiceDataSource pool =
        builder()
            .user("app")
            .password(CANARY)
            .driverProperty("sslpassword", dev.sluice.jdbc.Secret.of(CANARY))
            .acquireTimeout(Duration.ofMillis(300))
            .build()) {
      assertThatThrownBy(pool::getConnection)
          .satisfies(e -> assertThat(stackOf(e)).doesNotContain(CANARY));
      assertThat(pool.toString()).doesNotContain(CANARY);
      assertThat(pool.config().toString()).doesNotContain(CANARY);
      assertThat(pool.dump()).doesNotContain(CANARY);
      assertThat(pool.stats().toString()).doesNotContain(CANARY);
    } finally {
      logger.removeHandler(handler);
      logger.setLevel(before);
    }
    synchronized (told) {
      assertThat(told).isNotEmpty().noneMatch(line -> line.contains(CANARY));
    }
  }

  private static String stackOf(Throwable e) {
    java.io.StringWriter text = new java.io.StringWriter();
    e.printStackTrace(new java.io.PrintWriter(text));
    return text.toString();
  }

  private static Handler recorder(List<String> told) {
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            synchronized (told) {
              Throwable thrown = record.getThrown();
              told.add(record.getMessage() + (thrown == null ? "" : stackOf(thrown)));
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    handler.setLevel(Level.ALL);
    return handler;
  }

  @Test
  void knownBug21ConfigurationIsACopyThatNobodyElseChanges() throws Exception {
    Map<String, Object> settings = new HashMap<>();
    settings.put("url", db.url());
    settings.put("maxSize", 2);
    SluiceBuilder builder = Sluice.builder().settings(settings).minSize(0);
    AtomicReference<Properties> seen = new AtomicReference<>();
    db.when("Driver.connect")
        .then(
            call -> {
              Properties properties = (Properties) call.arguments().get(0);
              properties.setProperty("user", "the driver writes into what it is given");
              seen.set(properties);
              return call.proceed();
            });
    try (SluiceDataSource one = builder.user("one").build();
        SluiceDataSource two = builder.user("two").maxSize(5).build()) {
      settings.put("maxSize", 9);

      assertThat(one.config().pool().maxSize()).isEqualTo(2);
      assertThat(two.config().pool().maxSize()).isEqualTo(5);
      one.getConnection().close();
      Properties first = seen.get();
      assertThat(one.config().user()).isEqualTo("one");
      one.refresh();
      Eventually.await(() -> db.openNow() == 0, "the old connection stays");
      db.clearFaults();
      try (Connection again = one.getConnection()) {
        assertThat(FakeDatabase.physical(again).loginUser()).isEqualTo("one");
      }
      assertThat(first.getProperty("user")).startsWith("the driver");
    }
  }

  @Test
  void knownBug22CheckedConnectionCostsOneRoundTripAndNoMore() throws Exception {
    try (SluiceDataSource pool = builder().validateAfterIdle(Duration.ZERO).build()) {
      pool.getConnection().close();
      long before = db.roundTrips();
      for (int i = 0; i < 10; i++) {
        pool.getConnection().close();
      }
      assertThat(db.roundTrips() - before).isEqualTo(10);
    }
  }

  @Test
  void timeoutOfZeroIsAtOnceOrNotAtAll() throws Exception {
    try (SluiceDataSource pool = builder().build()) {
      Connection held = pool.getConnection();
      assertThatThrownBy(() -> pool.getConnection(Duration.ZERO)).isInstanceOf(SQLException.class);
      held.close();
      pool.getConnection(Duration.ZERO).close();
    }
  }

  @Test
  void closeWaitsForABorrowerWithinTheDrainTimeout() throws Exception {
    SluiceDataSource pool = builder().build();
    Connection held = pool.getConnection();
    CompletableFuture<List<LeaseInfo>> closing =
        CompletableFuture.supplyAsync(() -> pool.close(Duration.ofSeconds(20)));
    Eventually.await(pool::isClosed, "the pool is not being closed");
    try (held) {
      assertThat(held.isValid(1)).isTrue();
    }

    assertThat(closing.get(20, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void hangingDriverIsReportedAndTheNextConnectionIsOpened() throws Exception {
    Fault.Hang hang = Fault.hangDeaf();
    try (SluiceDataSource pool = builder().maxSize(2).openTimeout(Duration.ofMillis(100)).build()) {
      db.when("Driver.connect").at(1).then(hang);
      pool.getConnection().close();
      // More if the machine was so slow that healthy ones seemed to hang too.
      assertThat(pool.stats().abandoned()).isPositive();
    } finally {
      hang.release();
    }
    Eventually.await(() -> db.heldByClient() == 0, "the late connection is still open");
  }
}
