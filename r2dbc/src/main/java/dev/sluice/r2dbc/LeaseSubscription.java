package dev.sluice.r2dbc;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.Pool;
import io.r2dbc.spi.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * One subscriber's way to a connection.
 *
 * <pre>
 *   SUBSCRIBED → WAITING       the first request
 *   WAITING → LENT             the pool lends a connection, whose event loop is to deliver it
 *   LENT → PREPARING           the loop has come to it; its hooks run
 *   PREPARING → WAITING        the connection proves dead: another one is awaited
 *   PREPARING → DELIVERING     onNext begins
 *   DELIVERING → DELIVERED     onNext has returned, or its thread has cancelled within it
 *   DELIVERING → CANCELLED     another thread cancels while onNext runs
 *   SUBSCRIBED | WAITING | LENT | PREPARING → CANCELLED   cancel
 *   SUBSCRIBED | WAITING | LENT | PREPARING → FAILED      onError follows
 * </pre>
 *
 * WAITING covers all that the engine does for a waiter: it waits for a connection to come back, or
 * to be opened, checked or cleaned, all within one deadline. {@link LoopWatch} keeps the deadline
 * where the engine has done its part and the connection's loop is blocked.
 *
 * <ul>
 *   <li>P1: only the first request acquires. So a subscription holds at most one lease at a time.
 *   <li>P2: each move is one compare-and-set. DELIVERED, CANCELLED and FAILED are final.
 *   <li>P3: the thread that moves out of LENT or PREPARING owns the lease: it goes on with it, or
 *       gives it back. A lease that arrives when the state is no longer WAITING goes back at once.
 *   <li>P4: onNext is called only after the move to DELIVERING, which a cancelled subscription
 *       cannot make. So nothing is delivered after a cancellation.
 *   <li>P5: a cancellation that meets onNext is ambiguous: the subscriber may have dropped the
 *       connection. If nobody has used it when onNext returns, it goes back, and whoever may have
 *       kept it can no longer use it. A subscriber that cancels from within onNext, as operators do
 *       that want one value, has it.
 *   <li>P6: onError and onComplete follow a move to FAILED or DELIVERED by the same thread, so
 *       there is one of them at most, and none after a cancellation.
 * </ul>
 */
final class LeaseSubscription implements Subscription {
  private static final int SUBSCRIBED = 0;
  private static final int WAITING = 1;
  private static final int PREPARING = 2;
  private static final int DELIVERING = 3;
  private static final int DELIVERED = 4;
  private static final int CANCELLED = 5;
  private static final int FAILED = 6;
  private static final int LENT = 7;

  private final Terms terms;
  private final Pool<PhysicalConnection, ConnectionLease> pool;
  private final AcquireOptions options;
  private final Subscriber<? super Connection> subscriber;
  private final AtomicInteger state = new AtomicInteger(SUBSCRIBED);

  /** The engine's waiter; written before the state is looked at again. */
  private volatile @Nullable CompletableFuture<ConnectionLease> acquiring;

  /** The lease while the state is LENT or PREPARING; written before that. */
  private volatile @Nullable ConnectionLease lease;

  /** The hooks that run; set before they start, so that a cancellation knows of them. */
  private volatile boolean hooksStarted;

  private volatile @Nullable Steps hooks;
  private volatile @Nullable Thread deliverer;

  /** Whether the watch has found it after the deadline once: the loop has until the next look. */
  private boolean late;

  private long since;

  LeaseSubscription(
      Terms terms,
      Pool<PhysicalConnection, ConnectionLease> pool,
      AcquireOptions options,
      Subscriber<? super Connection> subscriber) {
    this.terms = terms;
    this.pool = pool;
    this.options = options;
    this.subscriber = subscriber;
  }

  private boolean move(int from, int to) {
    return state.compareAndSet(from, to);
  }

  // ---- the subscriber's calls

  @Override
  public void request(long n) {
    if (n <= 0) {
      fail(new IllegalArgumentException("request(" + n + "): must be positive (rule 3.9)"));
    } else if (move(SUBSCRIBED, WAITING)) {
      since = terms.nanoTime().getAsLong();
      acquire(options);
    }
  }

  @Override
  public void cancel() {
    while (!cancelFrom(state.get())) {
      // the state has changed meanwhile
    }
  }

  /** Cancels in this state; false if it is another one by now. */
  private boolean cancelFrom(int now) {
    return switch (now) {
      case SUBSCRIBED -> move(SUBSCRIBED, CANCELLED);
      case WAITING -> {
        boolean cancelled = move(WAITING, CANCELLED);
        if (cancelled) {
          cancelAcquisition();
        }
        yield cancelled;
      }
      case LENT -> {
        boolean cancelled = move(LENT, CANCELLED);
        if (cancelled) {
          Objects.requireNonNull(lease).giveBack();
        }
        yield cancelled;
      }
      case PREPARING -> {
        boolean cancelled = move(PREPARING, CANCELLED);
        if (cancelled) {
          giveBackPrepared("its subscriber cancelled while postAllocate ran");
        }
        yield cancelled;
      }
      case DELIVERING -> move(DELIVERING, isDeliverer() ? DELIVERED : CANCELLED);
      default -> true;
    };
  }

  @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
  private boolean isDeliverer() {
    return deliverer == Thread.currentThread();
  }

  /** Leaves the engine's queue. A lease that comes at this moment goes back there. */
  private void cancelAcquisition() {
    CompletableFuture<ConnectionLease> waiter = acquiring;
    if (waiter != null) {
      waiter.cancel(false);
    }
  }

  /** P3: the caller has moved the state out of PREPARING. */
  private void giveBackPrepared(String why) {
    ConnectionLease prepared = Objects.requireNonNull(lease);
    if (!hooksStarted) {
      prepared.giveBack();
      return;
    }
    prepared.discardBroken(why);
    Steps running = hooks;
    if (running != null) {
      running.stop(new IllegalStateException(why));
    }
  }

  private void fail(Throwable failure) {
    if (move(SUBSCRIBED, FAILED)) {
      subscriber.onError(failure);
    } else if (move(WAITING, FAILED)) {
      cancelAcquisition();
      subscriber.onError(failure);
    } else if (move(LENT, FAILED)) {
      Objects.requireNonNull(lease).giveBack();
      subscriber.onError(failure);
    } else if (move(PREPARING, FAILED)) {
      giveBackPrepared("its subscriber broke the rules while postAllocate ran");
      subscriber.onError(failure);
    }
  }

  // ---- acquiring

  private void acquire(AcquireOptions within) {
    CompletableFuture<ConnectionLease> waiter = pool.acquireAsyncOn(within, this::loopOf);
    acquiring = waiter;
    if (state.get() == CANCELLED) {
      waiter.cancel(false); // it was cancelled before it could see the waiter
    }
    var unused = waiter.whenComplete(this::settled);
  }

  /** The connection's loop, watched from the moment on in which it has something to deliver. */
  private @Nullable Executor loopOf(PhysicalConnection connection) {
    Executor loop = connection.loop;
    if (loop == null) {
      return null;
    }
    return delivery -> {
      terms.loopWatch().queued(connection, this);
      loop.execute(
          () -> {
            terms.loopWatch().left(connection, this);
            delivery.run();
          });
    };
  }

  private void settled(@Nullable ConnectionLease lent, @Nullable Throwable failure) {
    if (lent == null) {
      if (move(WAITING, FAILED)) {
        subscriber.onError(Failures.of(Objects.requireNonNull(failure)));
      }
      return;
    }
    lease = lent;
    if (!move(WAITING, LENT)) {
      lent.giveBack();
    } else if (lent.connection.isOnLoop()) {
      prepare(lent);
    } else {
      terms.loopWatch().queued(lent.connection, this);
      lent.connection.onItsLoop(
          () -> {
            terms.loopWatch().left(lent.connection, this);
            prepare(lent);
          });
    }
  }

  /**
   * Whether the connection's loop has come to this subscription, or need not any more. If it does
   * not before the deadline, the subscriber fails now. The watch alone calls it.
   */
  boolean needsLoopNoMore(PhysicalConnection connection) {
    int now = state.get();
    if (now != WAITING && now != LENT) {
      return true;
    }
    if (!left().isZero()) {
      return false;
    }
    if (!late) {
      late = true; // even for a caller who does not wait, a loop needs a moment
      return false;
    }
    if (move(WAITING, FAILED)) {
      cancelAcquisition(); // the loop gives the lease back when it comes to it
      subscriber.onError(loopBlocked(connection));
    } else if (move(LENT, FAILED)) {
      Objects.requireNonNull(lease).giveBack();
      subscriber.onError(loopBlocked(connection));
    }
    return true;
  }

  private Throwable loopBlocked(PhysicalConnection connection) {
    return Failures.timedOut(
        "Pool '"
            + terms.poolName()
            + "' lent a connection, but its event loop"
            + connection.loopName()
            + " did not deliver it before the acquisition's deadline. The loop is blocked or"
            + " overloaded. Look for calls that block on that thread.");
  }

  /** Runs on the connection's loop, or where the lease was got if it has none. */
  private void prepare(ConnectionLease lent) {
    if (!move(LENT, PREPARING)) {
      return; // P3: who has moved it gives it back
    }
    if (!lent.connection.isOpenLocally()) {
      if (move(PREPARING, WAITING)) {
        lent.discardDead();
        acquire(options.withTimeout(left()));
      }
      return;
    }
    List<Publisher<Void>> steps = terms.hooks().before(lent.connection.raw);
    if (steps.isEmpty()) {
      deliver(lent);
      return;
    }
    hooksStarted = true;
    if (state.get() == PREPARING) {
      long limit = Math.max(0, left().toNanos());
      hooks = Steps.run(steps, limit, terms.timer(), failure -> hooksEnded(lent, failure));
    }
  }

  /** What is left of the one deadline. */
  private Duration left() {
    Duration own = options.timeout();
    Duration limit = own != null ? own : terms.config().acquireTimeout();
    Duration left = limit.minusNanos(terms.nanoTime().getAsLong() - since);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private void hooksEnded(ConnectionLease lent, @Nullable Throwable failure) {
    if (failure == null) {
      deliver(lent);
    } else if (move(PREPARING, FAILED)) {
      lent.discardBroken("postAllocate failed: " + failure);
      subscriber.onError(failure instanceof TimeoutException ? timedOut() : failure);
    }
  }

  private Throwable timedOut() {
    return Failures.timedOut(
        "Pool '"
            + terms.poolName()
            + "' lent a connection, but postAllocate did not complete within the time that was left"
            + " of the acquisition. The connection was closed. Look for what the hook waits for, or"
            + " raise maxAcquireTime.");
  }

  private void deliver(ConnectionLease lent) {
    PooledConnection connection = new PooledConnection(terms, lent);
    deliverer = Thread.currentThread();
    if (!move(PREPARING, DELIVERING)) {
      return; // P3: who has cancelled gives it back
    }
    boolean taken = false;
    try {
      subscriber.onNext(connection);
      taken = true;
    } finally {
      if (!taken) {
        state.set(CANCELLED); // rule 2.13: it threw, so it has no subscription any more
        connection.giveBackIfUntouched();
      }
    }
    if (move(DELIVERING, DELIVERED)) {
      subscriber.onComplete();
    } else if (state.get() == CANCELLED) {
      connection.giveBackIfUntouched(); // P5
    }
  }
}
