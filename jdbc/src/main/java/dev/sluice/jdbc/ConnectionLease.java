package dev.sluice.jdbc;

import dev.sluice.jdbc.ErrorClassifier.Verdict;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.Lease;
import dev.sluice.pool.Slot;
import dev.sluice.pool.sql.SqlStates;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * The part of a borrower's connection below JDBC: the guards around the driver's connection, the
 * judging of the driver's exceptions, and the list of objects to close.
 */
abstract class ConnectionLease extends Lease<PhysicalConnection> {
  private static final VarHandle FLAGS;

  static {
    try {
      FLAGS = MethodHandles.lookup().findVarHandle(ConnectionLease.class, "flags", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The bits of {@link #flags} that hold a {@link Verdict}. */
  private static final int VERDICT = 0b111;

  /** The driver's connection was used in this lease. */
  static final int USED = 1 << 3;

  /** This lease has asked for a session state. */
  private static final int SESSION = 1 << 5;

  /** A thread is closing this handle and the connection is not clean; set atomically, once. */
  private static final int CLOSING = 1 << 4;

  final PhysicalConnection physical;
  @Nullable Tracked tracked;
  int flags;

  ConnectionLease(Slot<PhysicalConnection> slot, long token) {
    super(slot, token);
    physical = resource();
  }

  /** This handle, typed for the objects that it hands out. */
  abstract SluiceConnection handle();

  // Guards

  /** Returns the driver's connection while the lease lasts. */
  final Connection raw() throws SQLException {
    if (!isHeld()) {
      throw closed();
    }
    return physical.raw;
  }

  /** Like {@link #raw}, for calls after which the connection may have warnings. */
  final Connection rawUsed() throws SQLException {
    Connection raw = raw();
    if ((flags & USED) == 0) {
      useFirst();
    }
    return raw;
  }

  /** Like {@link #raw}, in the session state of this lease. Not a use. */
  final Connection rawInState() throws SQLException {
    Connection raw = raw();
    LeaseSession session = physical.session;
    if (session != null && (flags & USED) == 0) {
      enter(session);
    }
    return raw;
  }

  /** Drops the last borrower's warnings at the first use, so that this borrower never sees them. */
  private void useFirst() throws SQLException {
    LeaseSession session = physical.session;
    if (session != null) {
      enter(session);
    }
    flags |= USED;
    try {
      physical.dropWarnings();
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  /** Gives the session the state of this lease. Until that succeeds, the lease cannot be used. */
  private void enter(LeaseSession session) throws SQLException {
    try {
      session.enter((flags & SESSION) != 0);
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  /** Notes, at the begin of the lease, the session state that its options ask for. */
  final void begin(AcquireOptions options) {
    if (options.session() != null && (flags & SESSION) == 0) {
      flags |= SESSION;
      physical.want(SessionState.of(options));
    }
  }

  /** Like {@link #rawUsed}, for calls that begin a transaction if auto-commit is off. */
  final Connection rawInTransaction() throws SQLException {
    Connection raw = rawUsed();
    physical.touch();
    return raw;
  }

  /** The exception for using the connection after its lease has ended. */
  final SQLException closed() {
    return explained(
        new SQLNonTransientConnectionException(
            "Connection is closed: it was " + end() + ", and can no longer be used",
            SqlStates.CONNECTION_DOES_NOT_EXIST));
  }

  /** Like {@link #raw}, for streams. */
  final void requireHeldForStream() throws IOException {
    if (!isHeld()) {
      throw new IOException("This stream can no longer be used" + whyClosed(), closed());
    }
  }

  /** Why an object of this lease is closed, as the end of a sentence. */
  final String whyClosed() {
    return isHeld() ? "" : ": its connection was " + end();
  }

  private String end() {
    if (wasTakenBack() && physical.running.wasOverdue()) {
      return "taken back by "
          + physical.terms.poolTitle()
          + " because the deadline of its lease had passed (AcquireOptions.withLeaseDeadline)";
    }
    return "returned to " + physical.terms.poolTitle() + " or taken back by it";
  }

  /** Adds what is known about the end of the lease. */
  SQLException explained(SQLException closed) {
    return closed;
  }

  // The driver's exceptions

  /**
   * Judges an exception from a driver call: returns an {@link SQLException} and throws anything
   * else. An {@link Error} may have left the driver in the middle of the protocol, so the pool
   * closes the connection. After another unchecked exception, the pool checks it before it lends it
   * again.
   *
   * <p>The caller has incremented {@code physical.unjudged} before this call, and this method
   * decrements it after judging. So a connection is also closed if there was not enough stack or
   * memory to judge an exception.
   */
  final SQLException failed(Throwable thrown) {
    if (thrown instanceof SQLException e) {
      note(physical.judge(e), e);
      physical.unjudged--;
      return e;
    }
    if (DriverSupport.isMissing(thrown)) {
      physical.unjudged--; // nothing was done: the driver does not have what was called
      throw ConnectionLease.<RuntimeException>unchecked(thrown);
    }
    if (thrown instanceof Error error) {
      physical.judgement.condemnedBy(error);
      throw error;
    }
    physical.errorSeen();
    note(Verdict.CHECK, thrown);
    physical.unjudged--;
    throw ConnectionLease.<RuntimeException>unchecked(thrown);
  }

  /** Like {@link #failed}, for streams: the cause of their exception decides. */
  final IOException failedStream(Throwable thrown) {
    if (!(thrown instanceof IOException e)) {
      return new IOException(failed(thrown));
    }
    if (e.getCause() instanceof SQLException cause) {
      note(physical.judge(cause), cause);
    } else {
      note(Verdict.CHECK, e);
    }
    physical.unjudged--;
    return e;
  }

  private void note(Verdict verdict, Throwable thrown) {
    if (verdict.severity > (flags & VERDICT)) {
      flags = (flags & ~VERDICT) | verdict.severity;
      physical.judgement.condemnedBy(thrown);
    }
  }

  /** Adopts what the exceptions of a handle that shares this lease have meant. */
  final void inherit(ConnectionLease handle) {
    int theirs = handle.flags & VERDICT;
    if (theirs > (flags & VERDICT)) {
      flags = (flags & ~VERDICT) | theirs;
    }
  }

  /** What happens to the connection, by all exceptions of this lease. */
  final Verdict verdict() {
    Verdict settled = physical.judgement.settled(Verdict.of(flags & VERDICT));
    boolean isWorse = physical.unjudged != 0 && settled.severity < Verdict.EVICT.severity;
    return isWorse ? Verdict.EVICT : settled;
  }

  /** Whether the pool will close the connection when this lease, which lasts, ends. */
  final boolean isBroken() {
    return isHeld() && verdict().condemns();
  }

  /**
   * Rethrows a checked exception that a driver in another language may throw without declaring it.
   */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // erased: nothing is cast
  static <T extends Throwable> T unchecked(Throwable thrown) throws T {
    throw (T) thrown;
  }

  // Objects to close

  /** Remembers an object that must be closed before the connection is lent again. */
  final void track(Tracked item) {
    Tracked head = tracked;
    item.next = head;
    if (head != null) {
      head.previous = item;
    }
    tracked = item;
  }

  /** Forgets an object that was closed; harmless if it is not in the list. */
  @SuppressWarnings("ReferenceEquality") // a link is itself and nothing else
  final void untrack(Tracked item) {
    Tracked previous = item.previous;
    Tracked next = item.next;
    if (previous != null) {
      previous.next = next;
      item.previous = null;
    } else if (tracked == item) {
      tracked = next;
    }
    if (next != null) {
      next.previous = previous;
      item.next = null;
    }
  }

  /** Drops statements that closed themselves, because they need no reset. */
  final void dropFinished() throws SQLException {
    for (Tracked item = tracked; item != null; ) {
      Tracked next = item.next;
      if (item.isFinished()) {
        untrack(item);
      }
      item = next;
    }
  }

  /** Returns true for only one of several threads that close at the same time, and only once. */
  final boolean beginClosing() {
    return isHeld() && ((int) FLAGS.getAndBitwiseOr(this, CLOSING) & CLOSING) == 0;
  }
}
