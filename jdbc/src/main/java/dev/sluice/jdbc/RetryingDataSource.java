package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Asks again for a connection when the pool had none to spare. Thread-safe. */
final class RetryingDataSource extends ViewDataSource {
  private final RetryPolicy policy;
  private final RetryClock clock;

  RetryingDataSource(SluiceDataSource dataSource, RetryPolicy policy, RetryClock clock) {
    super(dataSource);
    this.policy = policy;
    this.clock = clock;
  }

  @Override
  public Connection getConnection() throws SQLException {
    RetryAttempts attempts = new RetryAttempts(policy, clock);
    while (true) {
      try {
        return dataSource.getConnection();
      } catch (SQLException e) {
        if (!isPassing(e) || !attempts.pause(e)) {
          throw e;
        }
      }
    }
  }

  /** Whether the pool was too busy. A database that is down is no matter for a few attempts. */
  private static boolean isPassing(SQLException e) {
    return (e instanceof PoolExhaustedException && !(e instanceof SelfDeadlockException))
        || e instanceof AcquireTimeoutException
        || e instanceof AcquireShedException
        || e instanceof WaitQueueFullException
        || e instanceof PoolSuspendedException;
  }

  @Override
  public String toString() {
    return dataSource + " with " + policy;
  }
}
