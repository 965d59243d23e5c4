package dev.sluice.faults;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;

/**
 * Uses the pool at the end of its stack, so that a real StackOverflowError comes in the middle of
 * some call of the pool's or the driver's: it sinks until the stack is full, and on the way up
 * tries at random places, until a few uses in a row find room.
 *
 * <p>An overflow may strike in the listener too, before an entry is in the books. So the books may
 * be wrong by one lease for each attempt, and not by more.
 */
final class DeepCaller implements Runnable {
  private static final long STACK_BYTES = 512 << 10;
  private static final int ATTEMPTS_MAX = 24;

  /** One place in so many is tried. */
  private static final int EVERY = 4;

  /** Room enough was found so often, and further up there is more. */
  private static final int SUCCESSES = 2;

  private static final Duration PATIENCE = Duration.ofMillis(100);

  private final Soak soak;
  private final Random random;
  private int attempts;
  private int overflows;
  private int successes;

  private DeepCaller(Soak soak, long seed) {
    this.soak = soak;
    this.random = new Random(seed);
  }

  static Thread thread(Soak soak) {
    DeepCaller caller = new DeepCaller(soak, soak.random().nextLong());
    return new Thread(null, caller, "soak-deep", STACK_BYTES);
  }

  @Override
  public void run() {
    sink();
    soak.ledger().deepAttempts.add(attempts);
    soak.ledger().overflows.add(overflows);
  }

  @SuppressWarnings("InfiniteRecursion") // it ends with the stack
  private void sink() {
    try {
      sink();
    } catch (StackOverflowError e) {
      overflows++; // counts the way down as well, once
    }
    if (successes < SUCCESSES && attempts < ATTEMPTS_MAX && random.nextInt(EVERY) == 0) {
      attempt();
    }
  }

  private void attempt() {
    attempts++;
    try (Connection connection = soak.pool().getConnection(PATIENCE)) {
      use(connection);
      successes++;
    } catch (SQLException e) {
      soak.ledger().failure("deep down " + e.getSQLState());
    }
  }

  private void use(Connection connection) throws SQLException {
    int number = attempts;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT " + number)) {
      rows.next();
      if (rows.getInt(1) != number) {
        soak.ledger().offence(soak.ledger().wrongHolders, "the answer of somebody else, deep down");
      }
    }
  }
}
