package dev.sluice.jta;

import dev.sluice.jdbc.branch.BranchLease;
import java.sql.Connection;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/**
 * The driver's resource, with an eye on what happens to its branch. It is the same resource as
 * itself alone, since hardly a driver can do the work of two connections in one branch.
 */
final class XaBranch implements Enlisted {
  private static final String LOST =
      "The connection of the branch is lost, and so the server rolls it back";

  private interface Step {
    void run() throws XAException;
  }

  private final Enlistment enlistment;
  private final BranchLease lease;
  private final XaConnection connection;
  private final XAResource driver;

  /** Whether the branch was rolled back, after which the driver does not know it any more. */
  private volatile boolean rolledBack;

  /** Whether the branch may outlive its connection. */
  private volatile boolean mayBePrepared;

  private XaBranch(
      Enlistment enlistment, BranchLease lease, XaConnection connection, XAResource driver) {
    this.enlistment = enlistment;
    this.lease = lease;
    this.connection = connection;
    this.driver = driver;
  }

  /** Makes the resource of an enlistment. */
  static XAResource of(Enlistment enlistment, BranchLease lease) throws SQLException {
    Connection raw = lease.driverConnection();
    XaConnection connection =
        raw instanceof XaConnection ours ? ours : raw.unwrap(XaConnection.class);
    return new XaBranch(enlistment, lease, connection, connection.resource());
  }

  @Override
  public Enlistment enlistment() {
    return enlistment;
  }

  @Override
  public void start(Xid xid, int flags) throws XAException {
    if (flags != TMRESUME) { // the driver did not hear of the suspension
      run(() -> driver.start(xid, flags));
    }
    connection.inBranch(true);
    enlistment.started();
  }

  /**
   * Ends the association. A suspension is kept from the driver: the connection is the transaction's
   * alone and does nothing else meanwhile, and drivers for databases that cannot suspend refuse.
   */
  @Override
  public void end(Xid xid, int flags) throws XAException {
    if (flags == TMSUSPEND) {
      return;
    }
    enlistment.ending(flags == TMFAIL);
    try {
      run(() -> driver.end(xid, flags));
    } catch (XAException e) {
      if (XaCodes.isRolledBack(e) || !isLost()) {
        throw e;
      }
      rolledBack = true;
      throw XaCodes.after(e, XAException.XA_RBCOMMFAIL, LOST);
    }
  }

  @Override
  public int prepare(Xid xid) throws XAException {
    rollBackIfFailed(xid);
    mayBePrepared = true;
    int[] vote = new int[1];
    run(() -> vote[0] = driver.prepare(xid));
    if (vote[0] == XA_RDONLY) {
      resolved();
    }
    return vote[0];
  }

  @Override
  public void commit(Xid xid, boolean onePhase) throws XAException {
    if (onePhase) {
      rollBackIfFailed(xid);
    }
    run(() -> driver.commit(xid, onePhase));
    resolved();
  }

  /**
   * Refuses to prepare or commit a transaction in which a statement has failed, if the server will
   * roll it back, or whose connection is lost. Some servers answer such a commit with a rollback,
   * and not with an error.
   */
  private void rollBackIfFailed(Xid xid) throws XAException {
    boolean failed;
    try {
      failed = isLost() || lease.mustRollBack();
    } catch (SQLException e) {
      enlistment.broke();
      throw XaCodes.of(XAException.XAER_RMFAIL, "The driver does not tell of its transaction", e);
    }
    if (failed) {
      rollback(xid);
      throw XaCodes.of(
          XAException.XA_RBROLLBACK,
          "The transaction was rolled back: a statement of it had failed, or its connection was lost"
              + " or evicted",
          null);
    }
  }

  /** Rolls back. A server does that by itself when it loses a connection with a branch in it. */
  @Override
  public void rollback(Xid xid) throws XAException {
    if (rolledBack) {
      return;
    }
    enlistment.ending(true);
    try {
      run(() -> driver.rollback(xid));
    } catch (XAException e) {
      if (mayBePrepared || !isLost()) {
        throw e;
      }
      rolledBack = true;
      return;
    }
    rolledBack = true;
    resolved();
  }

  /** Whether the connection is closed, or the pool is about to close it. */
  private boolean isLost() {
    return enlistment.wasTakenBack() || lease.isLost();
  }

  private void resolved() {
    connection.inBranch(false);
    enlistment.resolved();
  }

  @Override
  public void forget(Xid xid) throws XAException {
    run(() -> driver.forget(xid));
  }

  /**
   * Makes a call. After a failure nobody can trust the connection. Some drivers give their
   * exceptions no code of XA, and then a manager must fear the worst.
   */
  private void run(Step step) throws XAException {
    boolean done = false;
    try {
      step.run();
      done = true;
    } catch (XAException e) {
      if (!XaCodes.isKnown(e)) {
        e.errorCode = XAException.XAER_RMFAIL;
      }
      throw e;
    } finally {
      if (!done) {
        enlistment.broke();
      }
    }
  }

  @Override
  public Xid[] recover(int flags) throws XAException {
    return driver.recover(flags);
  }

  @Override
  public boolean isSameRM(XAResource other) {
    return equals(other);
  }

  @Override
  public int getTransactionTimeout() throws XAException {
    return driver.getTransactionTimeout();
  }

  @Override
  public boolean setTransactionTimeout(int seconds) throws XAException {
    return driver.setTransactionTimeout(seconds);
  }

  @Override
  public String toString() {
    return "branch on " + connection;
  }
}
