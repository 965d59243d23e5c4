package dev.sluice.jta;

import dev.sluice.jdbc.branch.BranchLease;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** A connection that knows one phase. */
final class LocalBranch implements LastResource, Enlisted {
  private final Enlistment enlistment;
  private final BranchLease lease;

  private LocalBranch(Enlistment enlistment, BranchLease lease) {
    this.enlistment = enlistment;
    this.lease = lease;
  }

  /** Makes the resource of an enlistment. */
  static XAResource of(Enlistment enlistment, BranchLease lease) {
    return new LocalBranch(enlistment, lease);
  }

  @Override
  public Enlistment enlistment() {
    return enlistment;
  }

  @Override
  public void start(Xid xid, int flags) {
    enlistment.started();
  }

  @Override
  public void end(Xid xid, int flags) {
    if (flags != TMSUSPEND) {
      enlistment.ending(flags == TMFAIL);
    }
  }

  @Override
  public int prepare(Xid xid) throws XAException {
    rollback(xid);
    throw XaCodes.of(
        XAException.XA_RBPROTO,
        "A connection without two phases cannot prepare, and was rolled back. Use an XADataSource,"
            + " or tell the transaction manager of "
            + LastResource.class.getName(),
        null);
  }

  @Override
  public void commit(Xid xid, boolean onePhase) throws XAException {
    enlistment.ending(false);
    if (enlistment.wasTakenBack()) {
      throw XaCodes.of(
          XAException.XA_RBROLLBACK,
          "The transaction was rolled back: the pool took its connection back",
          null);
    }
    try {
      lease.commit();
    } catch (SQLTransactionRollbackException e) {
      enlistment.resolved();
      throw XaCodes.of(XAException.XA_RBROLLBACK, "The transaction was rolled back", e);
    } catch (SQLException e) {
      throw outcome(xid, e);
    }
    enlistment.resolved();
  }

  /** A commit that failed on a connection that still rolls back has not happened. */
  private XAException outcome(Xid xid, SQLException failure) {
    try {
      rollback(xid);
      return XaCodes.of(XAException.XA_RBROLLBACK, "The commit failed", failure);
    } catch (XAException e) {
      failure.addSuppressed(e);
      return XaCodes.of(
          XAException.XAER_RMFAIL, "The commit failed, and its outcome is unknown", failure);
    }
  }

  @Override
  public void rollback(Xid xid) throws XAException {
    enlistment.ending(true);
    if (enlistment.wasTakenBack()) {
      return; // the server rolls back what a closed connection left
    }
    try {
      lease.rollback();
    } catch (SQLException e) {
      enlistment.broke();
      throw XaCodes.of(XAException.XAER_RMFAIL, "The rollback failed", e);
    }
    enlistment.resolved();
  }

  @Override
  public void forget(Xid xid) {}

  @Override
  public Xid[] recover(int flags) {
    return new Xid[0];
  }

  @Override
  public boolean isSameRM(XAResource other) {
    return equals(other);
  }

  @Override
  public int getTransactionTimeout() {
    return 0;
  }

  @Override
  public boolean setTransactionTimeout(int seconds) {
    return false;
  }

  @Override
  public String toString() {
    return "last resource on " + lease.driverConnection();
  }
}
