package dev.sluice.jdbc;

import dev.sluice.jdbc.ErrorClassifier.Verdict;
import dev.sluice.pool.Lease;
import dev.sluice.pool.Slot;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * The part of a borrower's connection below JDBC: the guards that lead to the driver's connection,
 * the judging of what the driver throws, and the list of what has to be closed.
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

  /** Someone is closing this handle and the connection is not clean; set atomically, once. */
  private static final int CLOSING = 1 << 4;

  final PhysicalConnection physical;
  @Nullable Tracked tracked;
  int flags;

  ConnectionLease(Slot<PhysicalConnection> slot, long token) {
    super(slot, token);
    physical = resource();
  }

  /** This, as what it leads to sees it. */
  abstract SluiceConnection handle();

  // Guards

  /** Returns the driver's connection while the lease lasts. */
  final Connection raw() throws SQLException {
    if (!isHeld()) {
      throw closed();
    }
    return physical.raw;
  }

  /** As {@link #raw}, for calls after which the connection may have warnings. */
  final Connection rawUsed() throws SQLException {
    Connection raw = raw();
    if ((flags & USED) == 0) {
      useFirst();
    }
    return raw;
  }

  /** The warnings that the last borrower left are dropped now: a look at them finds none. */
  private void useFirst() throws SQLException {
    flags |= USED;
    try {
      physical.dropWarnings();
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  /** As {@link #rawUsed}, for calls that begin a transaction where auto-commit is off. */
  final Connection rawInTransaction() throws SQLException {
    Connection raw = rawUsed();
    physical.touch();
    return raw;
  }

  /** What a caller is told who uses the connection after its lease has ended. */
  final SQLException closed() {
    return explained(
        new SQLNonTransientConnectionException(
            "This connection was " + end() + "; it can no longer be used",
            SqlStates.CONNECTION_DOES_NOT_EXIST));
  }

  /** As {@link #raw}, for streams. */
  final void requireHeldForStream() throws IOException {
    if (!isHeld()) {
      throw new IOException("This stream can no longer be used" + whyClosed(), closed());
    }
  }

  /** Why something that belongs to this lease is closed, as the rest of a sentence. */
  final String whyClosed() {
    return isHeld() ? "" : ": its connection was " + end();
  }

  private String end() {
    return "returned to " + physical.terms.poolTitle() + " or taken back by it";
  }

  /** Adds what is known of the end of the lease. */
  SQLException explained(SQLException closed) {
    return closed;
  }

  // What the driver throws

  /**
   * Judges what a call into the driver threw: returns an {@link SQLException} and throws anything
   * else. An {@link Error} may have left the driver in the middle of the protocol, so it closes the
   * connection; another unchecked exception has it checked before it is lent again.
   *
   * <p>The caller has counted {@code physical.unjudged} up before this call, and this method counts
   * it down once it knows better. So a connection is closed too if there was neither stack nor
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

  /** As {@link #failed}, for streams: what caused their exception tells what it means. */
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

  /** What becomes of the connection, by all that was thrown in this lease. */
  final Verdict verdict() {
    Verdict settled = physical.judgement.settled(Verdict.of(flags & VERDICT));
    boolean isWorse = physical.unjudged != 0 && settled.severity < Verdict.EVICT.severity;
    return isWorse ? Verdict.EVICT : settled;
  }

  /** Throws on what a driver in another language may throw without declaring it. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // erased: nothing is cast
  static <T extends Throwable> T unchecked(Throwable thrown) throws T {
    throw (T) thrown;
  }

  // What has to be closed

  /** Remembers something that must be closed before the connection is lent again. */
  final void track(Tracked item) {
    Tracked head = tracked;
    item.next = head;
    if (head != null) {
      head.previous = item;
    }
    tracked = item;
  }

  /** Forgets something that was closed; harmless if it is not in the list. */
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

  /** Statements that closed themselves need no reset. */
  final void dropFinished() throws SQLException {
    for (Tracked item = tracked; item != null; ) {
      Tracked next = item.next;
      if (item.isFinished()) {
        untrack(item);
      }
      item = next;
    }
  }

  /** Lets one of several threads that close at the same time pass, and only once. */
  final boolean beginClosing() {
    return isHeld() && ((int) FLAGS.getAndBitwiseOr(this, CLOSING) & CLOSING) == 0;
  }
}
