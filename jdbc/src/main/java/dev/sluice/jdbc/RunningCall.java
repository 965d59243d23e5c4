package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Knows whether the server may still be running a statement of a cut lease. If so, the pool asks
 * the server once to stop it. Thread-safe.
 */
final class RunningCall {
  private final Connection raw;
  private volatile boolean inPoolsHands;
  private volatile boolean cut;
  private volatile boolean overdue;
  private final AtomicBoolean cancelled = new AtomicBoolean();

  RunningCall(Connection raw) {
    this.raw = raw;
  }

  /** Records whether one of the pool's own calls is in progress, which the pool does not cancel. */
  void inPoolsHands(boolean on) {
    inPoolsHands = on;
  }

  /**
   * Records that someone other than the borrower may have ended the lease in the middle of a
   * statement.
   */
  void cut() {
    cut = true;
  }

  /** Notes that the lease was cut because its own deadline had passed. */
  void overdue() {
    overdue = true;
  }

  boolean wasOverdue() {
    return overdue;
  }

  boolean wasCut() {
    return cut;
  }

  /** Whether to ask the server to stop the borrower's running statement; true only once. */
  boolean mayCancel() throws SQLException {
    return cancelled.compareAndSet(false, true) && !inPoolsHands && !raw.isClosed();
  }
}
