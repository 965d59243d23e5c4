package dev.sluice.r2dbc;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.ValidationDepth;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A driver's connection in the pool, with what it was when it was opened and what its borrower has
 * changed since. The borrower's threads and the pool's workers use it in turn.
 */
final class PhysicalConnection {
  /** A transaction was begun by the SPI's methods and has not ended by them. */
  static final int TRANSACTION = 1;

  static final int AUTO_COMMIT = 1 << 1;
  static final int ISOLATION = 1 << 2;
  static final int LOCK_TIMEOUT = 1 << 3;
  static final int STATEMENT_TIMEOUT = 1 << 4;

  /** The SQL of a statement may have begun a transaction or changed the session. */
  static final int SQL_TRANSACTION = 1 << 5;

  static final int SQL_SESSION = 1 << 6;

  /** A statement was created, which holds the driver's connection, not the handle. */
  static final int USED = 1 << 7;

  private static final int DIRT = ~USED;

  final Connection raw;
  final Dialect dialect;

  /** The connection's event loop, and its thread; null if it has none. */
  final @Nullable Executor loop;

  private final @Nullable Thread loopThread;

  /** Who waits until the loop delivers the connection; null if nobody does. */
  final AtomicReference<@Nullable LeaseSubscription> recipient = new AtomicReference<>();

  /** Whether {@link LoopWatch} looks after it. */
  final AtomicBoolean watched = new AtomicBoolean();

  private final boolean autoCommit;
  private final IsolationLevel isolation;
  private final AtomicInteger changes = new AtomicInteger();

  /**
   * Takes in a new connection.
   *
   * @param openedOn the thread on which the driver delivered it, which is the loop's if it has one
   */
  PhysicalConnection(Connection raw, Thread openedOn) {
    this.raw = raw;
    this.dialect = Dialect.of(raw);
    this.loop = EventLoops.of(raw);
    this.loopThread = loop == null ? null : openedOn;
    this.autoCommit = raw.isAutoCommit();
    this.isolation = raw.getTransactionIsolationLevel();
  }

  /** Whether a task on the connection's loop may run here and now. */
  @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
  boolean isOnLoop() {
    return loop == null || Thread.currentThread() == loopThread;
  }

  /** The loop's thread in quotes after a blank; empty if it is not known. */
  String loopName() {
    return loopThread == null ? "" : " '" + loopThread.getName() + "'";
  }

  /** Runs the task on the connection's event loop; at once if there is none or this is it. */
  void onItsLoop(Runnable task) {
    if (loop == null || isOnLoop()) {
      task.run();
      return;
    }
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) { // the loop ends, but the caller must be told
      task.run();
    }
  }

  boolean initialAutoCommit() {
    return autoCommit;
  }

  IsolationLevel initialIsolation() {
    return isolation;
  }

  /** Notes a change; cheap if it is known. */
  void note(int change) {
    if ((changes.get() & change) != change) {
      changes.accumulateAndGet(change, (was, more) -> was | more);
    }
  }

  void forget(int change) {
    changes.accumulateAndGet(change, (was, less) -> was & ~less);
  }

  int changes() {
    return changes.get();
  }

  boolean isUsed() {
    return (changes.get() & USED) != 0;
  }

  /** A lease begins: the connection is clean. */
  void begin() {
    if (changes.get() != 0) {
      changes.set(0);
    }
  }

  /** Whether a borrower may have left something that the next one must not find. */
  boolean isDirty() {
    return (changes.get() & DIRT) != 0 || raw.isAutoCommit() != autoCommit;
  }

  /**
   * Whether the driver takes the connection for open. It asks no server and does not wait: a driver
   * that does not answer at once counts as agreeing.
   */
  boolean isOpenLocally() {
    LocalCheck check = new LocalCheck();
    try {
      raw.validate(ValidationDepth.LOCAL).subscribe(check);
    } catch (RuntimeException e) {
      return false; // a connection that cannot even be asked
    }
    return check.verdict();
  }

  private static final class LocalCheck implements Subscriber<Boolean> {
    private @Nullable Subscription subscription;
    private volatile boolean dead;
    private volatile boolean answered;

    boolean verdict() {
      Subscription begun = subscription;
      if (!answered && begun != null) {
        begun.cancel();
      }
      return !dead;
    }

    @Override
    public void onSubscribe(Subscription begun) {
      subscription = begun;
      begun.request(1);
    }

    @Override
    public void onNext(Boolean alive) {
      dead = !alive;
      answered = true;
    }

    @Override
    public void onError(Throwable failure) {
      dead = true;
      answered = true;
    }

    @Override
    public void onComplete() {
      answered = true;
    }
  }
}
