package dev.sluice.jdbc;

import static dev.sluice.jdbc.RealDatabase.run;
import static dev.sluice.jdbc.RealDatabase.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.pool.CloseReason;
import dev.sluice.testkit.Eventually;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The user's code at fixed points of a connection's life, on H2. */
class ConnectionHooksTest {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private static SluiceDataSource pool(ConnectionHooks hooks, UnaryOperator<SluiceBuilder> more) {
    String url = "jdbc:h2:mem:hooks" + DATABASES.incrementAndGet() + ";DB_CLOSE_DELAY=-1";
    SluiceBuilder builder =
        Sluice.dataSource(url, "sa", "").name("hooked").minSize(0).maxSize(1).hooks(hooks);
    return more.apply(builder).build();
  }

  private static SluiceDataSource pool(ConnectionHooks hooks) {
    return pool(hooks, b -> b);
  }

  /** Notes each call with its thread and its class loader. */
  private static class Noting implements ConnectionHooks {
    final Queue<String> calls = new ConcurrentLinkedQueue<>();
    final Queue<String> threads = new ConcurrentLinkedQueue<>();
    final Queue<ClassLoader> loaders = new ConcurrentLinkedQueue<>();

    void note(String call) {
      calls.add(call);
      threads.add(Thread.currentThread().getName());
      loaders.add(Thread.currentThread().getContextClassLoader());
    }

    @Override
    public void beforeConnect(ConnectRequest request) {
      note("beforeConnect");
    }

    @Override
    public void firstConnect(Connection connection) {
      note("firstConnect");
    }

    @Override
    public void onConnect(Connection connection) {
      note("onConnect");
    }

    @Override
    public Acquired onAcquire(Connection connection) {
      note("onAcquire");
      return Acquired.ACCEPT;
    }

    @Override
    public Returned onReturn(Connection connection) {
      note("onReturn");
      return Returned.KEEP;
    }

    @Override
    public void beforeClose(Connection connection) {
      note("beforeClose");
    }
  }

  @Test
  void syntaxErrorInAHookFailsAtOnceAsOneOfInitSqlDoes() {
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void onConnect(Connection connection) throws SQLException {
            throw new SQLException("syntax error", "42601");
          }
        };
    try (FakePool pool = new FakePool(b -> b.hooks(hooks))) {
      Throwable refusal = pool.refusal(Duration.ofMinutes(1));

      assertThat(refusal)
          .isInstanceOf(DatabaseUnavailableException.class)
          .hasMessageContaining("onConnect");
    }
  }

  @Test
  void eachRunsAtItsPointUnderThePoolsClassLoaderAndNeverOnTheKeeper() throws Exception {
    Noting hooks = new Noting();
    try (URLClassLoader loader = new URLClassLoader(new URL[0])) {
      try (SluiceDataSource ds = pool(hooks, b -> b.classLoader(loader))) {
        ds.getConnection().close();
        ds.getConnection().close();
      }

      assertThat(hooks.calls)
          .containsExactly(
              "beforeConnect",
              "onConnect",
              "firstConnect",
              "onAcquire",
              "onReturn",
              "onAcquire",
              "onReturn",
              "beforeClose");
      assertThat(hooks.loaders).containsOnly(loader);
      assertThat(hooks.threads).noneMatch(name -> name.contains("keeper"));
    }
  }

  @Test
  void settingsOfOneAttemptCanBeChanged() throws SQLException {
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void beforeConnect(ConnectRequest request) {
            assertThat(request.user()).isEqualTo("sa");
            assertThat(request.timeout()).isPositive();
            request.url(request.url() + ";SCHEMA=INFORMATION_SCHEMA");
            request.property("VARIABLE_BINARY", "true").property("IGNORECASE", "true");
            request.property("VARIABLE_BINARY", null);
          }
        };
    try (SluiceDataSource ds = pool(hooks);
        Connection connection = ds.getConnection()) {
      assertThat(connection.getSchema()).isEqualTo("INFORMATION_SCHEMA");
      assertThat(ds.config().url()).doesNotContain("SCHEMA");
    }
  }

  @Test
  void dataSourceGetsTheLoginThatTheHookSays() throws SQLException {
    org.h2.jdbcx.JdbcDataSource source = new org.h2.jdbcx.JdbcDataSource();
    source.setURL("jdbc:h2:mem:login");
    List<String> refused = new ArrayList<>();
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void beforeConnect(ConnectRequest request) {
            try {
              request.url("jdbc:h2:mem:other");
            } catch (IllegalStateException e) {
              refused.add(e.getMessage());
            }
            request.user("hooked").password(Secret.of("secret"));
          }
        };
    try (SluiceDataSource ds = Sluice.dataSource(source).minSize(0).hooks(hooks).build();
        Connection connection = ds.getConnection()) {
      assertThat(text(connection, "SELECT CURRENT_USER")).isEqualTo("HOOKED");
      assertThat(refused).hasSize(1);
    }
  }

  @Test
  void firstConnectRunsOnceThoughManyConnectAtTheSameTime() throws Exception {
    AtomicInteger firsts = new AtomicInteger();
    AtomicInteger connects = new AtomicInteger();
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void firstConnect(Connection connection) throws SQLException {
            firsts.incrementAndGet();
            run(connection, "CREATE TABLE made_once (id INT)");
          }

          @Override
          public void onConnect(Connection connection) {
            connects.incrementAndGet();
          }
        };
    try (SluiceDataSource ds = pool(hooks, b -> b.maxSize(4).warmUp(4))) {
      ds.awaitReady(Duration.ofSeconds(60));

      assertThat(connects).hasValue(4);
      assertThat(firsts).hasValue(1);
    }
  }

  @Test
  void failedFirstConnectIsTriedAgainWithTheNextConnection() throws SQLException {
    AtomicInteger firsts = new AtomicInteger();
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void firstConnect(Connection connection) throws SQLException {
            if (firsts.incrementAndGet() == 1) {
              throw new SQLException("not yet", "XX001");
            }
          }
        };
    try (SluiceDataSource ds = pool(hooks, b -> b.backoffMin(Duration.ofMillis(1)).maxSize(1))) {
      ds.getConnection().close();
      ds.getConnection().close();

      assertThat(firsts).hasValue(2);
      assertThat(ds.stats().openFailures()).isEqualTo(1);
    }
  }

  @Test
  void nothingThatOnConnectOpensSurvives() throws SQLException {
    List<Statement> left = new CopyOnWriteArrayList<>();
    List<Connection> kept = new CopyOnWriteArrayList<>();
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void onConnect(Connection connection) throws SQLException {
            run(connection, "CREATE TABLE IF NOT EXISTS rolled_back (id INT)");
            run(connection, "SET @seen = 'by all'");
            connection.setAutoCommit(false);
            left.add(connection.createStatement());
            left.get(0).execute("INSERT INTO rolled_back VALUES (1)");
            kept.add(connection);
          }
        };
    try (SluiceDataSource ds = pool(hooks);
        Connection connection = ds.getConnection()) {
      assertThat(connection.getAutoCommit()).isTrue();
      assertThat(text(connection, "SELECT COUNT(*) FROM rolled_back")).isEqualTo("0");
      assertThat(text(connection, "SELECT @seen")).isEqualTo("by all");
      assertThat(left.get(0).isClosed()).isTrue();
      assertThat(kept.get(0).isClosed()).isTrue();
      assertThatThrownBy(() -> kept.get(0).createStatement())
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
    }
  }

  @Test
  void whatOnConnectThrowsIsTheReasonThatTheCallerLearns() {
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void onConnect(Connection connection) {
            throw new IllegalStateException("no tenant table");
          }
        };
    try (SluiceDataSource ds = pool(hooks, b -> b.acquireTimeout(Duration.ofMillis(300)))) {
      Throwable failure = catchThrowable(ds::getConnection);

      assertThat(failure)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("The hook onConnect failed: no tenant table");
      assertThat(ds.stats().size()).isZero();
    }
  }

  @Test
  void hookThatHangsFailsTheAttemptAndLeavesThePlaceFree() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    AtomicInteger connects = new AtomicInteger();
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void onConnect(Connection connection) {
            if (connects.incrementAndGet() > 1) {
              return;
            }
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.countDown();
            }
          }
        };
    try (SluiceDataSource ds =
        pool(hooks, b -> b.hookTimeout(Duration.ofMillis(100)).backoffMin(Duration.ofMillis(1)))) {
      ds.getConnection().close();

      interrupted.await();
      assertThat(connects).hasValue(2);
      assertThat(ds.stats().openFailures()).isEqualTo(1);
    }
  }

  /** Gives the answers of its list, one after the other. When the list is empty, it accepts. */
  private static final class Answering implements ConnectionHooks {
    final Queue<Acquired> answers;
    final AtomicInteger asked = new AtomicInteger();

    Answering(Acquired... answers) {
      this.answers = new ArrayDeque<>(List.of(answers));
    }

    @Override
    public Acquired onAcquire(Connection connection) {
      asked.incrementAndGet();
      Acquired answer = answers.poll();
      return answer == null ? Acquired.ACCEPT : answer;
    }
  }

  @Test
  void discardAndRetryGivesAnotherConnection() throws Exception {
    Answering hooks = new Answering(ConnectionHooks.Acquired.DISCARD_AND_RETRY);
    try (SluiceDataSource ds = pool(hooks)) {
      ds.getConnection().close();

      assertThat(hooks.asked).hasValue(2);
      assertThat(ds.stats().opened()).isEqualTo(2);
      hooks.answers.add(ConnectionHooks.Acquired.DISCARD_AND_RETRY);
      ds.getConnectionAsync().get().close();
      assertThat(ds.stats().opened()).isEqualTo(3);
    }
  }

  @Test
  void retriesAreBounded() {
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public Acquired onAcquire(Connection connection) {
            return Acquired.DISCARD_AND_RETRY;
          }
        };
    try (SluiceDataSource ds = pool(hooks, b -> b.maxSize(2))) {
      assertThatThrownBy(ds::getConnection)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("discarded 3 connections in a row");
      assertThat(ds.stats().opened()).isEqualTo(3);
      assertThat(ds.stats().active()).isZero();
    }
  }

  /** While the hook has one connection, the pool opens the next: without a bound it never ends. */
  @Test
  void retriesOfOneThatDoesNotWaitAreBoundedToo() throws SQLException {
    AtomicReference<SluiceDataSource> pool = new AtomicReference<>();
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public Acquired onAcquire(Connection connection) {
            Eventually.await(() -> pool.get().stats().idle() > 0, "another one is idle");
            return Acquired.DISCARD_AND_RETRY;
          }
        };
    try (SluiceDataSource ds = pool(hooks, b -> b.minSize(2).maxSize(2))) {
      pool.set(ds);
      ds.awaitReady(Duration.ofSeconds(60));

      assertThatThrownBy(ds::tryConnection)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("discarded 3 connections in a row");
      assertThat(ds.stats().active()).isZero();
    }
  }

  @Test
  void failAndKeepLeavesTheConnectionInThePool() throws SQLException {
    Answering hooks = new Answering(ConnectionHooks.Acquired.FAIL_AND_KEEP);
    try (SluiceDataSource ds = pool(hooks)) {
      assertThatThrownBy(ds::getConnection)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"));

      ds.getConnection().close();
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  @Test
  void failAndDiscardClosesTheConnection() throws SQLException {
    Answering hooks = new Answering(ConnectionHooks.Acquired.FAIL_AND_DISCARD);
    try (SluiceDataSource ds = pool(hooks)) {
      CompletableFuture<Connection> refused = ds.getConnectionAsync();
      assertThatThrownBy(refused::get)
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("refused the borrower and closed the connection");

      Eventually.await(
          () -> ds.stats().closed().getOrDefault(CloseReason.DISCARDED, 0L) == 1, "it is closed");
      ds.getConnection().close();
      assertThat(ds.stats().opened()).isEqualTo(2);
      assertThat(ds.stats().closed().get(CloseReason.DISCARDED)).isEqualTo(1);
    }
  }

  @Test
  void exceptionAndErrorOfOnAcquireReachTheBorrowerAndCloseTheConnection() {
    AssertionError error = new AssertionError("a bug");
    SQLException refusal = new SQLException("no such tenant", "22023");
    Queue<Throwable> failures = new ArrayDeque<>(List.of(error, refusal));
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public Acquired onAcquire(Connection connection) throws SQLException {
            Throwable next = failures.poll();
            if (next instanceof Error e) {
              throw e;
            }
            throw (SQLException) next;
          }
        };
    try (SluiceDataSource ds = pool(hooks)) {
      assertThat(catchThrowable(ds::getConnection)).isSameAs(error);
      assertThat(catchThrowable(ds::getConnection)).isSameAs(refusal);

      assertThat(ds.stats().active()).isZero();
      Eventually.await(
          () -> ds.stats().closed().getOrDefault(CloseReason.DISCARDED, 0L) == 2, "both closed");
    }
  }

  @Test
  void whatOnAcquireChangesIsUndoneAtTheReturn() throws SQLException {
    AtomicInteger leases = new AtomicInteger();
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public Acquired onAcquire(Connection connection) throws SQLException {
            if (leases.incrementAndGet() == 1) {
              connection.setSchema("INFORMATION_SCHEMA");
            }
            return Acquired.ACCEPT;
          }
        };
    try (SluiceDataSource ds = pool(hooks)) {
      try (Connection first = ds.getConnection()) {
        assertThat(first.getSchema()).isEqualTo("INFORMATION_SCHEMA");
      }
      try (Connection second = ds.getConnection()) {
        assertThat(second.getSchema()).isEqualTo("PUBLIC");
      }
      assertThat(ds.stats().opened()).isEqualTo(1);
    }
  }

  @Test
  void onReturnDiscardsOrKeepsAlsoWhatWasNotUsed() throws SQLException {
    Queue<Object> answers = new ConcurrentLinkedQueue<>();
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public Returned onReturn(Connection connection) throws SQLException {
            assertThat(connection.getAutoCommit()).isTrue(); // it was cleaned
            connection.setAutoCommit(false);
            connection.createStatement().execute("CREATE LOCAL TEMPORARY TABLE t (id INT)");
            Object answer = answers.remove();
            if (answer instanceof RuntimeException e) {
              throw e;
            }
            return (Returned) answer;
          }
        };
    answers.add(ConnectionHooks.Returned.KEEP);
    answers.add(ConnectionHooks.Returned.DISCARD);
    answers.add(new IllegalStateException("cannot say"));
    try (SluiceDataSource ds = pool(hooks)) {
      try (Connection connection = ds.getConnection()) {
        connection.setAutoCommit(false);
      }
      try (Connection connection = ds.getConnection()) {
        assertThat(connection.getAutoCommit()).isTrue();
        assertThat(ds.stats().opened()).isEqualTo(1);
        run(connection, "DROP TABLE t");
      }
      ds.getConnection().close();

      Eventually.await(
          () -> ds.stats().closed().getOrDefault(CloseReason.RESET_FAILED, 0L) == 1,
          "the one whose hook failed is closed");
      assertThat(ds.stats().closed()).containsEntry(CloseReason.DISCARDED, 1L);
      assertThat(answers).isEmpty();
    }
  }

  @Test
  void failureOfBeforeCloseClosesAllTheSame() throws SQLException {
    List<Connection> raw = new CopyOnWriteArrayList<>();
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void beforeClose(Connection connection) throws SQLException {
            raw.add(connection.unwrap(org.h2.jdbc.JdbcConnection.class));
            throw new SQLException("no farewell");
          }
        };
    try (SluiceDataSource ds = pool(hooks)) {
      ds.getConnection().close();
    }

    assertThat(raw).hasSize(1);
    assertThat(raw.get(0).isClosed()).isTrue();
  }

  @Test
  void poolWithoutTheHooksOfALeaseReturnsConnectionsAtOnce() throws SQLException {
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void onConnect(Connection connection) {}
        };
    List<Long> resets = new CopyOnWriteArrayList<>();
    dev.sluice.pool.PoolListener listener =
        new dev.sluice.pool.PoolListener() {
          @Override
          public void reset(long id, Duration took) {
            resets.add(id);
          }
        };
    try (SluiceDataSource ds = pool(hooks, b -> b.listener(listener))) {
      try (Connection connection = ds.getConnection()) {
        run(connection, "SELECT 1");
      }
    }

    assertThat(resets).isEmpty();
  }

  @Test
  void hooksCanBeChangedWhileThePoolRuns() throws SQLException {
    Noting hooks = new Noting();
    try (SluiceDataSource ds = pool(new ConnectionHooks() {})) {
      ds.getConnection().close();

      ds.reconfigure(b -> b.hooks(hooks));
      ds.getConnection().close();

      assertThat(hooks.calls).contains("beforeConnect", "onConnect", "onAcquire");
      ds.reconfigure(b -> b.hooks(null));
      hooks.calls.clear();
      ds.getConnection().close();
      assertThat(hooks.calls).doesNotContain("onAcquire");
    }
  }

  @Test
  void hookTimeoutHasARange() {
    assertThatThrownBy(
            () ->
                Sluice.dataSource("jdbc:h2:mem:none", "sa", "")
                    .hookTimeout(Duration.ZERO)
                    .toConfig())
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("hookTimeout must be at least 1 ms");
  }
}
