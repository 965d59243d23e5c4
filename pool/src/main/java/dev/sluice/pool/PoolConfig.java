package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a pool behaves: immutable, complete, and checked as a whole when it is built. Thread-safe.
 * Durations are exact; zero has the meaning that each option names.
 */
public final class PoolConfig {
  /** The largest maximum size. */
  public static final int MAX_SIZE_LIMIT = 10_000;

  /** Whether callers wait when nothing is free. */
  public enum WhenExhausted {
    /** They wait, up to their timeout. */
    WAIT,
    /** They get an exception at once. */
    FAIL
  }

  /**
   * Something that is impossible about a configuration.
   *
   * @param options the options that it is about
   * @param text what is wrong, in a sentence
   */
  public record Problem(List<String> options, String text) {
    /** Keeps a copy of the list. */
    public Problem {
      options = List.copyOf(options);
    }
  }

  /** What was chosen, for {@link #toBuilder}; the defaults in it may yet give way. */
  final PoolValues given;

  private final PoolValues v;

  /** Freezes values that nobody else keeps. */
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

  /** Resources kept at least; refilled in the background. 0 to maxSize. */
  public int minSize() {
    return v.minSize;
  }

  /**
   * Resources at most, those being opened and closed included, without maxOverflow and reserveSize.
   * 1 to 10,000.
   */
  public int maxSize() {
    return v.maxSize;
  }

  /** Resources beyond maxSize at most; what comes back is closed unless somebody waits. */
  public int maxOverflow() {
    return v.maxOverflow;
  }

  /** Resources beyond maxSize and maxOverflow at most, once somebody waited for reserveAfter. */
  public int reserveSize() {
    return v.reserveSize;
  }

  /** How long a caller waits before the pool opens its reserve. */
  public Duration reserveAfter() {
    return v.reserveAfter;
  }

  /** Resources that may rest at most. minSize to 10,000, which sets no limit. */
  public int maxIdle() {
    return v.maxIdle;
  }

  /** Callers that may wait at once; one more is refused. 0: no bound. */
  public int maxWaiters() {
    return v.maxWaiters;
  }

  /** Resources opened at once at most. 0: as many as there may be, but at most 32. */
  public int maxConcurrentOpens() {
    return v.maxConcurrentOpens;
  }

  /** How often a resource is lent before it is replaced. 0: no limit. */
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

  /** How long one attempt to open may take before it is abandoned. */
  public Duration openTimeout() {
    return v.openTimeout;
  }

  /** How long one check may take before the resource counts as dead. */
  public Duration validationTimeout() {
    return v.validationTimeout;
  }

  /** How long cleaning a dirty resource may take before it is closed instead. */
  public Duration resetTimeout() {
    return v.resetTimeout;
  }

  /** How long closing one resource may take before it is aborted. */
  public Duration closeTimeout() {
    return v.closeTimeout;
  }

  /** How long close() waits for borrowers before it cuts them off. */
  public Duration drainTimeout() {
    return v.drainTimeout;
  }

  /** How long a resource above the minimum may rest before it is closed. Zero: for ever. */
  public Duration idleTimeout() {
    return v.idleTimeout;
  }

  /** How old a resource may grow. Zero: no limit. */
  public Duration maxLifetime() {
    return v.maxLifetime;
  }

  /**
   * The part of maxLifetime, from 0 to 0.9, by which a resource's own lifetime is shortened at
   * random, fixed at its birth.
   */
  public double maxLifetimeJitter() {
    return v.maxLifetimeJitter;
  }

  /** A resource that rested longer is checked before it is lent. Zero: always. */
  public Duration validateAfterIdle() {
    return v.validateAfterIdle;
  }

  /** Idle resources are checked in the background this often. Zero: never. */
  public Duration healthCheckInterval() {
    return v.healthCheckInterval;
  }

  /**
   * Idle resources that were silent for so long are touched, so that nobody on the way forgets
   * them. Zero: never.
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

  /** A lease held longer is reported as leaked, once. Zero: leak detection is off. */
  public Duration leakThreshold() {
    return v.leakThreshold;
  }

  /** Whether a leaked lease is also taken back and its resource aborted. */
  public boolean leakReclaim() {
    return v.leakReclaim;
  }

  /** The stack of one acquisition in so many is kept for reports. 0: none, 1: every one. */
  public int leakStackSampling() {
    return v.leakStackSampling;
  }

  /** A lease held longer is reported as slow, once. Zero: never. */
  public Duration slowLeaseThreshold() {
    return v.slowLeaseThreshold;
  }

  /** An acquisition that waited longer is logged. Zero: never. */
  public Duration slowAcquireThreshold() {
    return v.slowAcquireThreshold;
  }

  /** What is thought of a thread that acquires while it holds. */
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

  /** Whether each acquisition looks for a pause of the process itself, before the keeper does. */
  public boolean strictResumeGuard() {
    return v.strictResumeGuard;
  }

  /** What building the pool does about its first resources. */
  public StartPolicy startPolicy() {
    return v.startPolicy;
  }

  /** Which idle resource is lent first. */
  public HandoutOrder handoutOrder() {
    return v.handoutOrder;
  }

  /** Whether a running caller may go ahead of callers that wait. */
  public Fairness fairness() {
    return v.fairness;
  }

  /** Whether callers wait when nothing is free. */
  public WhenExhausted whenExhausted() {
    return v.whenExhausted;
  }

  /** Overload control; null: off. */
  public @Nullable Overload overload() {
    return v.overload;
  }

  /**
   * Resources opened at the start in all, where that is more than the minimum and the start policy
   * is not LAZY.
   */
  public int warmUp() {
    return v.warmUp;
  }

  /**
   * The context class loader under which the user's code runs, on all threads; null: that of the
   * thread that builds the pool.
   */
  public @Nullable ClassLoader classLoader() {
    return v.classLoader;
  }

  /** How many opens may run at once. */
  int openLimit() {
    int most = v.maxSize + v.maxOverflow + v.reserveSize;
    return v.maxConcurrentOpens > 0 ? v.maxConcurrentOpens : Math.min(most, 32);
  }

  /** Sets options; not thread-safe. {@link #build} checks them together. */
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
     * @throws IllegalArgumentException if it is impossible; the message names every reason
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

    /** Returns why {@link #build} would refuse these options, each reason apart. */
    public List<Problem> problems() {
      return poolProblems();
    }
  }
}
