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
  private volatile boolean ended;

  DirectSource(Target target, int atOnce) {
    this.target = target;
    this.permits = new Semaphore(atOnce, true);
  }

  @Override
  public String label() {
    return "without pool";
  }

  @Override
  public void lend(int caller, Crowd.Work work) throws SQLException {
    permits.acquireUninterruptibly();
    active.incrementAndGet();
    try {
      connectFor(work);
    } finally {
      active.decrementAndGet();
      permits.release();
    }
  }

  private void connectFor(Crowd.Work work) throws SQLException {
    if (ended) {
      throw new SQLException("The time is over");
    }
    try (Connection connection = target.connect()) {
      opened.incrementAndGet();
      work.run(connection);
    }
  }

  @Override
  public void end() {
    ended = true;
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
