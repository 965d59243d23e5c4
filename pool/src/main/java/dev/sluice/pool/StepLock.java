package dev.sluice.pool;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A lock for a few steps that neither block nor call foreign code, and that are run on borrowers'
 * threads.
 *
 * <p>A borrower's stack may overflow at any call, that of an unlock method included: a lock that is
 * released by a method may then stay locked for ever, by a thread that went on and does not know.
 * The keeper would wait for it, and with it every pool of the JVM. This one is released by a store
 * to a field, which needs no room on the stack:
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
 * <p>A monitor would do as well, but pins the carriers of virtual threads on older JVMs, and cannot
 * be tried. Not reentrant. Who waits polls, since a release that wakes somebody would be a call.
 */
final class StepLock {
  private static final int SPINS = 100;
  private static final long POLL_NANOS = 20_000;
  private static final AtomicReferenceFieldUpdater<StepLock, Thread> OWNER =
      AtomicReferenceFieldUpdater.newUpdater(StepLock.class, Thread.class, "owner");

  /** Who holds it; its owner releases it by setting this to null. */
  volatile @Nullable Thread owner;

  /** Takes it, if nobody holds it. */
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
