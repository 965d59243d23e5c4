package dev.sluice.pool;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The parts of one pool that all of its helpers share. They know the core, and not each other. */
final class Core<R> {
  /** How soon a task is tried again that found no worker. */
  static final long WITHOUT_A_WORKER = TimeUnit.MILLISECONDS.toNanos(1);

  final PoolConfig config;
  final Platform platform;
  final Platform.Workers workers;
  final ResourceFactory<R> factory;
  final Announcer announcer;
  final SafeListener listener;

  /** What a resource is called in messages; asked for once, so that telling can't fail on it. */
  final String noun;

  final Signals signals = new Signals();
  final SlotArray<R> slots;
  final WaitQueue<R> queue;
  final Counters counters = new Counters();

  /** When something was being opened; written by the {@link Opener}. */
  final OpeningTimes openingTimes = new OpeningTimes();

  /** Why opening fails, null if it works as far as known; written by the {@link Opener}. */
  volatile @Nullable Outage outage;

  /** What there was no worker for: one task for each slot and each lane of futures at most. */
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
    this.workers = platform.workers(config.name());
    this.announcer = new Announcer(config.name(), platform, workers);
    this.listener = new SafeListener(listeners, config, announcer);
    this.slots = new SlotArray<>(owner, signals, config);
    this.queue = new WaitQueue<>(signals);
  }

  /** How the pool is called in messages. */
  String poolName() {
    return "pool '" + config.name() + "'";
  }

  /** Tells of a failure to open; the factory's own code may not be able to. */
  String explain(Throwable openFailure) {
    try {
      return factory.explain(openFailure);
    } catch (Throwable e) {
      return Texts.of(openFailure);
    }
  }

  /** Names the chore that {@link #wakeBy} wakes; called once, before the pool is used. */
  void housekeeping(Platform.Chore chore) {
    housekeeping = chore;
  }

  /** Has the housekeeping run by then at the latest. */
  void wakeBy(long nanoTime) {
    platform.wake(Objects.requireNonNull(housekeeping), nanoTime);
  }

  /** Has the housekeeping run from now on. */
  void attach() {
    platform.attach(Objects.requireNonNull(housekeeping));
  }

  /** Has it run no longer. */
  void detach() {
    platform.detach(Objects.requireNonNull(housekeeping));
  }

  /**
   * Ends the workers, once nothing is left that only they may do. The keeper never blocks, so it
   * ends the look that it may be at.
   *
   * @param patience how long to wait for a log handler or a listener that is behind, in nanoseconds
   * @param step how often to look
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
   * Runs a task that may call the user's code on a worker. Where none can be had, the keeper tries
   * again at its next look, because the caller may hold a lock. Once the pool closes, the keeper
   * looks no more and no caller holds a lock. Then the task runs here.
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

  /** Tries again to have the tasks run that found no worker; the keeper calls it. */
  void retryPostponed() {
    for (int left = postponed.size(); left > 0; left--) {
      Runnable task = postponed.poll();
      if (task != null) {
        elsewhere(task);
      }
    }
  }

  /** Whether anybody has asked for a resource, or the pool was told to fill itself. */
  boolean activated() {
    return activated;
  }

  void activate() {
    if (!activated) {
      activated = true;
      wakeBy(platform.nanoTime());
    }
  }
}
