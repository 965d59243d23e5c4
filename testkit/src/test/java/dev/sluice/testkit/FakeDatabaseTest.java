package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class FakeDatabaseTest {
  private final FakeDatabase db = FakeDatabase.create();

  @AfterEach
  void close() {
    db.close();
  }

  private static <T> CompletableFuture<T> async(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(work.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            },
            "testkit-async");
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(Timing.LONG.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }

  private static void assertState(String state, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
  }

  private static void execute(Connection c, String sql) throws SQLException {
    try (Statement s = c.createStatement()) {
      s.execute(sql);
    }
  }

  // ---- the driver

  @Test
  void driverManagerFindsItByUrl() throws SQLException {
    try (Connection c = DriverManager.getConnection(db.url())) {
      assertThat(c.isValid(1)).isTrue();
      assertThat(db.openNow()).isEqualTo(1);
    }
    assertThat(db.openNow()).isZero();
    assertThat(db.opened()).isEqualTo(1);
  }

  @Test
  void closedDatabaseIsUnknown() {
    db.close();

    assertState("08001", () -> DriverManager.getConnection(db.url()));
  }

  @Test
  void everyMethodOfJdbcAnswers() throws Exception {
    Connection c = db.connect();
    for (Object face :
        List.of(
            c,
            c.createStatement(),
            c.prepareStatement("SELECT 1"),
            c.prepareCall("SELECT 1"),
            c.getMetaData(),
            c.createStatement().executeQuery("SELECT 1"))) {
      for (Class<?> type :
          List.of(
              Connection.class,
              Statement.class,
              PreparedStatement.class,
              CallableStatement.class,
              DatabaseMetaData.class,
              ResultSet.class)) {
        if (type.isInstance(face)) {
          callGetters(type, face);
        }
      }
    }
  }

  private static void callGetters(Class<?> type, Object face) throws Exception {
    for (var method : type.getMethods()) {
      if (method.getParameterCount() == 0 && method.getName().startsWith("supports")) {
        assertThat(method.invoke(face)).isNotNull();
      }
    }
  }

  @Test
  void unwrapGivesThePhysicalConnection() throws SQLException {
    Connection c = db.connect();

    assertThat(FakeDatabase.physical(c)).isSameAs(db.connection(1));
    assertThat(c.isWrapperFor(FakeConnection.class)).isTrue();
    assertThat(c.isWrapperFor(List.class)).isFalse();
    assertThat(c.createStatement().getConnection()).isSameAs(c);
    assertThat(c.getMetaData().getConnection()).isSameAs(c);
  }

  @Test
  void logNamesEachCallWithItsConnectionAndArguments() throws SQLException {
    Connection c = db.connect();
    c.setSchema("other");
    c.close();

    assertThat(db.methodsOf(1))
        .containsExactly("Driver.connect", "Connection.setSchema", "Connection.close");
    assertThat(db.calls("Connection.setSchema").get(0).arguments()).containsExactly("other");
    assertThat(db.callCount()).isEqualTo(3);
  }

  // ---- sessions

  @Test
  void sessionRemembersWhatABorrowerSets() throws Exception {
    Connection c = db.connect();
    SessionState before = db.connection(1).session();

    c.setAutoCommit(false);
    c.setReadOnly(true);
    c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    c.setCatalog("c");
    c.setSchema("s");
    c.setClientInfo("ApplicationName", "x");
    c.setTypeMap(Map.of("t", String.class));
    c.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT);
    c.setNetworkTimeout(Runnable::run, 5);
    Statement open = c.createStatement();
    open.execute("SET search_path = other");
    open.execute("WARN careful");

    assertThat(before.equals(db.connection(1).session())).isFalse();
    assertThat(db.connection(1).session())
        .isEqualTo(
            new SessionState(
                false,
                true,
                Connection.TRANSACTION_SERIALIZABLE,
                "c",
                "s",
                Map.of("ApplicationName", "x"),
                Map.of("t", String.class),
                ResultSet.CLOSE_CURSORS_AT_COMMIT,
                5,
                true,
                List.of(),
                1,
                1,
                Map.of("search_path", "other"),
                java.util.Set.of()));
    open.close();
    execute(c, "DISCARD ALL");
    c.clearWarnings();
    assertThat(db.connection(1).session().variables()).isEmpty();
    assertThat(db.connection(1).session().openStatements()).isZero();
    assertThat((Object) c.getWarnings()).isNull();
  }

  @Test
  void transactionIsCommittedByCommitAndBySettingAutoCommit() throws SQLException {
    Connection c = db.connect();
    c.setAutoCommit(false);
    execute(c, "INSERT 1");
    c.commit();
    execute(c, "INSERT 2");
    c.rollback();
    execute(c, "INSERT 3");
    c.setAutoCommit(true);
    execute(c, "INSERT 4");

    assertThat(db.committed()).containsExactly("INSERT 1", "INSERT 3", "INSERT 4");
    assertThat(db.rolledBack()).containsExactly("INSERT 2");
  }

  @Test
  void workIsLostWhenTheConnectionEndsInsideATransaction() throws SQLException {
    Connection c = db.connect();
    c.setAutoCommit(false);
    execute(c, "INSERT 1");

    c.close();

    assertThat(db.committed()).isEmpty();
    assertThat(db.lost()).containsExactly("INSERT 1");
  }

  @Test
  void failedStatementSpoilsTheTransactionUntilItIsRolledBack() throws SQLException {
    Connection c = db.connect();
    c.setAutoCommit(false);
    execute(c, "INSERT 1");

    assertState("23505", () -> execute(c, "FAIL 23505"));
    assertState("25P02", () -> execute(c, "SELECT 1"));
    c.rollback();

    execute(c, "SELECT 1");
    assertThat(db.rolledBack()).containsExactly("INSERT 1");
  }

  @Test
  void readOnlyAndIsolationCannotChangeInsideATransaction() throws SQLException {
    Connection c = db.connect();
    c.setAutoCommit(false);
    execute(c, "SELECT 1");

    assertState("25001", () -> c.setReadOnly(true));
    assertState("25001", () -> c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE));
  }

  @Test
  void localChangesCostNoRoundTrip() throws SQLException {
    Connection c = db.connect();
    long before = db.roundTrips();

    c.setAutoCommit(false);
    c.rollback();
    c.setAutoCommit(true);
    c.clearWarnings();
    c.getSchema();

    assertThat(db.roundTrips()).isEqualTo(before);
    c.setSchema("x");
    assertThat(db.roundTrips()).isEqualTo(before + 1);
  }

  // ---- faults

  @Test
  void nthCallOfAMethodFails() throws SQLException {
    Connection c = db.connect();
    Trigger trigger = db.when("Connection.commit").at(2).then(Fault.fail("40001", 7));
    c.setAutoCommit(false);

    c.commit();
    assertThatThrownBy(c::commit)
        .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(7))
        .hasFieldOrPropertyWithValue("SQLState", "40001");
    c.commit();

    assertThat(trigger.hits()).isEqualTo(1);
  }

  @Test
  void nthCallOfAllFails() throws SQLException {
    db.when("*").at(3).then(Fault.fail("08006"));
    Connection c = db.connect();
    c.getSchema();

    assertState("08006", c::getCatalog);
    assertThat(c.getCatalog()).isEqualTo("fake");
  }

  @Test
  void faultsCanBeLimitedToAConnectionAndACount() throws SQLException {
    Connection first = db.connect();
    Connection second = db.connect();
    Trigger trigger =
        db.when("Connection.*").on(2).times(2).then(Fault.failWith(() -> new StackOverflowError()));

    first.getSchema();
    assertThatThrownBy(second::getSchema).isInstanceOf(StackOverflowError.class);
    assertThatThrownBy(second::getCatalog).isInstanceOf(StackOverflowError.class);
    second.getSchema();
    trigger.remove();
  }

  @Test
  void connectCanThrowAnything() throws SQLException {
    db.when("Driver.connect").times(1).then(Fault.failWith(() -> new IllegalStateException("odd")));

    assertThatThrownBy(db::connect).hasMessage("odd");
    assertThat(db.connect().isValid(1)).isTrue();
    assertThat(db.opened()).isEqualTo(1);
  }

  @Test
  void clientInfoFailsWithItsOwnException() throws SQLException {
    Connection c = db.connect();
    db.when("Connection.setClientInfo").then(Fault.fail("42501"));

    assertThatThrownBy(() -> c.setClientInfo("a", "b"))
        .isInstanceOf(SQLClientInfoException.class)
        .hasFieldOrPropertyWithValue("SQLState", "42501");
  }

  @Test
  void answerCanBeGivenInPlaceOfTheCall() throws SQLException {
    Connection c = db.connect();
    db.when("Connection.isValid").times(1).then(Fault.answer(false));

    assertThat(c.isValid(1)).isFalse();
    assertThat(c.isValid(1)).isTrue();
  }

  @Test
  void commitCanSucceedAndItsAnswerBeLost() throws SQLException {
    Connection c = db.connect();
    c.setAutoCommit(false);
    execute(c, "INSERT 1");
    db.when("Connection.commit")
        .then(Fault.failAfterwards(() -> new SQLException("lost", "08007")));

    assertState("08007", c::commit);

    assertThat(db.committed()).containsExactly("INSERT 1");
  }

  @Test
  void brokenConnectionStaysBroken() throws SQLException {
    Connection c = db.connect();
    db.when("Statement.execute").times(1).then(Fault.breakConnection("57P01"));

    assertState("57P01", () -> execute(c, "SELECT 1"));

    assertThat(c.isValid(1)).isFalse();
    assertThat(db.openNow()).isZero();
    assertThat(db.heldByClient()).isEqualTo(1);
  }

  @Test
  void slowCallTakesItsTimeFromTheSleeper() throws SQLException {
    List<Duration> slept = new ArrayList<>();
    try (FakeDatabase virtual =
        FakeDatabase.create(
            (time, wake) -> {
              slept.add(time);
              return false;
            })) {
      virtual.when("Driver.connect").then(Fault.slow(Duration.ofHours(1)));

      virtual.connect();

      assertThat(slept).containsExactly(Duration.ofHours(1));
    }
  }

  @Test
  void hangingCallComesBackWhenReleased() throws Exception {
    Connection c = db.connect();
    Fault.Hang hang = Fault.hang();
    db.when("Connection.isValid").then(hang);
    CompletableFuture<Boolean> answer = async(() -> c.isValid(1));
    Eventually.await(() -> hang.inside() == 1, "a call is stuck");

    hang.release();

    assertThat(get(answer)).isTrue();
    assertThat(hang.inside()).isZero();
    assertThat(c.isValid(1)).isTrue(); // those who come later pass
  }

  @Test
  void abortEndsAHangUnlessItIsDeaf() throws Exception {
    Connection c = db.connect();
    Fault.Hang hang = Fault.hang();
    db.when("Statement.execute").then(hang);
    CompletableFuture<Boolean> answer = async(() -> c.createStatement().execute("SELECT 1"));
    Eventually.await(() -> hang.inside() == 1, "a call is stuck");

    c.abort(Runnable::run);

    assertState("08003", () -> get(answer));
    assertThat(db.openNow()).isZero();
    assertThat(db.heldByClient()).isZero();
  }

  @Test
  void deafHangHearsOnlyItsRelease() throws Exception {
    Fault.Hang hang = Fault.hangDeaf();
    db.when("Driver.connect").then(hang);
    AtomicReference<Thread> thread = new AtomicReference<>();
    CompletableFuture<Boolean> flag =
        async(
            () -> {
              thread.set(Thread.currentThread());
              db.connect();
              return Thread.currentThread().isInterrupted();
            });
    Eventually.await(() -> hang.inside() == 1, "a call is stuck");

    thread.get().interrupt();
    assertThatThrownBy(() -> flag.get(Timing.SHORT.toMillis(), TimeUnit.MILLISECONDS))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
    hang.release();

    assertThat(get(flag)).isTrue();
  }

  @Test
  void interruptEndsAHangAndBreaksTheConnection() throws Exception {
    Connection c = db.connect();
    Fault.Hang hang = Fault.hang();
    db.when("Connection.isValid").then(hang);
    AtomicReference<Thread> thread = new AtomicReference<>();
    CompletableFuture<Boolean> answer =
        async(
            () -> {
              thread.set(Thread.currentThread());
              return c.isValid(1);
            });
    Eventually.await(() -> hang.inside() == 1, "a call is stuck");

    thread.get().interrupt();

    assertState("08006", () -> get(answer));
    assertThat(db.openNow()).isZero();
  }

  @Test
  void cancelEndsARunningStatement() throws Exception {
    Statement s = db.connect().createStatement();
    CompletableFuture<Boolean> answer = async(() -> s.execute("SLEEP 1000000"));
    Eventually.await(() -> db.calls("Statement.execute").size() == 1, "it runs");
    CompletableFuture<Boolean> cancelled =
        async(
            () -> {
              while (!answer.isDone()) {
                s.cancel();
                LockSupport.parkNanos(100_000);
              }
              return true;
            });

    assertState("57014", () -> get(answer));
    assertThat(get(cancelled)).isTrue();
    assertThat(db.violations()).isEmpty();
  }

  // ---- moods of the server

  @Test
  void downServerRefusesAndItsConnectionsAreDead() throws SQLException {
    Connection c = db.connect();

    db.goDown();

    assertState("08001", db::connect);
    assertThat(c.isValid(1)).isFalse();
    assertState("08006", () -> execute(c, "SELECT 1"));
    db.comeUp();
    assertThat(db.connect().isValid(1)).isTrue();
  }

  @Test
  void restartedServerHasForgottenItsConnections() throws SQLException {
    Connection c = db.connect();
    c.setAutoCommit(false);
    execute(c, "INSERT 1");

    db.restart();

    assertState("57P01", () -> execute(c, "SELECT 1"));
    c.close();
    assertThat(db.lost()).containsExactly("INSERT 1");
    assertThat(db.connect().isValid(1)).isTrue();
  }

  @Test
  void demotedServerRefusesWritesAndSaysSo() throws SQLException {
    Connection c = db.connect();

    db.readOnly(true);

    assertState("25006", () -> execute(c, "INSERT 1"));
    try (ResultSet r = c.createStatement().executeQuery("SELECT pg_is_in_recovery()")) {
      assertThat(r.next()).isTrue();
      assertThat(r.getBoolean(1)).isTrue();
      assertThat(r.next()).isFalse();
    }
  }

  @Test
  void wrongPasswordAndTooManyConnectionsAreToldApart() throws SQLException {
    db.requireLogin("app", "secret");
    db.limitConnections(1);
    Properties right = new Properties();
    right.putAll(Map.of("user", "app", "password", "secret"));

    assertState("28P01", db::connect);
    db.connect(right);
    assertState("53300", () -> db.connect(right));
  }

  @Test
  void blackHoleHoldsUntilTheTimeoutOfTheCall() throws Exception {
    Connection c = db.connect();
    c.setNetworkTimeout(Runnable::run, (int) Timing.SHORT.toMillis());
    db.blackHole(true);

    assertState("08006", () -> execute(c, "SELECT 1"));
    CompletableFuture<Connection> connect = async(db::connect);
    Eventually.await(() -> db.connectingNow() == 1, "a connect hangs");
    db.blackHole(false);

    assertThat(get(connect).isValid(1)).isTrue();
  }

  @Test
  void validationOfABlackHoledConnectionEndsWithItsTimeout() throws SQLException {
    Connection c = db.connect();
    db.connection(1).blackHole(true);

    assertThat(c.isValid(1)).isFalse();
  }

  @Test
  void mostConnectingAndMostOpenAreCounted() throws Exception {
    Fault.Hang hang = Fault.hang();
    db.when("Driver.connect").then(hang);
    List<CompletableFuture<Connection>> all = List.of(async(db::connect), async(db::connect));
    Eventually.await(() -> hang.inside() == 2, "two connects are stuck");
    hang.release();
    for (CompletableFuture<Connection> each : all) {
      get(each);
    }
    for (CompletableFuture<Connection> each : all) {
      get(each).close();
    }

    assertThat(db.mostConnecting()).isEqualTo(2);
    assertThat(db.mostOpen()).isEqualTo(2);
    assertThat(db.openNow()).isZero();
    assertThat(db.connectingNow()).isZero();
  }

  @Test
  void useByTwoThreadsAtOnceIsSeen() throws Exception {
    Connection c = db.connect();
    Fault.Hang hang = Fault.hang();
    db.when("Connection.isValid").then(hang);
    CompletableFuture<Boolean> first = async(() -> c.isValid(1));
    Eventually.await(() -> hang.inside() == 1, "a call is stuck");

    c.getSchema();
    hang.release();
    get(first);
    c.getSchema();

    assertThat(db.violations())
        .singleElement()
        .asString()
        .startsWith("Connection.getSchema on connection 1 by ")
        .endsWith("while testkit-async was using it");
  }
}
