package dev.sluice.cli;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Opens a connection for each operation and closes it after that; no more at once than the pool
 * had, so that the server is not flooded.
 */
final class DirectSource implements Demo.Place {
  private final Target target;
  private final Semaphore permits;
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicLong opened = new AtomicLong();

  DirectSource(Target target, int atOnce) {
    this.target = target;
    this.permits = new Semaphore(atOnce, true);
  }

  @Override
  public String label() {
    return "without pool";
  }

  @Override
  public void lend(Crowd.Work work) throws SQLException {
    permits.acquireUninterruptibly();
    try (Connection connection = target.connect()) {
      opened.incrementAndGet();
      use(connection, work);
    } finally {
      permits.release();
    }
  }

  private void use(Connection connection, Crowd.Work work) throws SQLException {
    active.incrementAndGet();
    try {
      work.run(connection);
    } finally {
      active.decrementAndGet();
    }
  }

  @Override
  public Demo.Gauge gauge() {
    return new Demo.Gauge(active.get(), -1, permits.getQueueLength(), opened.get());
  }

  @Override
  public void close() {
    // each connection was closed when its work was done
  }
}
