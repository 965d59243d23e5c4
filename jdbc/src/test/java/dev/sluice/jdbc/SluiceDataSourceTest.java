package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.PoolInvariants;
import dev.sluice.pool.StartPolicy;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.Fault;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The data source as its users see it. */
class SluiceDataSourceTest {
  private static final Duration SOON = Duration.ofMillis(50);

  // Acquiring

  @Test
  void anExhaustedPoolSaysWhoHasTheConnections() throws SQLException {
    try (FakePool pool = new FakePool();
        Connection held = pool.get()) {
      Throwable refused = catchThrowable(() -> pool.ds.getConnection(SOON));

      assertThat(refused)
          .isInstanceOf(PoolExhaustedException.class)
          .isInstanceOf(SQLTransientConnectionException.class)
          .hasMessageContaining("fake")
          .hasMessageContaining(Thread.currentThread().getName());
      assertThat(((SQLException) refused).getSQLState()).isEqualTo("08001");
      assertThat(held.isClosed()).isFalse();
    }
  }

  @Test
  void aDatabaseThatIsDownIsReportedWithItsOwnError() throws SQLException {
    try (FakePool pool = new FakePool()) {
      pool.db.refuseConnections();

      Throwable refused = pool.refusal(Duration.ofMillis(300));

      assertThat(refused)
          .isInstanceOf(DatabaseUnavailableException.class)
          .cause()
          .isInstanceOf(SQLException.class)
          .hasMessage("Connection refused");
      assertThat(((SQLException) refused).getSQLState()).isEqualTo("08001");
    }
  }

  @Test
  void aWrongPasswordIsReportedAtOnceAsWhatItIs() throws SQLException {
    try (FakePool pool =
        new FakePool(b -> b.user("app").password("wrong").acquireTimeout(Duration.ofSeconds(30)))) {
      pool.db.requireLogin("app", "right");
      long start = System.nanoTime();

      Throwable refused = catchThrowable(pool::get);

      assertThat(refused).isInstanceOf(DatabaseUnavailableException.class);
      assertThat(((SQLException) refused).getSQLState()).isEqualTo("28P01");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
      assertThat(refused.toString()).doesNotContain("wrong");
    }
  }

  @Test
  void aClosedPoolSaysSo() throws SQLException {
    try (FakePool pool = new FakePool()) {
      pool.ds.close();

      Throwable refused = catchThrowable(pool::get);

      assertThat(refused)
          .isInstanceOf(PoolClosedException.class)
          .isInstanceOf(SQLNonTransientConnectionException.class);
      assertThat(((SQLException) refused).getSQLState()).isEqualTo("08003");
      assertThat(pool.ds.isClosed()).isTrue();
    }
  }

  @Test
  void aFullQueueSaysSo() throws Exception {
    try (FakePool pool = new FakePool(b -> b.maxWaiters(1));
        Connection held = pool.get()) {
      CompletableFuture<Connection> first = pool.ds.getConnectionAsync();
      Eventually.await(() -> pool.ds.stats().waiting() == 1, "the first one waits");

      assertThatThrownBy(pool::get).isInstanceOf(WaitQueueFullException.class);

      first.cancel(false);
      assertThat(held.isClosed()).isFalse();
    }
  }

  @Test
  void aSuspendedPoolSaysSoAndResumes() throws SQLException {
    try (FakePool pool = new FakePool()) {
      pool.ds.suspend();
      assertThatThrownBy(() -> pool.ds.getConnection(SOON))
          .isInstanceOf(PoolSuspendedException.class);

      pool.ds.resume();

      pool.settle();
    }
  }

  @Test
  void anInterruptedCallerGetsAnSqlExceptionAndKeepsItsFlag() throws Exception {
    try (FakePool pool = new FakePool();
        Connection held = pool.get()) {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      AtomicReference<Boolean> flag = new AtomicReference<>();
      Thread waiter =
          new Thread(
              () -> {
                thrown.set(catchThrowable(pool::get));
                flag.set(Thread.interrupted());
              });
      waiter.start();
      Eventually.await(() -> pool.ds.stats().waiting() == 1, "it waits");

      waiter.interrupt();
      waiter.join();

      assertThat(thrown.get())
          .isInstanceOf(AcquireInterruptedException.class)
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(((SQLException) thrown.get()).getSQLState()).isEqualTo("57014");
      assertThat(flag.get()).isTrue();
      assertThat(held.isClosed()).isFalse();
    }
  }

  @Test
  void triesOnce() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      Connection connection = pool.ds.tryConnection().orElseThrow();

      assertThat(pool.ds.tryConnection()).isEmpty();

      connection.close();
    }
  }

  @Test
  void lendsAsynchronously() throws Exception {
    try (FakePool pool = new FakePool()) {
      Connection first = pool.ds.getConnectionAsync().get(10, TimeUnit.SECONDS);
      CompletableFuture<Connection> second = pool.ds.getConnectionAsync();
      assertThat(second).isNotDone();

      first.close();

      second.get(10, TimeUnit.SECONDS).close();
    }
  }

  @Test
  void anAsynchronousFailureIsAnSqlException() {
    try (FakePool pool = new FakePool()) {
      pool.ds.close();

      Throwable failure =
          catchThrowable(() -> pool.ds.getConnectionAsync().get(10, TimeUnit.SECONDS));

      assertThat(failure)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(PoolClosedException.class);
    }
  }

  @Test
  void aCancelledAcquisitionNeverKeepsAConnection() throws Exception {
    try (FakePool pool = new FakePool()) {
      for (int i = 0; i < 200; i++) {
        Connection held = pool.get();
        CompletableFuture<Connection> given = pool.ds.getConnectionAsync();
        Thread returning = new Thread(() -> closeQuietly(held));
        returning.start();
        if (given.cancel(false)) {
          assertThat(given).isCancelled();
        } else {
          given.get(10, TimeUnit.SECONDS).close();
        }
        returning.join();
      }

      pool.settle();
      Eventually.await(() -> pool.ds.stats().active() == 0, "nothing is out");
      Eventually.await(() -> pool.ds.stats().waiting() == 0, "nobody is left in the queue");
    }
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anAcquisitionThatTimesOutOutsideGivesItsPlaceUp() throws Exception {
    try (FakePool pool = new FakePool();
        Connection held = pool.get()) {
      CompletableFuture<Connection> given =
          pool.ds.getConnectionAsync().orTimeout(20, TimeUnit.MILLISECONDS);

      assertThat(catchThrowable(() -> given.get(10, TimeUnit.SECONDS))).isNotNull();

      Eventually.await(() -> pool.ds.stats().waiting() == 0, "nobody waits");
      assertThat(held.isClosed()).isFalse();
    }
  }

  @Test
  void takesOptionsPerCall() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      AcquireOptions checked =
          AcquireOptions.DEFAULT.withValidation(AcquireOptions.Validation.ALWAYS);

      pool.ds.getConnection(checked).close();

      assertThat(pool.db.calls("Connection.isValid")).as("at open, and now").hasSize(2);
    }
  }

  @Test
  void lendsToTheConfiguredUserOnly() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.user("app").password("secret"))) {
      pool.ds.getConnection("app", "secret").close();

      assertThatThrownBy(() -> pool.ds.getConnection("app", "other"))
          .isInstanceOf(SQLFeatureNotSupportedException.class);
      assertThatThrownBy(() -> pool.ds.getConnection("root", "secret"))
          .isInstanceOf(SQLFeatureNotSupportedException.class);
    }
  }

  // Starting

  @Test
  void failsFastIfToldTo() {
    FakeDatabase down = FakeDatabase.create();
    down.refuseConnections();

    Throwable failure =
        catchThrowable(
            () -> Sluice.dataSource(down.url()).startPolicy(StartPolicy.FAIL_FAST).build());

    assertThat(failure)
        .isInstanceOf(PoolStartException.class)
        .hasCauseInstanceOf(DatabaseUnavailableException.class);
    down.close();
  }

  @Test
  void knownBug40FailsFastOnlyWhenTheTimeToTryAgainIsOver() {
    try (FakeDatabase down = FakeDatabase.create()) {
      down.refuseConnections();
      long start = System.nanoTime();

      Throwable failure =
          catchThrowable(
              () ->
                  Sluice.dataSource(down.url())
                      .startPolicy(StartPolicy.FAIL_FAST)
                      .startRetry(Duration.ofMillis(1_300))
                      .build());

      assertThat(failure).isInstanceOf(PoolStartException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(1_300));
    }
  }

  @Test
  void knownBug40StartsOnceTheDatabaseIsThere() throws Exception {
    try (FakeDatabase late = FakeDatabase.create()) {
      late.refuseConnections();
      CompletableFuture<SluiceDataSource> start =
          CompletableFuture.supplyAsync(
              () ->
                  Sluice.dataSource(late.url())
                      .settings(Map.of("hikari.initializationFailTimeout", 60_000), "hikari")
                      .build());
      Eventually.await(() -> late.connectingNow() > 0 || late.callCount() > 0, "it was asked");
      late.comeUp();

      try (SluiceDataSource ds = start.get(30, TimeUnit.SECONDS);
          Connection connection = ds.getConnection()) {
        assertThat(connection.isValid(1)).isTrue();
      }
    }
  }

  @Test
  void waitsUntilReady() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.minSize(1).startPolicy(StartPolicy.BACKGROUND))) {
      pool.ds.awaitReady(Duration.ofSeconds(10));

      Eventually.await(() -> pool.ds.stats().idle() == 1, "one is idle");
      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  // Working

  @Test
  void commitsWorkThatReturns() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      long calls = pool.db.callCount();

      int result =
          pool.ds.inTransaction(
              c -> {
                execute(c, "INSERT one");
                return 42;
              });

      assertThat(result).isEqualTo(42);
      pool.settle();
      assertThat(pool.db.committed()).containsExactly("INSERT one");
      assertThat(pool.session().autoCommit()).isTrue();
      assertThat(pool.callsSince(calls))
          .containsSubsequence("setAutoCommit[false]", "commit[]", "setAutoCommit[true]")
          .doesNotContain("rollback[]");
    }
  }

  @Test
  void rollsBackWorkThatThrowsAndThrowsOn() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      IOException failure = new IOException("mine");

      Throwable thrown =
          catchThrowable(
              () ->
                  pool.ds.useTransaction(
                      c -> {
                        execute(c, "INSERT one");
                        throw failure;
                      }));

      assertThat(thrown).isSameAs(failure);
      pool.settle();
      assertThat(pool.db.rolledBack()).containsExactly("INSERT one");
      assertThat(pool.db.committed()).isEmpty();
      assertThat(pool.ds.stats().active()).isZero();
    }
  }

  @Test
  void aFailedRollbackIsSuppressed() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      pool.db.when("Connection.rollback").at(1).then(Fault.fail("08006"));

      Throwable thrown =
          catchThrowable(
              () ->
                  pool.ds.inTransaction(
                      c -> {
                        throw new IllegalStateException("mine");
                      }));

      assertThat(thrown).hasMessage("mine");
      assertThat(thrown.getSuppressed()).hasSize(1);
      pool.settle();
      assertThat(pool.db.opened()).isEqualTo(2);
    }
  }

  @Test
  void aFailedCommitIsThrownAfterARollback() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      pool.db.when("Connection.commit").at(1).then(Fault.fail("40001"));

      Throwable thrown =
          catchThrowable(() -> pool.ds.useTransaction(c -> execute(c, "INSERT one")));

      assertThat(thrown).isInstanceOf(SQLException.class);
      assertThat(pool.db.rolledBack()).containsExactly("INSERT one");
      pool.settle();
      assertThat(pool.db.committed()).isEmpty();
    }
  }

  @Test
  void returnsTheConnectionAlsoAfterAnError() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      Throwable thrown =
          catchThrowable(
              () ->
                  pool.ds.withConnection(
                      c -> {
                        throw new StackOverflowError();
                      }));

      assertThat(thrown).isInstanceOf(StackOverflowError.class);
      pool.settle();
    }
  }

  @Test
  void worksInTransactionsWhereAutoCommitIsOffAsARule() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.autoCommit(false)).settle()) {
      pool.ds.useTransaction(c -> execute(c, "INSERT one"));

      pool.settle();
      assertThat(pool.db.committed()).containsExactly("INSERT one");
      assertThat(pool.db.calls("Connection.setAutoCommit")).hasSize(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  // Changing

  @Test
  void resizes() throws SQLException {
    try (FakePool pool = new FakePool()) {
      pool.ds.resize(0, 3);

      List<Connection> three = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        three.add(pool.get());
      }
      assertThat(pool.ds.config().pool().maxSize()).isEqualTo(3);
      assertThat(pool.ds.stats().maxSize()).isEqualTo(3);
      for (Connection connection : three) {
        connection.close();
      }
    }
  }

  @Test
  void takesNewCredentialsWhileItRuns() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.user("app").password("geheim1")).settle()) {
      pool.db.requireLogin("app", "geheim2");

      pool.ds.reconfigure(b -> b.password("geheim2"));

      try (Connection connection = pool.get()) {
        assertThat(connection.isClosed()).isFalse();
      }
      assertThat(pool.db.opened()).isEqualTo(2);
      assertThat(pool.ds.config().toString()).doesNotContain("geheim");
    }
  }

  @Test
  void takesNewSessionDefaultsWhileItRuns() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      pool.ds.reconfigure(b -> b.schema("other"));

      try (Connection connection = pool.get()) {
        assertThat(connection.getSchema()).isEqualTo("other");
      }
    }
  }

  @Test
  void refusesWhatARunningPoolCannotChange() throws SQLException {
    try (FakePool pool = new FakePool()) {
      SluiceConfig before = pool.ds.config();

      assertThatThrownBy(() -> pool.ds.reconfigure(b -> b.name("other").schema("s")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("name")
          .hasMessageNotContaining("schema");
      assertThat(pool.ds.config()).isSameAs(before);
    }
  }

  @Test
  void refreshReplacesTheConnections() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      pool.ds.refresh();

      pool.settle();
      assertThat(pool.db.opened()).isEqualTo(2);
    }
  }

  // Credentials

  @Test
  void asksTheSourceOnceMoreWhenTheLoginIsRefused() throws SQLException {
    List<Credentials> rejected = new ArrayList<>();
    CredentialsSource rotated =
        new CredentialsSource() {
          @Override
          public Credentials get() {
            return Credentials.of("app", Secret.of(rejected.isEmpty() ? "old" : "new"));
          }

          @Override
          public void rejected(Credentials refused) {
            rejected.add(refused);
          }
        };
    try (FakePool pool = new FakePool(b -> b.credentials(rotated))) {
      pool.db.requireLogin("app", "new");

      pool.settle();

      assertThat(rejected).hasSize(1);
      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  // The rest of a DataSource

  @Test
  void poolsOfTheseTestsAreWatched() {
    assertThat(PoolInvariants.isWatching()).isTrue();
  }

  @Test
  void looksAfterItself() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      assertThat(pool.ds.isHealthy()).isTrue();
      assertThat(pool.ds.connections()).hasSize(1);
      assertThat(pool.ds.leases()).isEmpty();
      assertThat(pool.ds.dump()).contains("fake");
      assertThat(pool.ds.statsAndReset().acquired()).isPositive();
      assertThat(pool.ds.stats().acquired()).isZero();

      pool.db.goDown();

      assertThat(pool.ds.checkHealth(Duration.ofMillis(500))).isFalse();
    }
  }

  @Test
  void leasesTellWhoHasThemAndOnDemandWhereHeIs() throws Exception {
    try (FakePool pool = new FakePool()) {
      CountDownLatch has = new CountDownLatch(1);
      CountDownLatch enough = new CountDownLatch(1);
      Thread holder = new Thread(() -> holdWhile(pool, has, enough), "holder");
      holder.start();
      has.await();
      try {
        assertThat(pool.ds.leases())
            .singleElement()
            .satisfies(
                lease -> {
                  assertThat(lease.thread()).isEqualTo("holder");
                  assertThat(lease.threadAlive()).isTrue();
                  assertThat(lease.doing()).isEqualTo("SELECT ?");
                  assertThat(lease.stack()).isEmpty();
                });
        assertThat(pool.ds.leasesWithStacks())
            .singleElement()
            .satisfies(
                lease ->
                    assertThat(lease.stack())
                        .extracting(StackTraceElement::getMethodName)
                        .contains("holdWhile"));
      } finally {
        enough.countDown();
        holder.join();
      }
      assertThat(pool.ds.leasesWithStacks()).isEmpty();
    }
  }

  private static void holdWhile(FakePool pool, CountDownLatch has, CountDownLatch enough) {
    try (Connection connection = pool.get();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
      has.countDown();
      enough.await();
    } catch (SQLException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void isADataSourceByTheBook() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.openTimeout(Duration.ofMillis(1500)))) {
      assertThat(pool.ds.getLoginTimeout()).isEqualTo(2);
      pool.ds.setLoginTimeout(7);
      assertThat(pool.ds.getLoginTimeout()).isEqualTo(7);
      assertThatThrownBy(() -> pool.ds.setLoginTimeout(-1)).isInstanceOf(SQLException.class);
      pool.ds.setLogWriter(null);
      assertThat(pool.ds.getLogWriter()).isNull();
      assertThatThrownBy(() -> pool.ds.setLogWriter(new PrintWriter(Writer.nullWriter())))
          .isInstanceOf(SQLFeatureNotSupportedException.class);
      assertThat(pool.ds.getParentLogger().getName()).isEqualTo("dev.sluice");
      assertThat(pool.ds.unwrap(DataSource.class)).isSameAs(pool.ds);
      assertThat(pool.ds.isWrapperFor(SluiceDataSource.class)).isTrue();
      assertThat(pool.ds.isWrapperFor(Runnable.class)).isFalse();
      assertThatThrownBy(() -> pool.ds.unwrap(Runnable.class)).isInstanceOf(SQLException.class);
    }
  }

  /** Frameworks that look for {@link Closeable} would leave it open otherwise. */
  @Test
  void isClosedByWhoKnowsItAsCloseableOnly() throws IOException {
    try (FakePool pool = new FakePool()) {
      Object ds = pool.ds;

      if (ds instanceof Closeable closeable) {
        closeable.close();
      }

      assertThat(pool.ds.isClosed()).isTrue();
    }
  }

  @Test
  void closesTwiceAndReportsWhatItCut() throws SQLException {
    try (FakePool pool = new FakePool()) {
      Connection held = pool.get();

      assertThat(pool.ds.close(Duration.ZERO)).hasSize(1);

      pool.ds.close();
      assertThat(held.isClosed()).isTrue();
      assertThat(pool.db.heldByClient()).isZero();
      assertThat(pool.ds.closed().toCompletableFuture()).isDone();
    }
  }

  @Test
  void tellsAllListeners() throws SQLException {
    List<String> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
    try (FakePool pool =
        new FakePool(b -> b.listener(hearing("a", heard)).listener(hearing("b", heard)))) {
      pool.settle();
    }
    assertThat(heard).contains("a opened", "b opened", "a closed", "b closed");
  }

  private static dev.sluice.pool.PoolListener hearing(String name, List<String> heard) {
    return new dev.sluice.pool.PoolListener() {
      @Override
      public void opened(long id, Duration took) {
        heard.add(name + " opened");
        throw new IllegalStateException("a listener that throws");
      }

      @Override
      public void poolClosed(List<dev.sluice.pool.LeaseInfo> abandoned) {
        heard.add(name + " closed");
      }
    };
  }
}
