package dev.sluice.pool;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A lock for a few steps that run on borrowers' threads and neither block nor call foreign code.
 *
 * <p>A borrower's stack may overflow at any call, even that of an unlock method. Then an ordinary
 * lock may stay locked for ever, by a thread that went on without knowing it. The keeper would wait
 * for that lock, and with it every pool of the JVM. This lock is released by a store to a field,
 * which needs no room on the stack:
 *
 * <pre>{@code
 * lock.lock();
 * try {
 *   …
 * } finally {
 *   lock.owner = null;
 * }
 * }</pre>
 *
 * <p>A monitor would also work, but it pins the carriers of virtual threads on older JVMs, and has
 * no {@code tryLock}. Not reentrant. Waiting threads poll, because a release that wakes a thread
 * would be a call.
 */
final class StepLock {
  private static final int SPINS = 100;
  private static final long POLL_NANOS = 20_000;
  private static final AtomicReferenceFieldUpdater<StepLock, Thread> OWNER =
      AtomicReferenceFieldUpdater.newUpdater(StepLock.class, Thread.class, "owner");

  /** The thread that holds the lock. It releases the lock by setting this to null. */
  volatile @Nullable Thread owner;

  /** Takes the lock if it is free. */
  boolean tryLock() {
    return OWNER.compareAndSet(this, null, Thread.currentThread());
  }

  void lock() {
    for (int tries = 0; !tryLock(); tries++) {
      if (tries < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, POLL_NANOS);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
  boolean isHeldByCurrentThread() {
    return owner == Thread.currentThread();
  }
}
