package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes a pool's log and calls its listeners, on one of the pool's workers.
 *
 * <p>Loggers and listeners are user code and may block. The keeper serves all pools of the JVM, so
 * it calls none of them. Neither do the threads that serve callers. Messages wait in a bounded
 * queue, in order. The announcer counts the messages that do not fit, and logs the count.
 */
final class Announcer implements Runnable {
  /** How many messages may wait. */
  static final int CAPACITY = 10_000;

  /**
   * The longest look of the keeper. It never blocks, so if a look takes longer, the machine did not
   * run the thread.
   */
  static final long LONGEST_LOOK = TimeUnit.SECONDS.toNanos(1);

  /** Initialised by the first message, so that a pool without messages loads no logging class. */
  private static final class Output {
    static final System.Logger LOG = System.getLogger("dev.sluice.pool");

    private Output() {}
  }

  /**
   * One kind of warning that callers can provoke: at most one line a second. The next line counts
   * the ones left out.
   */
  final class Kind {
    private final String what;
    private final LineLimit limit = new LineLimit();

    private Kind(String what) {
      this.what = what;
    }

    /**
     * Whether an event gets its own line; otherwise it is only counted.
     *
     * @param lasted how long it lasted, in nanoseconds; 0 if it has no duration
     */
    boolean passes(long now, long lasted) {
      return limit.passes(now, lasted);
    }

    /** Logs a warning unless the limit is reached. */
    void warn(Supplier<String> text, @Nullable Throwable thrown) {
      if (passes(platform.nanoTime(), 0)) {
        log(Level.WARNING, text, thrown);
      }
    }

    private void sumUp(long now) {
      if (limit.summaryDue(now)) {
        String summary = limit.takeSummary();
        log(Level.WARNING, () -> "pool '" + pool + "': " + what + ": " + summary);
      }
    }
  }

  private final String pool;
  private final Platform platform;
  private final Platform.Workers workers;
  private final List<Kind> kinds = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();

  /**
   * How many messages are in the queue. An Error between the two changes makes it too small, never
   * too large.
   */
  private final AtomicInteger waiting = new AtomicInteger();

  private final AtomicLong lost = new AtomicLong();

  /** Whether a worker is draining the queue, or will be. */
  private final AtomicBoolean busy = new AtomicBoolean();

  /**
   * Tracks how long messages have waited without a worker. If that lasts, another worker is
   * started.
   */
  private final Lasting stalled = new Lasting();

  private volatile @Nullable Thread speaker;
  private volatile @Nullable Thread keeper;

  /** Whether the pool and its workers have ended. */
  private volatile boolean ended;

  Announcer(String pool, Platform platform, Platform.Workers workers) {
    this.pool = pool;
    this.platform = platform;
    this.workers = workers;
  }

  // ---- the keeper

  /**
   * The running thread is the keeper, and runs this pool's housekeeping until {@link
   * #keeperLeaves}.
   */
  void keeperEnters(long now) {
    keeper = platform.currentThread();
    for (Kind kind : kinds) {
      kind.sumUp(now);
    }
    boolean anyWaits = !queue.isEmpty();
    if (stalled.lasts(anyWaits && isWithoutWorker(), now)) {
      busy.set(false);
    }
    if (anyWaits) {
      start();
    }
  }

  /** Whether the delivering worker has died or was never started. */
  private boolean isWithoutWorker() {
    Thread thread = speaker;
    return busy.get() && (thread == null || !thread.isAlive());
  }

  void keeperLeaves() {
    keeper = null;
  }

  /** Whether the running thread is the keeper, which calls no user code. */
  @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
  boolean onKeeper() {
    Thread current = keeper;
    return current != null && current == platform.currentThread();
  }

  // ---- saying

  /**
   * Creates a kind of message that gets at most one line a second.
   *
   * @param what begins the line that sums up the omitted ones
   */
  Kind kind(String what) {
    Kind kind = new Kind(what);
    kinds.add(kind);
    return kind;
  }

  /** Logs a text on a worker, which also builds it. */
  void log(Level level, Supplier<String> text) {
    say(() -> Output.LOG.log(level, text));
  }

  /** Logs a text with an optional exception. */
  void log(Level level, Supplier<String> text, @Nullable Throwable thrown) {
    if (thrown == null) {
      log(level, text);
    } else {
      say(() -> Output.LOG.log(level, text, thrown));
    }
  }

  /** Logs at once. Only for messages, which run on a worker where a log handler may block. */
  void logNow(Level level, String text) {
    Output.LOG.log(level, text);
  }

  /** Queues a message for delivery on a worker, in order. */
  void say(Runnable message) {
    if (waiting.get() >= CAPACITY) {
      lost.incrementAndGet();
    } else {
      queue.add(message);
      waiting.incrementAndGet();
    }
    start();
  }

  /** Starts a worker. If none is available, the keeper tries again at its next look. */
  private void start() {
    if (!busy.compareAndSet(false, true)) {
      return;
    }
    try {
      workers.execute(this);
    } catch (Throwable e) { // no thread, or the pool has ended
      if (ended && !onKeeper()) {
        run();
      } else {
        busy.set(false);
      }
    }
  }

  /** Delivers until nothing is left. */
  @Override
  public void run() {
    do {
      try {
        deliverAll();
      } finally {
        speaker = null;
        busy.set(false);
      }
    } while (!queue.isEmpty() && busy.compareAndSet(false, true));
  }

  private void deliverAll() {
    speaker = platform.currentThread();
    for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
      waiting.decrementAndGet();
      deliver(next);
    }
    deliver(this::sayWhatWasLost);
  }

  private void deliver(Runnable message) {
    try {
      message.run();
    } catch (Throwable e) {
      // The user's logger must not fail the pool. If it throws, there is nowhere to report it.
      Thread.interrupted();
    }
  }

  private void sayWhatWasLost() {
    long count = lost.getAndSet(0);
    if (count > 0) {
      Output.LOG.log(
          Level.WARNING,
          "pool '"
              + pool
              + "': dropped "
              + Texts.count(count, "message")
              + " because a log handler or a listener was too slow: "
              + CAPACITY
              + " were waiting already. Make it faster, or let it hand its work to another thread");
    }
  }

  // ---- the end

  /**
   * Waits until all messages are delivered, at most this long. A call from inside a message returns
   * at once.
   */
  @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
  void awaitQuiet(long nanos, long step) {
    long deadline = platform.nanoTime() + nanos;
    boolean interrupted = Thread.interrupted();
    while (speaker != platform.currentThread() && (busy.get() || !queue.isEmpty())) {
      long left = deadline - platform.nanoTime();
      if (left <= 0) {
        break;
      }
      start();
      platform.park(this, Math.min(left, step));
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the keeper has left. The caller must ensure that it does not come again. */
  void awaitKeeper(long step) {
    long deadline = platform.nanoTime() + LONGEST_LOOK;
    boolean interrupted = Thread.interrupted();
    while (keeper != null && !onKeeper() && platform.nanoTime() < deadline) {
      platform.park(this, step);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** From now on, a thread whose message no worker takes delivers it itself. */
  void poolEnded() {
    ended = true;
  }

  boolean hasEnded() {
    return ended;
  }

  /** Delivers messages that came after the workers had ended. */
  void deliverTheRest() {
    if (!queue.isEmpty()) {
      start();
    }
  }
}
