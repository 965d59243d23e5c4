package dev.sluice.jta;

import dev.sluice.jdbc.Credentials;
import dev.sluice.jdbc.CredentialsSource;
import dev.sluice.jdbc.Secret;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * The resource by which a manager finds and settles the branches that a crash left behind. It opens
 * a connection beside the pool, with credentials of its own, keeps it from the begin of a scan to
 * its end, and otherwise opens one for a call. So it works while the pool is full, suspended or
 * closed. Once it is closed, no connection outlives a call: some managers end no scan. Thread-safe.
 */
final class RecoveryResource implements XAResource {
  private interface Call<T extends @Nullable Object> {
    T on(XAResource resource) throws XAException;
  }

  private final XADataSource source;
  private final CredentialsSource credentials;

  /** The connection of the scan under way. */
  private final AtomicReference<@Nullable XAConnection> scan = new AtomicReference<>();

  private volatile boolean closed;

  RecoveryResource(XADataSource source, CredentialsSource credentials) {
    this.source = source;
    this.credentials = credentials;
  }

  @Override
  public Xid[] recover(int flags) throws XAException {
    boolean begins = (flags & TMSTARTRSCAN) != 0;
    if (begins && !closed) {
      drop(scan.getAndSet(open()));
      if (closed) { // in between
        close();
      }
    }
    try {
      return call(resource -> resource.recover(flags));
    } finally {
      if ((flags & TMENDRSCAN) != 0) {
        drop(scan.getAndSet(null));
      }
    }
  }

  @Override
  public void commit(Xid xid, boolean onePhase) throws XAException {
    done(
        resource -> {
          resource.commit(xid, onePhase);
          return true;
        });
  }

  @Override
  public void rollback(Xid xid) throws XAException {
    done(
        resource -> {
          resource.rollback(xid);
          return true;
        });
  }

  @Override
  public void forget(Xid xid) throws XAException {
    done(
        resource -> {
          resource.forget(xid);
          return true;
        });
  }

  private void done(Call<Boolean> call) throws XAException {
    boolean unused = call(call);
  }

  private <T> T call(Call<T> call) throws XAException {
    XAConnection known = scan.get();
    if (known == null) {
      return once(call);
    }
    try {
      return call.on(resource(known));
    } catch (XAException e) {
      if (isLost(e) && scan.compareAndSet(known, null)) {
        drop(known);
      }
      throw e;
    }
  }

  private <T> T once(Call<T> call) throws XAException {
    XAConnection opened = open();
    try {
      return call.on(resource(opened));
    } finally {
      drop(opened);
    }
  }

  private static boolean isLost(XAException e) {
    return e.errorCode == XAException.XAER_RMFAIL || e.errorCode == XAException.XAER_RMERR;
  }

  private static XAResource resource(XAConnection connection) throws XAException {
    try {
      return connection.getXAResource();
    } catch (SQLException e) {
      throw XaCodes.of(XAException.XAER_RMFAIL, "The connection for recovery is lost", e);
    }
  }

  private XAConnection open() throws XAException {
    try {
      Credentials login = credentials.get();
      Secret password = login.password();
      return login.user() == null && password == null
          ? source.getXAConnection()
          : source.getXAConnection(login.user(), password == null ? null : password.reveal());
    } catch (SQLException e) {
      throw XaCodes.of(XAException.XAER_RMFAIL, "No connection for recovery could be opened", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(e);
    } catch (Exception e) {
      throw unavailable(e);
    }
  }

  private static XAException unavailable(Exception cause) {
    XAException e = XaCodes.of(XAException.XAER_RMFAIL, "There are no credentials for it", null);
    e.initCause(cause);
    return e;
  }

  private static void drop(@Nullable XAConnection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException | RuntimeException e) {
        Log.warning("a connection of recovery could not be closed", e);
      }
    }
  }

  /** Closes the connection of a scan that was not ended; the next scans keep none. */
  void close() {
    closed = true;
    drop(scan.getAndSet(null));
  }

  @Override
  public boolean isSameRM(XAResource other) {
    return equals(other);
  }

  @Override
  public void start(Xid xid, int flags) throws XAException {
    throw XaCodes.of(XAException.XAER_PROTO, "This resource is for recovery alone", null);
  }

  @Override
  public void end(Xid xid, int flags) throws XAException {
    throw XaCodes.of(XAException.XAER_PROTO, "This resource is for recovery alone", null);
  }

  @Override
  public int prepare(Xid xid) throws XAException {
    throw XaCodes.of(XAException.XAER_PROTO, "This resource is for recovery alone", null);
  }

  @Override
  public int getTransactionTimeout() {
    return 0;
  }

  @Override
  public boolean setTransactionTimeout(int seconds) {
    return false;
  }
}
