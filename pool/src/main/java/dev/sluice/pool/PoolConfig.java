package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a pool. Immutable, complete, and checked as a whole when it is built.
 * Thread-safe. Durations are exact; zero has the meaning that each option names.
 */
public final class PoolConfig {
  /** The largest maximum size. */
  public static final int MAX_SIZE_LIMIT = 10_000;

  /** Whether callers wait when no resource is free. */
  public enum WhenExhausted {
    /** They wait, up to their timeout. */
    WAIT,
    /** They get an exception at once. */
    FAIL
  }

  /**
   * A reason why a configuration is invalid.
   *
   * @param options the options that it concerns
   * @param text what is wrong, in one sentence
   */
  public record Problem(List<String> options, String text) {
    /** Keeps a copy of the list. */
    public Problem {
      options = List.copyOf(options);
    }
  }

  /**
   * The values as given, for {@link #toBuilder}; defaults in it may still adapt to other options.
   */
  final PoolValues given;

  private final PoolValues v;

  /** Freezes values that no other object references. */
  PoolConfig(PoolValues given) {
    this.given = given;
    this.v = given.settled();
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Starts from this configuration. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** The pool's name, in every message. */
  public String name() {
    return v.name;
  }

  /** The fewest resources that the pool keeps, refilled in the background. 0 to maxSize. */
  public int minSize() {
    return v.minSize;
  }

  /**
   * The most resources, including those being opened and closed, but without maxOverflow and
   * reserveSize. 1 to 10,000.
   */
  public int maxSize() {
    return v.maxSize;
  }

  /** The most resources beyond maxSize. On return they are closed unless a caller waits. */
  public int maxOverflow() {
    return v.maxOverflow;
  }

  /**
   * The most resources beyond maxSize and maxOverflow, once a caller has waited for reserveAfter.
   */
  public int reserveSize() {
    return v.reserveSize;
  }

  /** How long a caller waits before the pool opens its reserve. */
  public Duration reserveAfter() {
    return v.reserveAfter;
  }

  /** The groups of pools with which this one shares a cap. */
  public List<PoolGroup> group() {
    return v.group;
  }

  /** How many resources the pool tries to keep idle beside those in use. 0 to maxSize. */
  public int minSpare() {
    return v.minSpare;
  }

  /** The most idle resources. minSize to 10,000, which sets no limit. */
  public int maxIdle() {
    return v.maxIdle;
  }

  /** How many callers may wait at once; the pool refuses one more. 0: no bound. */
  public int maxWaiters() {
    return v.maxWaiters;
  }

  /** The most resources opened at once. 0: as many as the pool may have, but at most 32. */
  public int maxConcurrentOpens() {
    return v.maxConcurrentOpens;
  }

  /** How often the pool lends a resource before it replaces it. 0: no limit. */
  public long maxUses() {
    return v.maxUses;
  }

  /**
   * How long an acquisition may take in all: waiting, opening, validating. Zero: at once or not at
   * all.
   */
  public Duration acquireTimeout() {
    return v.acquireTimeout;
  }

  /** How long one attempt to open may take before the pool abandons it. */
  public Duration openTimeout() {
    return v.openTimeout;
  }

  /** How long one check may take before the resource counts as dead. */
  public Duration validationTimeout() {
    return v.validationTimeout;
  }

  /** How long cleaning a dirty resource may take before the pool closes it instead. */
  public Duration resetTimeout() {
    return v.resetTimeout;
  }

  /** How long closing one resource may take before the pool aborts it. */
  public Duration closeTimeout() {
    return v.closeTimeout;
  }

  /** How long close() waits for borrowers before it cuts them off. */
  public Duration drainTimeout() {
    return v.drainTimeout;
  }

  /**
   * How long a resource above the minimum may be idle before the pool closes it. Zero: for ever.
   */
  public Duration idleTimeout() {
    return v.idleTimeout;
  }

  /** The maximum age of a resource. Zero: no limit. */
  public Duration maxLifetime() {
    return v.maxLifetime;
  }

  /**
   * The largest part of maxLifetime, from 0 to 0.9, by which the pool shortens each resource's
   * lifetime at random, chosen when it is opened.
   */
  public double maxLifetimeJitter() {
    return v.maxLifetimeJitter;
  }

  /** The pool checks a resource that was idle longer before it lends it. Zero: always. */
  public Duration validateAfterIdle() {
    return v.validateAfterIdle;
  }

  /** How often the pool checks idle resources in the background. Zero: never. */
  public Duration healthCheckInterval() {
    return v.healthCheckInterval;
  }

  /**
   * How long a resource may be silent before the pool exercises it, so that no firewall drops it.
   * Zero: never.
   */
  public Duration keepaliveInterval() {
    return v.keepaliveInterval;
  }

  /**
   * The upper bound of the first random pause after a failed open; it doubles with each failure.
   */
  public Duration backoffMin() {
    return v.backoffMin;
  }

  /** The upper bound of any pause between attempts to open. */
  public Duration backoffMax() {
    return v.backoffMax;
  }

  /** The pool reports a lease held longer as leaked, once. Zero: leak detection is off. */
  public Duration leakThreshold() {
    return v.leakThreshold;
  }

  /** Whether the pool also takes a leaked lease back and aborts its resource. */
  public boolean leakReclaim() {
    return v.leakReclaim;
  }

  /**
   * The pool keeps the stack of one in this many acquisitions for reports. 0: none, 1: every one.
   */
  public int leakStackSampling() {
    return v.leakStackSampling;
  }

  /** Whether closing the pool throws if something was still lent. */
  public boolean assertReturned() {
    return v.assertReturned;
  }

  /** The pool reports a lease held longer as slow, once. Zero: never. */
  public Duration slowLeaseThreshold() {
    return v.slowLeaseThreshold;
  }

  /** The pool logs an acquisition that waited longer. Zero: never. */
  public Duration slowAcquireThreshold() {
    return v.slowAcquireThreshold;
  }

  /** What to do when a thread acquires while it already holds a lease. */
  public NestedAcquire nestedAcquire() {
    return v.nestedAcquire;
  }

  /**
   * Whether a pause of the whole process (a suspended laptop, a frozen function) makes all idle
   * resources suspect.
   */
  public boolean resumeGuard() {
    return v.resumeGuard;
  }

  /** Whether each acquisition itself looks for a pause of the process, before the keeper does. */
  public boolean strictResumeGuard() {
    return v.strictResumeGuard;
  }

  /** Which resources the pool opens when it is built. */
  public StartPolicy startPolicy() {
    return v.startPolicy;
  }

  /** Which idle resource the pool lends first. */
  public HandoutOrder handoutOrder() {
    return v.handoutOrder;
  }

  /** Whether a running caller may barge ahead of waiting ones. */
  public Fairness fairness() {
    return v.fairness;
  }

  /** Whether callers wait when no resource is free. */
  public WhenExhausted whenExhausted() {
    return v.whenExhausted;
  }

  /** Overload control; null: off. */
  public @Nullable Overload overload() {
    return v.overload;
  }

  /**
   * How many resources the pool opens at the start, if that is more than the minimum and the start
   * policy is not LAZY.
   */
  public int warmUp() {
    return v.warmUp;
  }

  /**
   * The context class loader for user code on all of the pool's threads; null: that of the thread
   * that builds the pool.
   */
  public @Nullable ClassLoader classLoader() {
    return v.classLoader;
  }

  /** How many opens may run at once. */
  int openLimit() {
    int most = v.maxSize + v.maxOverflow + v.reserveSize;
    return v.maxConcurrentOpens > 0 ? v.maxConcurrentOpens : Math.min(most, 32);
  }

  /** Sets options. Not thread-safe. {@link #build} checks them together. */
  public static final class Builder extends PoolOptions<Builder> {
    private Builder() {}

    private Builder(PoolConfig config) {
      super(config);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Builds the configuration.
     *
     * @throws IllegalArgumentException if it is invalid; the message lists every problem
     */
    public PoolConfig build() {
      List<Problem> problems = problems();
      if (!problems.isEmpty()) {
        List<String> texts = new ArrayList<>();
        for (Problem problem : problems) {
          texts.add(problem.text());
        }
        throw new IllegalArgumentException(
            "pool '" + poolName() + "': invalid configuration: " + String.join("; ", texts));
      }
      return poolConfig();
    }

    /** Returns the reasons why {@link #build} would refuse these options. */
    public List<Problem> problems() {
      return poolProblems();
    }
  }
}
