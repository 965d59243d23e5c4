package dev.sluice.jta;

import static dev.sluice.jta.Fixture.active;
import static dev.sluice.jta.Fixture.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Eventually;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Money moves between PostgreSQL and MariaDB, while transactions are rolled back, time out, swallow
 * failures and lose their connections. In the end both ledgers have the same entries, and the sum
 * is what it was.
 *
 * <p>{@code -Djta.transfers} says how many transfers; the profile {@code long} has 5,000.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class LedgerTest {
  private static final int THREADS = 4;
  private static final int ACCOUNTS = 20;
  private static final int BALANCE = 1_000;
  private static final int TRANSFERS = Integer.getInteger("sluice.jta.transfers", 400);
  private static final long SEED = 20_261_130;

  private final Fixture fixture = new Fixture();
  private final Servers.Database postgres = bank(Servers.database(Servers.postgres()));
  private final Servers.Database maria = bank(Servers.database(Servers.mariaDb()));
  private final JtaDataSource one = source(postgres);
  private final JtaDataSource two = source(maria);
  private final AtomicInteger next = new AtomicInteger();
  private final Set<Integer> committed = ConcurrentHashMap.newKeySet();
  private final Set<Integer> rolledBack = ConcurrentHashMap.newKeySet();

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private static Servers.Database bank(Servers.Database database) {
    database.execute("CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)");
    for (int i = 0; i < ACCOUNTS; i++) {
      database.execute("INSERT INTO account VALUES (" + i + ", " + BALANCE + ")");
    }
    return database;
  }

  private JtaDataSource source(Servers.Database database) {
    return fixture.source(
        database,
        builder -> builder.pool(pool -> Fixture.login(pool, database).maxSize(THREADS + 1)));
  }

  /** What a transfer does beside moving money. */
  private enum Turn {
    COMMIT,
    ROLL_BACK,
    MARK,
    SWALLOW,
    TIME_OUT,
    LOSE_POSTGRES,
    LOSE_MARIA,
    EVICT;

    static Turn of(SplittableRandom random) {
      int dice = random.nextInt(100);
      if (dice < 70) {
        return COMMIT;
      }
      return dice == 99 ? TIME_OUT : values()[1 + dice % (values().length - 1)];
    }
  }

  @Test
  void ledgersBalanceWhateverHappensToTheTransactions() throws Exception {
    SplittableRandom seeds = new SplittableRandom(SEED);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> runs = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom random = seeds.split();
      runs.add(threads.submit(() -> transferAll(random)));
    }
    for (Future<?> run : runs) {
      run.get();
    }
    threads.shutdown();

    Eventually.await(() -> active(one) == 0 && active(two) == 0, "all leases end");
    Narayana.recover(one, two);
    assertThat(postgres.inDoubt() + maria.inDoubt()).isZero();
    assertThat(committed).isNotEmpty();
    assertThat(rolledBack).isNotEmpty();
    Set<Integer> entries = entries(postgres);
    assertThat(entries(maria)).isEqualTo(entries);
    assertThat(entries).containsAll(committed).doesNotContainAnyElementsOf(rolledBack);
    assertThat(sum(postgres) + sum(maria)).isEqualTo(2 * ACCOUNTS * BALANCE);
    assertThat(entries).hasSizeLessThan(TRANSFERS);
  }

  private Void transferAll(SplittableRandom random) throws Exception {
    int number = next.incrementAndGet();
    while (number <= TRANSFERS) {
      transfer(number, Turn.of(random), random);
      number = next.incrementAndGet();
    }
    return null;
  }

  private void transfer(int number, Turn turn, SplittableRandom random) throws Exception {
    fixture.manager.setTransactionTimeout(turn == Turn.TIME_OUT ? 1 : 60);
    fixture.manager.begin();
    try {
      move(number, turn, random);
    } catch (SQLException e) {
      rollBack(number);
      return;
    }
    switch (turn) {
      case ROLL_BACK -> rollBack(number);
      case MARK -> {
        fixture.manager.setRollbackOnly();
        commit(number);
      }
      default -> commit(number);
    }
  }

  private void move(int number, Turn turn, SplittableRandom random) throws SQLException {
    int amount = random.nextInt(1, 50);
    int from = random.nextInt(ACCOUNTS);
    int to = random.nextInt(ACCOUNTS);
    boolean there = random.nextBoolean();
    book(one, number, from, there ? -amount : amount);
    if (turn == Turn.SWALLOW) {
      swallowAFailure();
    }
    try (Connection connection = two.getConnection()) {
      book(connection, number, to, there ? amount : -amount);
      switch (turn) {
        case LOSE_MARIA -> maria.execute("KILL CONNECTION " + session(connection));
        case EVICT -> two.pool().unwrap(dev.sluice.jdbc.SluiceDataSource.class).evict(connection);
        case TIME_OUT -> sleep(connection);
        default -> {}
      }
    }
    if (turn == Turn.LOSE_POSTGRES) {
      try (Connection connection = one.getConnection()) {
        postgres.execute("SELECT pg_terminate_backend(" + session(connection) + ")");
      }
    }
  }

  private void swallowAFailure() throws SQLException {
    try (Connection connection = one.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1 / 0");
    } catch (SQLException e) {
      if (!"22012".equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  /** Until the transaction has timed out. */
  private static void sleep(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      while (true) {
        statement.execute("SELECT SLEEP(100)");
      }
    }
  }

  private static void book(JtaDataSource source, int number, int account, int amount)
      throws SQLException {
    try (Connection connection = source.getConnection()) {
      book(connection, number, account, amount);
    }
  }

  private static void book(Connection connection, int number, int account, int amount)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO note VALUES (" + number + ", '" + amount + "')");
      statement.execute(
          "UPDATE account SET balance = balance + (" + amount + ") WHERE id = " + account);
    }
  }

  private void commit(int number) throws Exception {
    try {
      fixture.manager.commit();
      committed.add(number);
    } catch (RollbackException e) {
      rolledBack.add(number);
    } catch (HeuristicMixedException | HeuristicRollbackException e) {
      throw new AssertionError("transfer " + number, e);
    }
  }

  private void rollBack(int number) throws Exception {
    if (fixture.manager.getStatus() != Status.STATUS_NO_TRANSACTION) {
      fixture.manager.rollback();
    }
    rolledBack.add(number);
  }

  private static Set<Integer> entries(Servers.Database database) throws SQLException {
    Set<Integer> entries = new TreeSet<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id FROM note")) {
      while (rows.next()) {
        entries.add(rows.getInt(1));
      }
    }
    return entries;
  }

  private static int sum(Servers.Database database) {
    return database.number("SELECT sum(balance) FROM account");
  }
}
