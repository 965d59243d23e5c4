package dev.sluice.faults;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.testkit.StallMeter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One who uses the pool again and again, not always politely, and watches over its promises.
 *
 * <p>Each lease is proved twice: by a map of who holds which session, and by a mark that is left in
 * the session itself and must be found there unchanged.
 */
final class SoakCaller implements Runnable {
  private static final int TIMEOUT_MILLIS_MAX = 1_000;
  private static final int QUERIES_MAX = 4;

  private final Soak soak;
  private final int number;
  private final Random random;
  private final Map<Integer, Integer> holders;
  private final BorrowerMistakes mistakes;

  /** {@code holders} is shared: the session's process number and its holder's number. */
  SoakCaller(Soak soak, int number, ConcurrentHashMap<Integer, Integer> holders) {
    this.soak = soak;
    this.number = number;
    this.random = new Random(soak.plan().seed() * 31 + number);
    this.holders = holders;
    this.mistakes = new BorrowerMistakes(soak.ledger(), random);
  }

  @Override
  public void run() {
    while (soak.isRunning()) {
      turn();
    }
  }

  /** One acquisition and what is done with it. */
  void turn() {
    try {
      acquireAndUse();
    } catch (RuntimeException | Error e) {
      soak.ledger().offence(soak.ledger().unexpected, "a caller met with " + e);
    }
  }

  private void acquireAndUse() {
    boolean unused = Thread.interrupted(); // the soak interrupts whom it likes, at any place
    long asked = System.nanoTime();
    Connection connection = random.nextInt(4) == 0 ? acquireLater() : acquire();
    if (connection == null) {
      return;
    }
    try {
      use(connection, asked);
      soak.ledger().queries.increment();
    } catch (SQLException e) {
      soak.ledger().failure("in use " + e.getSQLState());
    } catch (RuntimeException | Error e) {
      soak.ledger().thrownAtBorrower(e);
    } finally {
      giveBack(connection);
    }
    mistakes.useWhatWasKept();
  }

  private @Nullable Connection acquire() {
    Attempt attempt =
        Attempt.at(soak.pool(), Duration.ofMillis(random.nextInt(TIMEOUT_MILLIS_MAX)));
    soak.lateUnlessInTime(attempt);
    SQLException failure = attempt.failure();
    if (failure != null) {
      soak.ledger().failure(failure.getClass().getSimpleName() + " " + failure.getSQLState());
    }
    return attempt.connection();
  }

  /** By a future, that is sometimes given up at once. */
  private @Nullable Connection acquireLater() {
    int millis = random.nextInt(TIMEOUT_MILLIS_MAX);
    long start = StallMeter.now();
    CompletableFuture<Connection> future =
        soak.pool()
            .getConnectionAsync(AcquireOptions.DEFAULT.withTimeout(Duration.ofMillis(millis)));
    if (random.nextInt(3) == 0 && future.cancel(false)) {
      return null;
    }
    try {
      return future.get(millis + Promises.ACQUIRE_TOLERANCE.toMillis() * 4, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      soak.ledger().failure("later " + cause.getClass().getSimpleName());
    } catch (TimeoutException e) {
      lateUnlessStalled(start, millis, future);
    } catch (InterruptedException e) {
      if (!future.cancel(false) && !future.isCompletedExceptionally()) {
        return future.join(); // it came at the same moment
      }
    }
    return null;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback throws nothing
  private void lateUnlessStalled(long start, int millis, CompletableFuture<Connection> future) {
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    Duration allowed =
        Duration.ofMillis(millis).plus(Promises.ACQUIRE_TOLERANCE).plus(StallMeter.since(start));
    if (took.compareTo(allowed) > 0) {
      soak.ledger()
          .offence(soak.ledger().lateAnswers, "late: a future after " + took + " of " + millis);
    }
    future.whenComplete((late, failure) -> giveBackIfAny(late));
    future.cancel(false);
  }

  private void giveBackIfAny(@Nullable Connection late) {
    if (late != null) {
      giveBack(late);
    }
  }

  private void use(Connection connection, long asked) throws SQLException {
    int session = number(connection, "SELECT pg_backend_pid()");
    if (soak.fence().keepsOut(session, asked)) {
      wrongHolder("session " + session + " was fenced off and lent to " + number);
    }
    Integer other = holders.putIfAbsent(session, number);
    if (other != null) {
      wrongHolder("session " + session + " is held by " + other + " and lent to " + number);
      return;
    }
    try {
      String mark = number + "." + random.nextLong();
      leaveMark(connection, mark);
      if (random.nextInt(4) == 0) {
        connection.setAutoCommit(false);
      }
      for (int i = random.nextInt(QUERIES_MAX); i >= 0; i--) {
        write(connection);
        checkMark(connection, mark);
      }
      if (random.nextInt(4) == 0) {
        readByAPlan(connection);
      }
      if (soak.throwsPlansAway() && connection.getAutoCommit()) {
        throwPlansAway(connection, mark);
      }
      if (random.nextInt(soak.oneMistakeIn()) == 0) {
        mistakes.make(connection);
      }
    } finally {
      holders.remove(session, number);
    }
  }

  /**
   * By a statement that the server prepares at once, and whose plan a change of the table breaks.
   */
  private static void readByAPlan(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT * FROM soak WHERE id = ?")) {
      statement.setInt(1, 1);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
      }
    }
  }

  private void throwPlansAway(Connection connection, String mark) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(random.nextBoolean() ? "DEALLOCATE ALL" : "DISCARD ALL");
    }
    leaveMark(connection, mark); // which DISCARD ALL forgets
    checkMark(connection, mark);
  }

  private static void leaveMark(Connection connection, String mark) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT set_config('soak.holder', ?, false)")) {
      statement.setString(1, mark);
      statement.execute();
    }
  }

  private void checkMark(Connection connection, String mark) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT current_setting('soak.holder')")) {
      rows.next();
      String found = rows.getString(1);
      if (!mark.equals(found)) {
        wrongHolder("left " + mark + " and found " + found);
      }
    }
  }

  private void wrongHolder(String how) {
    soak.ledger().offence(soak.ledger().wrongHolders, "wrong holder: " + how);
  }

  private static void write(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE soak SET n = n + 1 WHERE id = 1 + floor(random() * 100)");
    }
  }

  private static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private void giveBack(Connection connection) {
    try {
      connection.close();
      if (random.nextInt(8) == 0) {
        connection.close(); // which must be harmless
      }
    } catch (SQLException e) {
      soak.ledger().failure("at close " + e.getSQLState());
    } catch (RuntimeException | Error e) {
      soak.ledger().thrownAtBorrower(e);
    }
  }
}
