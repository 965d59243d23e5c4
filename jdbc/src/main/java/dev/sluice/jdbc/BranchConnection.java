package dev.sluice.jdbc;

import dev.sluice.pool.Slot;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A borrower's connection within a transaction that it does not end itself. Several may lead to the
 * same physical connection ({@link SharedLease}), each with statements of its own. They know what
 * became of the session together, as the physical connection does.
 */
final class BranchConnection extends SluiceConnection {
  private final SharedLease shared;

  /** Who asked for it. */
  final Thread borrower = Thread.currentThread();

  private final AtomicBoolean closed = new AtomicBoolean();

  BranchConnection(Slot<PhysicalConnection> slot, long token, SharedLease shared) {
    super(slot, token);
    this.shared = shared;
  }

  /** Ends this handle and closes its statements. The connection stays with the transaction. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      closeStatements();
    } finally {
      release();
      shared.closed(this);
    }
  }

  private void closeStatements() {
    if (tracked == null || !isHeld()) {
      return;
    }
    try {
      Tracked.closeAll(tracked);
    } catch (SQLException | RuntimeException | Error e) {
      physical.unjudged++;
      Log.debug("a forgotten statement could not be closed", failed(e));
    } finally {
      tracked = null;
    }
  }

  /** Ends this handle while its borrower still holds it. The borrower closes it later. */
  void cut() {
    release();
  }

  @Override
  SQLException explained(SQLException ended) {
    return closed.get() ? ended : shared.explained(ended);
  }

  @Override
  public void abort(@Nullable Executor executor) throws SQLException {
    try {
      super.abort(executor);
    } finally {
      if (executor != null) {
        shared.condemn();
        close();
      }
    }
  }

  /** Ends this handle, and rolls the transaction back when that is completed. */
  @Override
  boolean evict() {
    boolean held = isHeld();
    shared.condemn();
    close();
    return held;
  }

  @Override
  public void commit() throws SQLException {
    refuse("commit");
  }

  @Override
  public void rollback() throws SQLException {
    refuse("rollback");
  }

  /** Refuses to switch it on. Off is what it is. */
  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    raw();
    if (autoCommit) {
      refuse("setAutoCommit");
    }
  }

  void refuse(String call) throws SQLException {
    raw();
    throw shared.refused(call);
  }
}
