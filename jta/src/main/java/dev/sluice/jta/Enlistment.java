package dev.sluice.jta;

import dev.sluice.jdbc.branch.BranchLease;
import dev.sluice.jdbc.branch.BranchLending;
import dev.sluice.jdbc.branch.BranchOwner;
import dev.sluice.pool.sql.SqlStates;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * The part that one data source has in one transaction: the lease of a connection, from the first
 * borrower's request until the transaction is complete and every borrower has let go.
 *
 * <h2>States and moves</h2>
 *
 * <p>{@code State} has them, and refuses every other move: managers may call for a lease that is
 * gone.
 *
 * <h2>Invariants, and how each could break</h2>
 *
 * <p>J1: at most one connection per transaction and data source. It would break if two threads of
 * one transaction enlisted at the same time; so the map of enlistments takes one, and the others
 * wait for it ({@link #awaitJoined}).
 *
 * <p>J2: a connection is never lent while its branch is unresolved. It would break if a borrower's
 * {@code close} returned it, or if the completion returned it after an error of the manager's or
 * the driver's. So handles return nothing, and only a lease that is RESOLVED and was never {@link
 * #broken} goes back; every other one is closed. The server then rolls back what was not prepared,
 * and keeps what was.
 *
 * <p>J3: a lease that another thread completed, as a timeout does, is not lent until its borrower
 * has let go. It would break if that borrower passed its check just before the completion, and
 * called the driver just after. So such a lease waits in CUT until the borrower has closed its
 * handles, and is then closed, never lent again. A borrower that never closes them keeps the place,
 * and the pool reports it after {@code leakThreshold}. With {@code leakReclaim} the pool takes the
 * place back. That breaks nothing, because it closes the connection and lends another one.
 *
 * <p>J4: nothing that runs too late is committed. Auto-commit is off from before the branch until
 * after it. So a statement that reaches the server between the end of the branch and the end of the
 * lease begins a transaction that nobody commits.
 *
 * <p>J5: a statement that runs does not delay the rollback by a timeout. The handles end first, and
 * then the server is asked to stop what runs.
 *
 * <p>J6: recovery takes no slot. It opens its connections beside the pool ({@link
 * RecoveryResource}).
 *
 * <p>The lock guards the state. Nothing is called while it is held.
 */
final class Enlistment implements BranchOwner, Synchronization {
  /** Where an enlistment is, and where it may go from there. */
  enum State {
    /** The lease is being acquired, or the branch has not begun. */
    NOT_ENLISTED,
    /** The branch is active, and borrowers may work. */
    ENLISTED,
    /** The manager ended the association, and nobody may work. It may go on later. */
    COMPLETING,
    /** A call failed: the outcome is unknown here, unless a later call or recovery settles it. */
    UNRESOLVED,
    /** The branch is committed or rolled back, or had only read. */
    RESOLVED,
    /** The pool took the lease back while the transaction lasts, which can only roll back. */
    TAKEN_BACK,
    /** The transaction is complete, but a borrower on another thread has not let go. */
    CUT,
    /** The lease is back, or its connection closed. */
    OVER;

    boolean leadsTo(State next) {
      return switch (this) {
        case NOT_ENLISTED -> next == ENLISTED || next == TAKEN_BACK || next == OVER;
        case ENLISTED -> next != NOT_ENLISTED && next != ENLISTED;
        case COMPLETING -> next != NOT_ENLISTED && next != COMPLETING;
        case UNRESOLVED -> next.compareTo(UNRESOLVED) > 0;
        case RESOLVED -> next.compareTo(RESOLVED) > 0;
        case TAKEN_BACK, CUT -> next == OVER;
        case OVER -> false;
      };
    }
  }

  private final JtaDataSource source;
  private final Runnable forget;
  private final CompletableFuture<Boolean> joined = new CompletableFuture<>();
  private final ReentrantLock lock = new ReentrantLock();
  private State state = State.NOT_ENLISTED;

  /** The branch had a failure after which nobody can trust the connection. */
  private boolean broken;

  /** The handles were ended while a borrower on another thread had them. */
  private boolean cut;

  private volatile @Nullable BranchLease lease;
  private volatile @Nullable SQLException whyEnded;

  /**
   * The part of a data source in a transaction, which is yet to be joined.
   *
   * @param source whose part it is
   * @param forget called when the transaction is complete, or was not joined
   */
  Enlistment(JtaDataSource source, Runnable forget) {
    this.source = source;
    this.forget = forget;
  }

  JtaDataSource source() {
    return source;
  }

  // Joining

  /** Acquires a connection and enlists it. The caller that put this into the map calls it once. */
  void join(
      Transaction transaction,
      TransactionSynchronizationRegistry registry,
      BranchLending lending,
      Branch branch)
      throws SQLException {
    boolean done = false;
    try {
      registry.registerInterposedSynchronization(this);
      alsoRegisterWith(transaction);
      BranchLease held = lending.acquire(this);
      lease = held;
      XAResource resource = branch.of(this, held);
      if (resource instanceof LastResource) {
        requireOnlyLast(registry);
      }
      enlist(transaction, resource);
      done = true;
    } catch (RollbackException e) {
      throw cannotJoin("it is marked for rollback", e);
    } catch (SystemException | RuntimeException e) {
      throw cannotJoin("its manager refused the connection", e);
    } finally {
      if (!done) {
        abandon();
      }
      joined.complete(done);
    }
  }

  /**
   * Registers a second time, for managers that forget interposed synchronizations when they roll
   * back. While the interposed ones run before the completion, as Hibernate's does that flushes, a
   * manager takes no other kind any more. Then the first registration has to do.
   */
  private void alsoRegisterWith(Transaction transaction) {
    try {
      transaction.registerSynchronization(this);
    } catch (RollbackException | SystemException | IllegalStateException e) {
      Log.debug("a transaction took the interposed synchronization alone", e);
    }
  }

  private void requireOnlyLast(TransactionSynchronizationRegistry registry) throws SQLException {
    Object other = registry.getResource(LastResource.class);
    if (other instanceof Enlistment present && !present.is(State.OVER)) {
      throw cannotJoin("it has another last resource, and cannot have two", null);
    }
    registry.putResource(LastResource.class, this);
  }

  private void enlist(Transaction transaction, XAResource resource)
      throws SQLException, RollbackException, SystemException {
    if (!transaction.enlistResource(resource) || !is(State.ENLISTED)) {
      throw cannotJoin("its manager did not take the connection", null);
    }
  }

  private static SQLException cannotJoin(String why, @Nullable Throwable cause) {
    return new SQLException(
        "The connection cannot take part in the transaction: " + why,
        SqlStates.TRANSACTION_STATE,
        cause);
  }

  private void abandon() {
    forget.run();
    boolean untouched;
    lock.lock();
    try {
      untouched = move(State.OVER) == State.NOT_ENLISTED && !broken;
    } finally {
      lock.unlock();
    }
    end(untouched);
  }

  /**
   * Waits until the caller that put this into the map has {@linkplain #join joined}.
   *
   * @return false if that failed, and this caller may try
   */
  boolean awaitJoined(Duration limit) throws SQLException {
    try {
      return joined.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException(
          "Interrupted while another thread of the transaction acquired the connection",
          SqlStates.INTERRUPTED,
          e);
    } catch (TimeoutException e) {
      throw new SQLException(
          "Another thread of the transaction has not acquired the connection within " + limit,
          SqlStates.NO_CONNECTION,
          e);
    } catch (ExecutionException e) {
      throw new AssertionError(e); // it is never completed so
    }
  }

  /** A handle for one more borrower. */
  Connection openHandle() throws SQLException {
    BranchLease held = lease;
    if (held == null || !isOpen()) {
      throw notOpen();
    }
    Connection handle = held.openHandle();
    if (!isOpen()) { // it may have come too late to be ended with the others
      handle.close();
      throw notOpen();
    }
    return handle;
  }

  private SQLException notOpen() {
    SQLException why = whyEnded;
    return new SQLException(
        "The transaction gives out no connection any more: it is being completed, is complete, or"
            + " the pool took its connection back",
        SqlStates.TRANSACTION_STATE,
        why);
  }

  private boolean isOpen() {
    lock.lock();
    try {
      return state == State.ENLISTED && !cut;
    } finally {
      lock.unlock();
    }
  }

  private boolean is(State expected) {
    lock.lock();
    try {
      return state == expected;
    } finally {
      lock.unlock();
    }
  }

  // What the resource tells

  /** The branch has begun, or goes on. */
  void started() {
    move(State.ENLISTED);
  }

  /**
   * The manager is about to end the association, or the branch.
   *
   * @param failed whether it will roll back
   */
  void ending(boolean failed) {
    BranchLease held = lease;
    if (held != null && held.isUsedElsewhere()) {
      cut(held, failed);
    }
    move(State.COMPLETING);
  }

  /** The branch is committed or rolled back. */
  void resolved() {
    move(State.RESOLVED);
  }

  /** A call failed. The connection is of no more use, and the branch may be anything. */
  void broke() {
    lock.lock();
    try {
      broken = true;
      move(State.UNRESOLVED);
    } finally {
      lock.unlock();
    }
  }

  /** Makes a legal move, and no other. Returns the state before. */
  private State move(State to) {
    lock.lock();
    try {
      State from = state;
      if (from.leadsTo(to)) {
        state = to;
      }
      return from;
    } finally {
      lock.unlock();
    }
  }

  private void cut(BranchLease held, boolean cancel) {
    lock.lock();
    try {
      cut = true;
    } finally {
      lock.unlock();
    }
    if (whyEnded == null) {
      whyEnded = completedElsewhere(cancel);
    }
    held.endHandles(false);
    if (cancel) {
      try {
        held.cancel();
      } catch (SQLException | RuntimeException e) {
        Log.warning("the statement of a transaction that is rolled back could not be stopped", e);
      }
    }
  }

  private static SQLException completedElsewhere(boolean rolledBack) {
    String by = "by thread '" + Thread.currentThread().getName() + "'";
    return rolledBack
        ? new SQLTransactionRollbackException(
            "The transaction was rolled back " + by + ", for example because its time was up",
            SqlStates.TRANSACTION_ROLLBACK)
        : new SQLException("The transaction was completed " + by, SqlStates.TRANSACTION_STATE);
  }

  // The end

  @Override
  public void beforeCompletion() {}

  /**
   * Ends the lease. A manager calls the interposed synchronization first. So the connection is back
   * in the pool when the application hears of the completion. Atomikos forgets that synchronization
   * when it rolls back; then the other one ends the lease.
   */
  @Override
  public void afterCompletion(int status) {
    forget.run();
    BranchLease held = lease;
    if (held == null || is(State.OVER)) {
      return;
    }
    if (is(State.TAKEN_BACK)) {
      end(finish());
    } else if (isCut() || held.isUsedElsewhere()) {
      cut(held, false);
      move(State.CUT);
      if (!held.isUsed()) {
        letGo();
      }
    } else {
      held.endHandles(true);
      end(finish());
    }
  }

  private boolean isCut() {
    lock.lock();
    try {
      return cut;
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether the connection may be lent again. */
  private boolean finish() {
    lock.lock();
    try {
      return move(State.OVER) == State.RESOLVED && !broken;
    } finally {
      lock.unlock();
    }
  }

  private void end(boolean clean) {
    BranchLease held = lease;
    if (held == null) {
      return;
    }
    if (clean) {
      held.giveBack();
    } else {
      held.discard();
    }
  }

  @Override
  public void letGo() {
    if (is(State.CUT) && move(State.OVER) == State.CUT) {
      end(false);
    }
  }

  @Override
  public void takenBack(SQLException why) {
    SQLException earlier = whyEnded;
    if (earlier != null) {
      why.initCause(earlier);
    }
    whyEnded = why;
    lock.lock();
    try {
      move(state == State.CUT ? State.OVER : State.TAKEN_BACK);
    } finally {
      lock.unlock();
    }
  }

  /** Whether the pool took the connection back before the branch was complete. */
  boolean wasTakenBack() {
    return is(State.TAKEN_BACK);
  }

  @Override
  public SQLException refused(String call) {
    return refusal(call);
  }

  static SQLException refusal(String call) {
    return new SQLException(
        "'" + call + "' is not possible here: only the transaction manager ends the transaction",
        SqlStates.TERMINATION);
  }

  @Override
  public @Nullable SQLException whyEnded() {
    return whyEnded;
  }
}
