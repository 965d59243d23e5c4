package dev.sluice.faults;

import dev.sluice.jdbc.SluiceDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A borrower that holds a lock at the server and runs a statement of thirty seconds, so that its
 * lease must be cut: taken back as a leak, evicted, or cut by the close of its pool.
 */
final class SleepingBorrower implements Runnable {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Soak soak;
  private final SluiceDataSource pool;
  private final int lock;
  private volatile @Nullable Connection held;

  /** {@code lock} is a row of {@code soak_locks}, from 1. */
  SleepingBorrower(Soak soak, SluiceDataSource pool, int lock) {
    this.soak = soak;
    this.pool = pool;
    this.lock = lock;
  }

  @Override
  public void run() {
    Attempt attempt = Attempt.at(pool, PATIENCE);
    Connection connection = attempt.connection();
    if (connection == null) {
      return;
    }
    held = connection;
    try (connection;
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("UPDATE soak_locks SET n = n + 1 WHERE id = " + lock);
      statement.execute("SELECT pg_sleep(30)");
      soak.ledger().offence(soak.ledger().notCut, "a statement of 30 s was not cut");
    } catch (SQLException e) {
      soak.ledger().failure("cut off " + e.getSQLState());
    } finally {
      held = null;
    }
  }

  /** Has the pool take its connection away from it, if it has one. */
  void evict() {
    Connection connection = held;
    if (connection != null) {
      try {
        soak.ledger().evicted.add(pool.evict(connection) ? 1 : 0);
      } catch (SQLException e) {
        soak.ledger().failure("evicted " + e.getSQLState());
      }
    }
  }
}
