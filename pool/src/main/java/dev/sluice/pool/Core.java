package dev.sluice.pool;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The parts of one pool that all its helper classes share. */
final class Core<R> {
  /** How soon the pool retries a task that found no worker. */
  static final long WITHOUT_A_WORKER = TimeUnit.MILLISECONDS.toNanos(1);

  final PoolConfig config;
  final Platform platform;
  final Platform.Workers workers;
  final ResourceFactory<R> factory;
  final Announcer announcer;
  final SafeListener listener;

  /**
   * The word for a resource in messages. The pool asks for it once, so that building a message
   * cannot fail.
   */
  final String noun;

  final Signals signals = new Signals();
  final SlotArray<R> slots;
  final WaitQueue<R> queue;
  final Counters counters;

  /** The pool's part in what it shares with others. */
  final Share<R> share;

  /** The periods in which opens were in flight; written by the {@link Opener}. */
  final OpeningTimes openingTimes = new OpeningTimes();

  /**
   * Why opening fails; null if it works, as far as the pool knows. Written by the {@link Opener}.
   */
  volatile @Nullable Outage outage;

  /** Tasks that found no worker: at most one for each slot and each lane of futures. */
  private final ConcurrentLinkedQueue<Runnable> postponed = new ConcurrentLinkedQueue<>();

  private volatile boolean activated;
  private Platform.@Nullable Chore housekeeping;

  Core(
      LeaseOwner<Slot<R>> owner,
      PoolConfig config,
      ResourceFactory<R> factory,
      List<PoolListener> listeners,
      Platform platform) {
    this.config = config;
    this.platform = platform;
    this.factory = factory;
    this.noun = factory.noun();
    signals.startClock(platform.nanoTime());
    this.counters = new Counters(signals.now());
    this.workers = platform.workers(config.name());
    this.announcer = new Announcer(config.name(), platform, workers);
    this.listener = new SafeListener(listeners, config, announcer);
    this.slots = new SlotArray<>(owner, signals, config);
    this.queue = new WaitQueue<>(signals);
    this.share = new Share<>(config, platform, signals, slots);
  }

  /** The pool's name for messages. */
  String poolName() {
    return "pool '" + config.name() + "'";
  }

  /** Whether any resource can serve a caller who waits, now or when it comes back. */
  boolean anyServes() {
    return slots.anyServes(signals.replaceBefore());
  }

  /** Describes a failure to open, even if the factory's own code cannot. */
  String explain(Throwable openFailure) {
    try {
      return factory.explain(openFailure);
    } catch (Throwable e) {
      return Texts.of(openFailure);
    }
  }

  /** Sets the chore that {@link #wakeBy} wakes. Called once, before the pool is used. */
  void housekeeping(Platform.Chore chore) {
    housekeeping = chore;
    share.keeper(chore);
  }

  /** Makes the housekeeping run by then at the latest. */
  void wakeBy(long nanoTime) {
    platform.wake(Objects.requireNonNull(housekeeping), nanoTime);
  }

  /** Starts the housekeeping. */
  void attach() {
    platform.attach(Objects.requireNonNull(housekeeping));
  }

  /** Stops the housekeeping. */
  void detach() {
    platform.detach(Objects.requireNonNull(housekeeping));
  }

  /**
   * Ends the workers once nothing is left that only they may do. The keeper never blocks, so it
   * finishes a look that it has begun.
   *
   * @param patience how long to wait for a log handler or a listener that is behind, in nanoseconds
   * @param step the polling interval, in nanoseconds
   */
  void endWorkers(long patience, long step) {
    detach();
    announcer.awaitKeeper(step);
    retryPostponed();
    announcer.awaitQuiet(patience, step);
    announcer.poolEnded();
    workers.shutdown();
    retryPostponed();
    announcer.deliverTheRest();
  }

  /**
   * Runs a task that may call user code on a worker. If no worker is available, the keeper tries
   * again at its next look, because the caller may hold a lock. Once the pool is closing, the
   * keeper looks no more and no caller holds a lock, so the task runs here.
   */
  void elsewhere(Runnable task) {
    try {
      workers.execute(task);
    } catch (Throwable e) { // no thread, no memory, or the pool is closed
      if (signals.closed() && !announcer.onKeeper()) {
        task.run();
      } else {
        postponed.add(task);
        wakeBy(platform.nanoTime() + WITHOUT_A_WORKER);
      }
    }
  }

  /** Whether a task waits for a worker. */
  boolean anyPostponed() {
    return !postponed.isEmpty();
  }

  /** Retries the tasks that found no worker. The keeper calls it. */
  void retryPostponed() {
    for (int left = postponed.size(); left > 0; left--) {
      Runnable task = postponed.poll();
      if (task != null) {
        elsewhere(task);
      }
    }
  }

  /** Whether a caller has asked for a resource, or the pool was started to fill itself. */
  boolean activated() {
    return activated;
  }

  void activate() {
    if (!activated) {
      activated = true;
      wakeBy(platform.nanoTime());
    }
  }

  /**
   * Asks the factory, which is user code. The keeper reports only failures that it cannot judge.
   */
  boolean isPermanent(Throwable cause) {
    if (announcer.onKeeper()) {
      return false;
    }
    try {
      return factory.isPermanent(cause);
    } catch (Throwable e) {
      listener.tell(l -> l.backgroundError("classify a failure to open", e));
      return false;
    }
  }
}
