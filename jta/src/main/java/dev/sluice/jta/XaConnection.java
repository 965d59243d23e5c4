package dev.sluice.jta;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;

/**
 * What a slot of the pool holds: the one JDBC connection of an {@code XAConnection}, for all its
 * life. Closing it closes both. While it works for a branch it refuses to end the transaction, also
 * for who has unwrapped it.
 */
final class XaConnection extends ForwardingConnection {
  private final XAConnection both;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean inBranch;

  private XaConnection(XAConnection both, Connection delegate) {
    super(delegate);
    this.both = both;
  }

  static XaConnection of(XAConnection both) throws SQLException {
    try {
      return new XaConnection(both, both.getConnection());
    } catch (SQLException | RuntimeException e) {
      closeAfter(e, both);
      throw e;
    }
  }

  static void closeAfter(Throwable failure, XAConnection opened) {
    try {
      opened.close();
    } catch (SQLException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  XAResource resource() throws SQLException {
    return both.getXAResource();
  }

  void inBranch(boolean on) {
    inBranch = on;
  }

  @Override
  public void commit() throws SQLException {
    requireOutside("commit");
    super.commit();
  }

  @Override
  public void rollback() throws SQLException {
    requireOutside("rollback");
    super.rollback();
  }

  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    requireOutside("setAutoCommit");
    super.setAutoCommit(autoCommit);
  }

  private void requireOutside(String call) throws SQLException {
    if (inBranch) {
      throw Enlistment.refusal(call);
    }
  }

  @Override
  public void close() throws SQLException {
    if (closed.compareAndSet(false, true)) {
      both.close();
    }
  }

  @Override
  public boolean isClosed() throws SQLException {
    return closed.get() || super.isClosed();
  }

  @Override
  public String toString() {
    return delegate.toString();
  }
}
