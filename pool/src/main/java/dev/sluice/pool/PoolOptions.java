package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sets the options of a pool. Not thread-safe. A <i>resource</i> is what the pool lends: in a data
 * source, a connection. Durations are exact; zero has the meaning that each option names.
 *
 * <p>Defaults adapt to the options that you set: after {@code maxLifetime(1 min)}, the default of
 * idleTimeout is one minute too.
 *
 * @param <B> the builder, which every setter returns
 */
public abstract class PoolOptions<B extends PoolOptions<B>> {
  final PoolValues values;

  /** Starts from the defaults. */
  protected PoolOptions() {
    this.values = new PoolValues();
  }

  /** Starts from a configuration. */
  protected PoolOptions(PoolConfig config) {
    this.values = config.given.copy();
  }

  /** Returns this builder. */
  protected abstract B self();

  /** Builds the engine's part of the configuration, which must have no problems. */
  protected final PoolConfig poolConfig() {
    return new PoolConfig(values.copy());
  }

  /** The problems with the engine's part of the configuration. */
  protected final List<PoolConfig.Problem> poolProblems() {
    return PoolChecks.problems(values.settled());
  }

  /** The pool's name as set so far. */
  protected final String poolName() {
    return values.name;
  }

  /** The pool's name, in every message. Default {@code "pool"}. */
  public B name(String name) {
    values.name = Objects.requireNonNull(name, "name");
    return self();
  }

  /**
   * The fewest resources that the pool keeps, refilled in the background. 0 to maxSize. Default 1,
   * or maxIdle if that is less.
   */
  public B minSize(int minSize) {
    values.minSize = minSize;
    values.chosen &= ~PoolValues.FIXED_SIZE;
    values.choose(PoolValues.MIN_SIZE);
    return self();
  }

  /** Makes minSize follow maxSize, so that the pool always keeps its maximum open. */
  public B fixedSize() {
    values.choose(PoolValues.FIXED_SIZE);
    return self();
  }

  /**
   * The most resources, including those being opened and closed. {@link #maxOverflow} and {@link
   * #reserveSize} allow more for a while. 1 to 10,000. Default 10.
   */
  public B maxSize(int maxSize) {
    values.maxSize = maxSize;
    return self();
  }

  /**
   * The most resources beyond maxSize. The pool opens them like the others when callers wait, and
   * closes them on return if nobody waits, so that at most maxSize resources are idle. A new
   * resource that nobody has used yet may be idle for one second. 0 to 9,999. Default 0.
   */
  public B maxOverflow(int maxOverflow) {
    values.maxOverflow = maxOverflow;
    return self();
  }

  /**
   * The most resources beyond maxSize and maxOverflow. The pool opens them only once a caller has
   * waited for {@link #reserveAfter}, and closes them on return if nobody waits. 0 to 9,999.
   * Default 0.
   */
  public B reserveSize(int reserveSize) {
    values.reserveSize = reserveSize;
    return self();
  }

  /** How long a caller waits before the pool opens its reserve. Default 5 s. */
  public B reserveAfter(Duration reserveAfter) {
    values.reserveAfter = Objects.requireNonNull(reserveAfter, "reserveAfter");
    return self();
  }

  /**
   * Adds a group of pools with which this one shares a cap, beside its own limits. The pool joins
   * the group when it is built, and leaves it when it is closed. Default: none.
   */
  public B group(PoolGroup group) {
    List<PoolGroup> groups = new ArrayList<>(values.group);
    groups.remove(Objects.requireNonNull(group, "group"));
    groups.add(group);
    values.group = List.copyOf(groups);
    return self();
  }

  /**
   * How many idle resources the pool tries to keep beside those in use, as long as it has fewer
   * than maxSize: it opens what is missing in the background, when the keeper looks, every 50 ms or
   * more often. For bursts that must not wait for an open. 0 to maxSize and maxIdle; 0, the
   * default, is none beyond minSize, which counts those in use too.
   */
  public B minSpare(int minSpare) {
    values.minSpare = minSpare;
    return self();
  }

  /**
   * The most idle resources. If this many are idle, the pool closes a returned one, unless a caller
   * waits for it. A new resource that nobody has used yet may be idle for one second. At least
   * minSize. With 0 none stays idle: each caller gets a new resource, or one that another returns
   * while it waits. Up to 10,000, the default, which sets no limit.
   */
  public B maxIdle(int maxIdle) {
    values.maxIdle = maxIdle;
    return self();
  }

  /**
   * How many resources the pool opens at the start, if that is more than minSize and the start
   * policy is not LAZY. 0 to maxSize. Default 0.
   */
  public B warmUp(int warmUp) {
    values.warmUp = warmUp;
    return self();
  }

  /** How many callers may wait at once; the pool refuses one more. 0: no bound. Default 0. */
  public B maxWaiters(int maxWaiters) {
    values.maxWaiters = maxWaiters;
    return self();
  }

  /**
   * The most resources opened at once. 0: as many as the pool may have, but at most 32. Default 0.
   */
  public B maxConcurrentOpens(int maxConcurrentOpens) {
    values.maxConcurrentOpens = maxConcurrentOpens;
    return self();
  }

  /** How often the pool lends a resource before it replaces it. 0: no limit. Default 0. */
  public B maxUses(long maxUses) {
    values.maxUses = maxUses;
    return self();
  }

  /**
   * How long an acquisition may take in all: waiting, opening, checking. Zero: at once or not at
   * all. Default 30 s.
   */
  public B acquireTimeout(Duration acquireTimeout) {
    values.acquireTimeout = Objects.requireNonNull(acquireTimeout, "acquireTimeout");
    return self();
  }

  /** How long one attempt to open may take before the pool abandons it. Default 10 s. */
  public B openTimeout(Duration openTimeout) {
    values.openTimeout = Objects.requireNonNull(openTimeout, "openTimeout");
    return self();
  }

  /**
   * How long one check may take before the resource counts as dead. Default 3 s, or half of
   * acquireTimeout (but at least 250 ms) if that is no longer than 3 s.
   */
  public B validationTimeout(Duration validationTimeout) {
    values.validationTimeout = Objects.requireNonNull(validationTimeout, "validationTimeout");
    values.choose(PoolValues.VALIDATION_TIMEOUT);
    return self();
  }

  /** How long cleaning a resource may take before the pool closes it instead. Default 5 s. */
  public B resetTimeout(Duration resetTimeout) {
    values.resetTimeout = Objects.requireNonNull(resetTimeout, "resetTimeout");
    return self();
  }

  /** How long closing one resource may take before the pool aborts it. Default 5 s. */
  public B closeTimeout(Duration closeTimeout) {
    values.closeTimeout = Objects.requireNonNull(closeTimeout, "closeTimeout");
    return self();
  }

  /** How long closing the pool waits for borrowers before it cuts them off. Default 10 s. */
  public B drainTimeout(Duration drainTimeout) {
    values.drainTimeout = Objects.requireNonNull(drainTimeout, "drainTimeout");
    return self();
  }

  /**
   * How long a resource above minSize may be idle before the pool closes it. Zero: for ever.
   * Default 10 min, or maxLifetime if that is shorter.
   */
  public B idleTimeout(Duration idleTimeout) {
    values.idleTimeout = Objects.requireNonNull(idleTimeout, "idleTimeout");
    values.choose(PoolValues.IDLE_TIMEOUT);
    return self();
  }

  /**
   * The maximum age of a resource. Zero: no limit. Default 30 min, or idleTimeout if that is
   * longer.
   */
  public B maxLifetime(Duration maxLifetime) {
    values.maxLifetime = Objects.requireNonNull(maxLifetime, "maxLifetime");
    values.choose(PoolValues.MAX_LIFETIME);
    return self();
  }

  /**
   * The largest part of maxLifetime, from 0 to 0.9, by which the pool shortens each resource's
   * lifetime at random, chosen when it is opened. Default 0.1.
   */
  public B maxLifetimeJitter(double maxLifetimeJitter) {
    values.maxLifetimeJitter = maxLifetimeJitter;
    return self();
  }

  /**
   * The pool checks a resource that was idle longer before it lends it. Zero: always. Default 1 s.
   */
  public B validateAfterIdle(Duration validateAfterIdle) {
    values.validateAfterIdle = Objects.requireNonNull(validateAfterIdle, "validateAfterIdle");
    return self();
  }

  /** How often the pool checks idle resources in the background. Zero: never. Default 30 s. */
  public B healthCheckInterval(Duration healthCheckInterval) {
    values.healthCheckInterval = Objects.requireNonNull(healthCheckInterval, "healthCheckInterval");
    return self();
  }

  /**
   * How long a resource may be silent before the pool exercises it, so that no firewall drops it.
   * Zero: never. Default 2 min, or half of maxLifetime if that is shorter.
   */
  public B keepaliveInterval(Duration keepaliveInterval) {
    values.keepaliveInterval = Objects.requireNonNull(keepaliveInterval, "keepaliveInterval");
    values.choose(PoolValues.KEEPALIVE_INTERVAL);
    return self();
  }

  /**
   * The upper bound of the first random pause after a failed open; it doubles with each failure.
   * Default 100 ms, or backoffMax if that is shorter.
   */
  public B backoffMin(Duration backoffMin) {
    values.backoffMin = Objects.requireNonNull(backoffMin, "backoffMin");
    values.choose(PoolValues.BACKOFF_MIN);
    return self();
  }

  /**
   * The upper bound of any pause between attempts to open. Default 10 s, or backoffMin if that is
   * longer.
   */
  public B backoffMax(Duration backoffMax) {
    values.backoffMax = Objects.requireNonNull(backoffMax, "backoffMax");
    values.choose(PoolValues.BACKOFF_MAX);
    return self();
  }

  /** The pool reports a lease held longer as leaked, once. Zero: never. Default zero. */
  public B leakThreshold(Duration leakThreshold) {
    values.leakThreshold = Objects.requireNonNull(leakThreshold, "leakThreshold");
    return self();
  }

  /** Whether the pool also takes a leaked lease back and aborts its resource. Default false. */
  public B leakReclaim(boolean leakReclaim) {
    values.leakReclaim = leakReclaim;
    return self();
  }

  /**
   * The pool keeps the stack of one in this many acquisitions. 0: none, 1: every one. Default 0.
   */
  public B leakStackSampling(int leakStackSampling) {
    values.leakStackSampling = leakStackSampling;
    return self();
  }

  /**
   * Whether closing the pool throws an {@link AssertionError} if something was still lent and had
   * to be cut, with the borrower of each and the stack of the acquisition. For tests: each
   * acquisition costs a stack. Default false.
   */
  public B assertReturned(boolean assertReturned) {
    values.assertReturned = assertReturned;
    return self();
  }

  /** The pool reports a lease held longer as slow, once. Zero: never. Default zero. */
  public B slowLeaseThreshold(Duration slowLeaseThreshold) {
    values.slowLeaseThreshold = Objects.requireNonNull(slowLeaseThreshold, "slowLeaseThreshold");
    return self();
  }

  /** The pool logs an acquisition that waited longer. Zero: never. Default 2 s. */
  public B slowAcquireThreshold(Duration slowAcquireThreshold) {
    values.slowAcquireThreshold =
        Objects.requireNonNull(slowAcquireThreshold, "slowAcquireThreshold");
    return self();
  }

  /**
   * What to do when a thread acquires while it already holds a lease. Default ALLOW. WARN is for
   * tests and debugging, because each acquisition then searches the leases.
   */
  public B nestedAcquire(NestedAcquire nestedAcquire) {
    values.nestedAcquire = Objects.requireNonNull(nestedAcquire, "nestedAcquire");
    return self();
  }

  /**
   * Whether a pause of the whole process (a suspended laptop, a frozen function) makes all idle
   * resources suspect. Default true.
   */
  public B resumeGuard(boolean resumeGuard) {
    values.resumeGuard = resumeGuard;
    return self();
  }

  /**
   * Whether each acquisition itself looks for a pause of the process, which costs it a reading of
   * the wall clock, about 25 ns. Otherwise only the keeper looks, and the pool may still lend a
   * stale resource in the first 50 ms after the resume. Needs {@link #resumeGuard}. Default false.
   */
  public B strictResumeGuard(boolean strictResumeGuard) {
    values.strictResumeGuard = strictResumeGuard;
    return self();
  }

  /** Which resources the pool opens when it is built. Default LAZY. */
  public B startPolicy(StartPolicy startPolicy) {
    values.startPolicy = Objects.requireNonNull(startPolicy, "startPolicy");
    return self();
  }

  /** Which idle resource the pool lends first. Default LIFO. */
  public B handoutOrder(HandoutOrder handoutOrder) {
    values.handoutOrder = Objects.requireNonNull(handoutOrder, "handoutOrder");
    return self();
  }

  /** Whether a running caller may barge ahead of waiting ones. Default BOUNDED. */
  public B fairness(Fairness fairness) {
    values.fairness = Objects.requireNonNull(fairness, "fairness");
    return self();
  }

  /** Whether callers wait when no resource is free. Default WAIT. */
  public B whenExhausted(PoolConfig.WhenExhausted whenExhausted) {
    values.whenExhausted = Objects.requireNonNull(whenExhausted, "whenExhausted");
    return self();
  }

  /** Overload control. Default null: off. */
  public B overload(@Nullable Overload overload) {
    values.overload = overload;
    return self();
  }

  /**
   * The context class loader for user code on all of the pool's threads: the resource factory,
   * listeners, callbacks of futures. In a data source, the resource factory includes the driver
   * (which is also looked up there), the credentials source, the validator and the error
   * classifier. Default null: that of the thread that builds the pool. The pool keeps a reference
   * to it until it is closed.
   */
  public B classLoader(@Nullable ClassLoader classLoader) {
    values.classLoader = classLoader;
    return self();
  }
}
