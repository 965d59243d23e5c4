package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A pool that lends resources: fairly, within a deadline, never more than its maximum. Thread-safe.
 *
 * <p>Callers that find no free resource wait in one queue, first come, first served, whether they
 * block or not. A returned resource goes directly to the first of them ({@link Fairness} says which
 * callers may barge ahead). The pool opens, checks, cleans and closes resources on its workers,
 * never on a caller's thread.
 *
 * @param <R> the resource
 * @param <L> the handle that borrowers get
 */
public final class Pool<R, L extends Lease<R>> implements AutoCloseable {
  private final Engine<R> engine;
  private final Lender<R, L> lender;
  private final AsyncAcquisition<R, L> async;

  private Pool(Engine<R> engine, LeaseFactory<R, L> leases) {
    this.engine = engine;
    this.lender = new Lender<>(engine, leases);
    this.async = new AsyncAcquisition<>(engine, lender);
  }

  /**
   * Builds a pool and starts it as its {@link PoolConfig#startPolicy} says.
   *
   * @param listeners receive the pool's events, in addition to listeners that {@link
   *     java.util.ServiceLoader} finds
   * @throws AcquireException if the start policy is FAIL_FAST and no resource could be opened
   */
  public static <R, L extends Lease<R>> Pool<R, L> create(
      PoolConfig config,
      ResourceFactory<R> resources,
      LeaseFactory<R, L> leases,
      PoolListener... listeners)
      throws AcquireException {
    ContextLoader home = ContextLoader.of(config);
    ClassLoader own = home.enter(); // for what is made here: workers, and whoever shall listen
    try {
      List<PoolListener> all = new ArrayList<>(List.of(listeners));
      all.addAll(GlobalListeners.load());
      return create(new Engine<>(config, resources, all, SystemPlatform.INSTANCE), leases);
    } finally {
      home.leave(own);
    }
  }

  static <R, L extends Lease<R>> Pool<R, L> create(
      PoolConfig config,
      ResourceFactory<R> resources,
      LeaseFactory<R, L> leases,
      PoolListener listener,
      Platform platform)
      throws AcquireException {
    return create(new Engine<>(config, resources, List.of(listener), platform), leases);
  }

  static <R, L extends Lease<R>> Pool<R, L> create(Engine<R> engine, LeaseFactory<R, L> leases)
      throws AcquireException {
    engine.attach();
    Pool<R, L> pool = new Pool<>(engine, leases);
    StartPolicy policy = engine.core.config.startPolicy();
    if (policy != StartPolicy.LAZY) {
      engine.start();
    }
    if (policy == StartPolicy.FAIL_FAST) {
      engine.failUnlessOpens();
    }
    return pool;
  }

  // ---- acquiring

  /**
   * Acquires a resource, waiting up to {@link PoolConfig#acquireTimeout}.
   *
   * @throws AcquireException if none is available in time; {@link AcquireException#kind} says why
   * @throws InterruptedException if the thread was interrupted while it waited; an interrupted
   *     thread that need not wait is served
   */
  public L acquire() throws AcquireException, InterruptedException {
    Slot<R> slot = engine.takeAtOnce();
    return lender.lease(slot != null ? slot : engine.awaitSlot(AcquireOptions.DEFAULT));
  }

  /** Like {@link #acquire()}, with options for this call. */
  public L acquire(AcquireOptions options) throws AcquireException, InterruptedException {
    Slot<R> slot = engine.takeAtOnce(options);
    if (slot == null) {
      slot = engine.awaitSlot(options);
    }
    lender.note(slot, slot.glance(), options);
    return lender.lease(slot);
  }

  /**
   * Acquires at once or not at all. If only an idle resource that needs a check is free, this
   * method waits for the check, at most 20 ms. The pool opens nothing for this caller, but if it is
   * below its maximum, it opens a resource for the next one.
   *
   * @return the lease, or empty if nothing is free
   * @throws AcquireException if trying again soon is pointless: the pool is closed, is suspended
   *     (thrown after those 20 ms if something is idle), sheds load, or cannot open resources; not
   *     if it is merely busy
   * @throws InterruptedException if the thread was interrupted while it waited for a check
   */
  public Optional<L> tryAcquire() throws AcquireException, InterruptedException {
    try {
      return Optional.of(acquire(AcquireOptions.DEFAULT.withTimeout(Duration.ZERO)));
    } catch (AcquireException e) {
      return switch (e.kind()) {
        case EXHAUSTED, SELF_DEADLOCK, TIMED_OUT, QUEUE_FULL -> Optional.empty();
        case NESTED, SHED, UNAVAILABLE, SUSPENDED, CLOSED -> throw e;
      };
    }
  }

  /**
   * Acquires without blocking. If a resource is free, the future is complete when this method
   * returns. Otherwise it completes on one of the pool's workers, in case of failure with an {@link
   * AcquireException}. Completing or cancelling it yourself removes the caller from the queue. A
   * lease that arrives at the same moment goes back to the pool.
   *
   * <p>Callbacks run on that worker. At most {@link PoolConfig#maxSize} workers complete futures
   * with leases, and as many with failures. So callbacks that block delay the futures of other
   * callers, and callbacks must not wait for another lease of this pool. Give them your own
   * executor: {@code thenApplyAsync(work, executor)}.
   */
  public CompletableFuture<L> acquireAsync(AcquireOptions options) {
    return async.acquire(options);
  }

  /**
   * Like {@link #acquireAsync(AcquireOptions)}, but the future completes on the executor, so that
   * its callbacks never run on the pool's threads: for event loops. If a resource is free, the
   * future is complete when this method returns.
   *
   * @param executor runs what it gets on a thread of its own, not within {@link Executor#execute},
   *     which the pool calls from whichever thread serves the caller. If it refuses, a worker of
   *     the pool completes the future
   */
  public CompletableFuture<L> acquireAsync(AcquireOptions options, Executor executor) {
    Objects.requireNonNull(executor, "executor");
    return async.acquire(options, executor);
  }

  /**
   * Like {@link #acquireAsync(AcquireOptions, Executor)}, with an executor that depends on the
   * resource: for resources that have an event loop of their own. A future that fails completes on
   * a worker of the pool.
   *
   * @param executorOf finds the executor of a resource, or null for a worker of the pool. The
   *     thread that serves the caller calls it while nobody holds the resource, so it must neither
   *     block nor change anything; it runs once for each future that waited, and not at all if a
   *     resource is free
   */
  public CompletableFuture<L> acquireAsyncOn(
      AcquireOptions options, Function<? super R, ? extends @Nullable Executor> executorOf) {
    Objects.requireNonNull(executorOf, "executorOf");
    return async.acquireOn(options, executorOf);
  }

  Engine<R> engine() {
    return engine;
  }

  // ---- looking

  /** The original configuration. {@link #resize} changes the sizes in {@link #stats}, not here. */
  public PoolConfig config() {
    return engine.core.config;
  }

  /** The sizes, counters and histograms at this moment; takes no lock. */
  public PoolStats stats() {
    return Snapshot.of(engine.core);
  }

  /**
   * How many resources exist or are being opened or closed: {@link PoolStats#size} alone, without
   * the cost of the histograms.
   */
  public int size() {
    return engine.core.slots.held();
  }

  /**
   * How busy the pool is: leases and waiting callers as a part of maxSize and maxOverflow, 1 when
   * just full.
   */
  public double load() {
    int busy = engine.core.slots.count(Slot.LEASED) + engine.core.signals.waiting();
    return (double) busy / engine.core.slots.ordinary();
  }

  /**
   * Like {@link #stats}, and resets the counters and histograms. No event is lost or counted twice
   * between two calls. Calls wait for each other, not for borrowers.
   */
  public PoolStats statsAndReset() {
    return Snapshot.ofAndReset(engine.core);
  }

  /**
   * Advice on the size: what size would do, what it would gain, and what limits the throughput now,
   * from the load that the pool measured itself. There is none until 1,000 leases were measured
   * with the size of now. Takes no lock and costs borrowers nothing.
   */
  public SizingAdvice advice() {
    return new Advisor<>(engine.core, engine.loadMeter).advice();
  }

  /**
   * The current leases.
   *
   * @param withStacks whether to add the holders' current stacks, which stops each thread for a
   *     moment
   */
  public List<LeaseInfo> leases(boolean withStacks) {
    return engine.diagnosis.leases(withStacks);
  }

  /** All resources, including those being opened or closed. */
  public List<ResourceInfo> resources() {
    return Snapshot.resources(engine.core);
  }

  /**
   * Shows each resource that exists to {@code look}, on the calling thread, with what is known of
   * it. Others may use the resource meanwhile, and the pool may close it, so {@code look} must
   * confine itself to what the resource allows any thread to do.
   */
  public void forEachResource(BiConsumer<? super R, ResourceInfo> look) {
    Snapshot.forEachResource(engine.core, look);
  }

  /** A few lines for a thread dump: sizes, and each current lease. */
  public String dump() {
    List<String> lines = new ArrayList<>();
    lines.add(toString());
    leases(true).forEach(lease -> lines.add("  " + engine.diagnosis.text(lease)));
    return String.join(System.lineSeparator(), lines);
  }

  @Override
  public String toString() {
    return Snapshot.line(engine.core);
  }

  // ---- changing

  /**
   * Changes the sizes. Leases are not touched: the pool closes surplus resources when they come
   * back. Growth serves waiters at once.
   *
   * @throws IllegalArgumentException if not {@code 0 <= minSize <= maxSize}, {@code maxSize >= 1}
   */
  public void resize(int minSize, int maxSize) {
    PoolConfig checked = config().toBuilder().minSize(minSize).maxSize(maxSize).warmUp(0).build();
    engine.resize(checked.minSize(), checked.maxSize());
  }

  /**
   * Takes in a resource that was opened elsewhere, and lends it like those that the pool opens. Its
   * life in the pool begins now. It must be in the state that the next borrower should find. Does
   * not block, and lends it at once to the caller who has waited longest, if any waits.
   *
   * @return false if {@link PoolConfig#maxSize} resources exist already, a group has no room, or
   *     the pool is closed; the resource is then still the caller's
   */
  public boolean adopt(R resource) {
    Objects.requireNonNull(resource, "resource");
    return new Adoption<>(engine.opener, engine.openings).adopt(resource);
  }

  /**
   * Replaces all resources opened before now: idle ones at once, lent ones when they come back. If
   * opening has failed, the pool tries again at once: the reason for the refresh may have mended
   * it.
   */
  public void refresh() {
    refresh("refresh");
  }

  /**
   * Like {@link #refresh()}.
   *
   * @param why a short explanation, for the log and the listener
   */
  public void refresh(String why) {
    engine.retirement.refresh(why);
    engine.opener.tryAgain();
  }

  /**
   * Like {@link #refresh()}, but replaces one resource after the other, evenly spread: the first
   * after its share of {@code spread}, the last at its end. So there is no login storm. A resource
   * that is just being opened counts as new.
   *
   * @param spread zero or more
   */
  public void refresh(Duration spread) {
    new Eviction<>(engine).over(spread);
  }

  /**
   * Runs a check at intervals, and calls {@link #refresh()} if it says so. It replaces an earlier
   * check. The first run is at once. A check that hangs occupies a worker and is not run again.
   *
   * @param every the interval, longer than zero
   */
  public void refreshWhen(RefreshCheck check, Duration every) {
    Objects.requireNonNull(check, "check");
    if (every.isZero() || every.isNegative()) {
      throw new IllegalArgumentException("the check needs a period longer than zero, not " + every);
    }
    engine.refreshWatch.start(check, every);
  }

  /**
   * Closes the idle resources that a rule selects, and replaces them below the minimum. Does not
   * delay borrowers: a resource that is lent while the rule runs stays.
   *
   * @param rule called for each idle resource, on the calling thread; an exception ends the search
   * @return how many are being closed
   */
  public int evictIdle(Predicate<ResourceInfo> rule) {
    return new Eviction<>(engine).idleIf(rule);
  }

  /**
   * Closes all resources opened before now: idle ones at once, those being opened or checked as
   * soon as that has ended, and lent ones by cutting their leases. A borrower's running call fails,
   * and so does its next one. {@link #refresh()} is the gentle way.
   *
   * @return the leases that were cut off
   */
  public List<LeaseInfo> evictAll() {
    return new Eviction<>(engine).all("all resources were evicted");
  }

  /** Makes the pool check all resources opened before now before their next use. */
  public void suspectAll(String why) {
    engine.retirement.suspect(engine.core.signals.epoch(), false, why);
  }

  /** Suspends lending: callers wait, up to their timeouts. Current leases stay valid. */
  public void suspend() {
    if (engine.core.signals.suspend()) {
      engine.core.listener.tell(PoolListener::suspended);
    }
  }

  /** Resumes lending; waiting callers are served in order. */
  public void resume() {
    engine.resume();
  }

  /**
   * Borrows a resource and checks it. Also returns true if all resources are lent and opening has
   * not failed.
   *
   * @return whether the pool can serve
   * @throws InterruptedException if interrupted while waiting
   */
  public boolean checkHealth(Duration timeout) throws InterruptedException {
    AcquireOptions options =
        AcquireOptions.DEFAULT
            .withTimeout(timeout)
            .withValidation(AcquireOptions.Validation.ALWAYS)
            .withPriority(AcquireOptions.MAX_PRIORITY)
            .neverShed();
    try {
      acquire(options).release();
      return true;
    } catch (AcquireException e) {
      // A lent resource works, as far as the pool knows. A resource that is neither lent nor free
      // proves nothing.
      return (e.kind() == Kind.EXHAUSTED || e.kind() == Kind.NESTED)
          && engine.core.outage == null
          && engine.core.slots.count(Slot.LEASED) > 0;
    }
  }

  /**
   * Waits until the minimum and the warm-up resources are open.
   *
   * @throws AcquireException with the true cause if that takes longer than the timeout; the pool
   *     stays open and keeps trying
   * @throws InterruptedException if interrupted
   */
  public void awaitReady(Duration timeout) throws AcquireException, InterruptedException {
    engine.awaitReady(timeout);
  }

  // ---- ending

  /** Closes with {@link PoolConfig#drainTimeout}. */
  @Override
  public void close() {
    close(config().drainTimeout());
  }

  /**
   * Closes the pool. Stops lending, fails every waiter at once, waits for borrowers, and cuts off
   * the remaining leases. Takes at most {@code drain} plus {@link PoolConfig#closeTimeout}. If
   * closing a resource hangs, aborting it takes at most that timeout again. A second call waits for
   * the first. An interruption ends the wait and leaves the interrupt flag set.
   *
   * @return the leases that were cut off, usually none
   * @throws AssertionError if there are any and {@link PoolConfig#assertReturned} is on; the pool
   *     is closed all the same
   */
  public List<LeaseInfo> close(Duration drain) {
    List<LeaseInfo> cut = engine.close(drain);
    if (config().assertReturned()) {
      Unreturned.check(engine.core.poolName(), cut, engine.diagnosis::text);
    }
    return cut;
  }

  /** Completes when the pool is closed, with the leases that were cut off. */
  public CompletionStage<List<LeaseInfo>> closed() {
    return engine.shutdown.ended().minimalCompletionStage();
  }

  /** Whether the pool is closed, or closing. */
  public boolean isClosed() {
    return engine.core.signals.closed();
  }
}
