package dev.sluice.jdbc;

import dev.sluice.jdbc.branch.BranchLease;
import dev.sluice.jdbc.branch.BranchOwner;
import dev.sluice.pool.CloseReason;
import dev.sluice.pool.LeaseFactory;
import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** A lease with several handles. The lease itself is a handle that no borrower ever sees. */
final class SharedLease implements BranchLease {
  private final SluiceConnection lease;
  private final PhysicalConnection physical;
  private final JdbcResourceFactory connections;
  private final BranchOwner owner;

  /** Guards {@link #open}. Nothing is called while it is held. */
  private final ReentrantLock lock = new ReentrantLock();

  /** The handles that their borrowers have not closed. */
  private final Set<BranchConnection> open = new LinkedHashSet<>();

  private final LeaseFactory<PhysicalConnection, BranchConnection> handles =
      (slot, token) -> new BranchConnection(slot, token, this);

  private boolean switchedOff;

  /** Whether the application wants this connection closed, and its transaction rolled back. */
  private volatile boolean condemned;

  SharedLease(SluiceConnection lease, JdbcResourceFactory connections, BranchOwner owner) {
    this.lease = lease;
    this.physical = lease.physical;
    this.connections = connections;
    this.owner = owner;
  }

  /** Switches auto-commit off, if it is on. */
  void begin() throws SQLException {
    switchedOff = lease.getAutoCommit();
    if (switchedOff) {
      lease.setAutoCommit(false);
    }
    physical.notes.inBranch(owner);
    physical.notes.inLease(this);
  }

  @Override
  public Connection driverConnection() {
    return physical.raw;
  }

  @Override
  public Connection openHandle() {
    BranchConnection handle = handles.sublet(physical);
    lock.lock();
    try {
      open.add(handle);
    } finally {
      lock.unlock();
    }
    return handle;
  }

  private List<BranchConnection> handles() {
    lock.lock();
    try {
      return new ArrayList<>(open);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isUsedElsewhere() {
    Thread me = Thread.currentThread();
    for (BranchConnection handle : handles()) {
      if (!me.equals(handle.borrower)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean isUsed() {
    return !handles().isEmpty();
  }

  @Override
  public void endHandles(boolean closeStatements) {
    for (BranchConnection handle : handles()) {
      if (closeStatements) {
        handle.close();
      } else {
        handle.cut();
      }
    }
    if (!closeStatements) {
      physical.notes.inBranch(null); // or the pool would keep handles alive that nobody has
    }
  }

  /** A borrower has closed its handle. */
  void closed(BranchConnection handle) {
    boolean last;
    lock.lock();
    try {
      boolean removed = open.remove(handle);
      lease.inherit(handle);
      last = removed && open.isEmpty();
    } finally {
      lock.unlock();
    }
    if (last) {
      owner.letGo();
    }
  }

  /** The transaction can only be rolled back, and then the connection is closed. */
  void condemn() {
    condemned = true;
  }

  /** The pool took the lease back, and is about to close the connection. */
  void takenBack(CloseReason reason) {
    condemn();
    owner.takenBack(
        new SQLNonTransientConnectionException(
            physical.terms.poolTitle() + " took the connection back" + because(reason),
            SqlStates.CONNECTION_DOES_NOT_EXIST));
    endHandles(false);
  }

  private static String because(CloseReason reason) {
    return switch (reason) {
      case LEAK -> ", because it was held for longer than leakThreshold";
      case POOL_CLOSED -> ", because the pool was closed";
      case EPOCH -> ", because all its connections were evicted";
      default -> "";
    };
  }

  /** Why the lease lasts although its transaction is over; empty if it is not. */
  String whyKept() {
    SQLException why = owner.whyEnded();
    List<BranchConnection> handles = handles();
    if (why == null || handles.isEmpty()) {
      return "";
    }
    return " (%s, but thread '%s' has not closed its handle)"
        .formatted(why.getMessage(), handles.get(0).borrower.getName());
  }

  SQLException refused(String call) {
    return owner.refused(call);
  }

  /** Says why a handle has ended that its borrower did not close. */
  SQLException explained(SQLException closed) {
    SQLException why = owner.whyEnded();
    if (why != null) {
      closed.initCause(why);
    }
    return closed;
  }

  @Override
  public void cancel() throws SQLException {
    physical.running.cut();
    try {
      connections.cancel(physical);
    } catch (SQLException e) {
      throw e;
    } catch (Exception e) {
      throw new SQLException("The running statement could not be cancelled", e);
    }
  }

  @Override
  public boolean mustRollBack() throws SQLException {
    return condemned || physical.probe.hasFailed();
  }

  @Override
  public boolean isLost() {
    try {
      return physical.terms.driver.isClosed(physical.raw);
    } catch (SQLException | RuntimeException e) {
      Log.debug("the driver cannot say whether its connection is closed", e);
      return false;
    }
  }

  @Override
  public void commit() throws SQLException {
    lease.commit();
  }

  @Override
  public void rollback() throws SQLException {
    lease.rollback();
  }

  @Override
  public void giveBack() {
    over();
    if (condemned || !isRestored()) {
      lease.evict();
    } else {
      lease.close();
    }
  }

  /**
   * Switches auto-commit on again. It must not commit anything by that, so a connection on which
   * something was begun after the end of the branch is of no more use.
   */
  private boolean isRestored() {
    if (!lease.isHeld() || lease.isBroken()) {
      return true; // nothing to restore: close sees to it
    }
    try {
      if (physical.probe.inTransaction()) {
        return false;
      }
      physical.transactionEnded();
      if (switchedOff) {
        lease.setAutoCommit(true);
      }
      return true;
    } catch (SQLException | RuntimeException e) {
      Log.debug("auto-commit could not be restored; the pool closes the connection", e);
      return false;
    }
  }

  @Override
  public void discard() {
    over();
    lease.evict();
  }

  private void over() {
    physical.notes.inBranch(null);
    physical.notes.inLease(null);
  }
}
