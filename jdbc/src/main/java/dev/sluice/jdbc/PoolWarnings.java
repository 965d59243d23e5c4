package dev.sluice.jdbc;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Logs the warnings of one pool that its borrowers can provoke: at most one line a second of each
 * kind. The rest is counted, and the count is logged. A separate thread writes the lines, because a
 * log handler may block. It ends when it has nothing more to write.
 */
final class PoolWarnings {
  /** The kinds of warnings, with their name in the line that counts the rest. */
  enum Kind {
    CLASSIFIER_FAILED("failures of the error classifier"),
    NOT_COMMITTED("transactions left open that could not be committed"),
    OPEN_TRANSACTION("connections returned in an open transaction"),
    CLOSED_TWICE("connections closed a second time"),
    NOT_RESTORED("changes that cannot be undone");

    private final String what;

    Kind(String what) {
      this.what = what;
    }
  }

  /** How many lines may wait for a slow log handler. The rest is counted. */
  static final int CAPACITY = 100;

  private static final long EVERY = TimeUnit.SECONDS.toNanos(1);

  private final class Limit {
    private final Kind kind;
    private final AtomicLong nextAt = new AtomicLong(System.nanoTime());
    private final LongAdder heldBack = new LongAdder();

    Limit(Kind kind) {
      this.kind = kind;
    }

    boolean passes(long now) {
      long next = nextAt.get();
      boolean passes =
          waiting.get() < CAPACITY && now - next >= 0 && nextAt.compareAndSet(next, now + EVERY);
      if (!passes) {
        heldBack.increment();
      }
      return passes;
    }

    /** Logs the count if it is due. */
    void sumUp(long now) {
      long next = nextAt.get();
      if (heldBack.sum() > 0 && now - next >= 0 && nextAt.compareAndSet(next, now + EVERY)) {
        Log.warning(pool + ": " + kind.what + ": " + heldBack.sumThenReset() + " more");
      }
    }
  }

  private final String pool;
  private final Map<Kind, Limit> limits = new EnumMap<>(Kind.class);
  private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicBoolean busy = new AtomicBoolean();

  /**
   * The warnings of a pool.
   *
   * @param pool the pool's name in messages
   */
  PoolWarnings(String pool) {
    this.pool = pool;
    for (Kind kind : Kind.values()) {
      limits.put(kind, new Limit(kind));
    }
  }

  /** Returns whether a warning of that kind gets a line now. If not, it is counted. */
  boolean passes(Kind kind) {
    boolean passes = Objects.requireNonNull(limits.get(kind)).passes(System.nanoTime());
    if (!passes) {
      start();
    }
    return passes;
  }

  /** Queues a warning that has passed the limit. */
  void warn(String text, @Nullable Throwable cause) {
    queue.add(() -> Log.warning(pool + ": " + text, cause));
    waiting.incrementAndGet();
    start();
  }

  private void start() {
    if (busy.compareAndSet(false, true)) {
      try {
        Thread thread = new Thread(null, this::write, "sluice-log", 0, false);
        thread.setDaemon(true);
        thread.start();
      } catch (Throwable e) { // no thread to be had: the next warning tries again
        busy.set(false);
      }
    }
  }

  private void write() {
    do {
      try {
        do {
          writeAll();
        } while (waitsForCount());
      } finally {
        busy.set(false);
      }
    } while (!queue.isEmpty() && busy.compareAndSet(false, true));
  }

  private void writeAll() {
    for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
      waiting.decrementAndGet();
      write(next);
    }
    for (Limit limit : limits.values()) {
      write(() -> limit.sumUp(System.nanoTime()));
    }
  }

  private static void write(Runnable line) {
    try {
      line.run();
    } catch (RuntimeException | Error e) {
      // The user's logger must not fail the pool. If it throws, there is nowhere to report it.
      Thread.interrupted();
    }
  }

  /** Waits until a count may be logged; returns whether there is one. */
  private boolean waitsForCount() {
    boolean any = !queue.isEmpty();
    for (Limit limit : limits.values()) {
      any |= limit.heldBack.sum() > 0;
    }
    if (any) {
      try {
        TimeUnit.NANOSECONDS.sleep(EVERY / 10);
      } catch (InterruptedException e) {
        return false; // a count that is left is logged with the next line
      }
    }
    return any;
  }
}
