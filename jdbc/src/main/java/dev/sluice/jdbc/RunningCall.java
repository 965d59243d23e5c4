package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether the server may be running something for a borrower whose lease is cut: then it is asked
 * to stop that, once. For any thread.
 */
final class RunningCall {
  private final Connection raw;
  private volatile boolean inPoolsHands;
  private volatile boolean cut;
  private final AtomicBoolean cancelled = new AtomicBoolean();

  RunningCall(Connection raw) {
    this.raw = raw;
  }

  /** Notes whether a call of the pool's own is under way, for which nobody asks the server. */
  void inPoolsHands(boolean on) {
    inPoolsHands = on;
  }

  /** Notes that somebody else than the borrower may have ended the lease, in the middle of it. */
  void cut() {
    cut = true;
  }

  boolean wasCut() {
    return cut;
  }

  /** Whether the server shall be asked to stop what the borrower is running; true once. */
  boolean mayCancel() throws SQLException {
    return cancelled.compareAndSet(false, true) && !inPoolsHands && !raw.isClosed();
  }
}
