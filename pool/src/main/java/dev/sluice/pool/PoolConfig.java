package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

  private final String name;
  private final int minSize;
  private final int maxSize;
  private final int maxWaiters;
  private final int maxConcurrentOpens;
  private final long maxUses;
  private final Duration acquireTimeout;
  private final Duration openTimeout;
  private final Duration validationTimeout;
  private final Duration resetTimeout;
  private final Duration closeTimeout;
  private final Duration drainTimeout;
  private final Duration idleTimeout;
  private final Duration maxLifetime;
  private final double maxLifetimeJitter;
  private final Duration validateAfterIdle;
  private final Duration healthCheckInterval;
  private final Duration keepaliveInterval;
  private final Duration backoffMin;
  private final Duration backoffMax;
  private final Duration leakThreshold;
  private final boolean leakReclaim;
  private final int leakStackSampling;
  private final Duration slowLeaseThreshold;
  private final Duration slowAcquireThreshold;
  private final NestedAcquire nestedAcquire;
  private final boolean resumeGuard;
  private final boolean strictResumeGuard;
  private final StartPolicy startPolicy;
  private final HandoutOrder handoutOrder;
  private final Fairness fairness;
  private final WhenExhausted whenExhausted;
  private final @Nullable Overload overload;
  private final int warmUp;

  private PoolConfig(Builder b) {
    this.name = b.name;
    this.minSize = b.minSize;
    this.maxSize = b.maxSize;
    this.maxWaiters = b.maxWaiters;
    this.maxConcurrentOpens = b.maxConcurrentOpens;
    this.maxUses = b.maxUses;
    this.acquireTimeout = b.acquireTimeout;
    this.openTimeout = b.openTimeout;
    this.validationTimeout = b.validationTimeout;
    this.resetTimeout = b.resetTimeout;
    this.closeTimeout = b.closeTimeout;
    this.drainTimeout = b.drainTimeout;
    this.idleTimeout = b.idleTimeout;
    this.maxLifetime = b.maxLifetime;
    this.maxLifetimeJitter = b.maxLifetimeJitter;
    this.validateAfterIdle = b.validateAfterIdle;
    this.healthCheckInterval = b.healthCheckInterval;
    this.keepaliveInterval = b.keepaliveInterval;
    this.backoffMin = b.backoffMin;
    this.backoffMax = b.backoffMax;
    this.leakThreshold = b.leakThreshold;
    this.leakReclaim = b.leakReclaim;
    this.leakStackSampling = b.leakStackSampling;
    this.slowLeaseThreshold = b.slowLeaseThreshold;
    this.slowAcquireThreshold = b.slowAcquireThreshold;
    this.nestedAcquire = b.nestedAcquire;
    this.resumeGuard = b.resumeGuard;
    this.strictResumeGuard = b.strictResumeGuard;
    this.startPolicy = b.startPolicy;
    this.handoutOrder = b.handoutOrder;
    this.fairness = b.fairness;
    this.whenExhausted = b.whenExhausted;
    this.overload = b.overload;
    this.warmUp = b.warmUp;
  }

  /** Starts from the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Starts from this configuration. */
  public Builder toBuilder() {
    Builder b = new Builder();
    b.name = name;
    b.minSize = minSize;
    b.maxSize = maxSize;
    b.maxWaiters = maxWaiters;
    b.maxConcurrentOpens = maxConcurrentOpens;
    b.maxUses = maxUses;
    b.acquireTimeout = acquireTimeout;
    b.openTimeout = openTimeout;
    b.validationTimeout = validationTimeout;
    b.resetTimeout = resetTimeout;
    b.closeTimeout = closeTimeout;
    b.drainTimeout = drainTimeout;
    b.idleTimeout = idleTimeout;
    b.maxLifetime = maxLifetime;
    b.maxLifetimeJitter = maxLifetimeJitter;
    b.validateAfterIdle = validateAfterIdle;
    b.healthCheckInterval = healthCheckInterval;
    b.keepaliveInterval = keepaliveInterval;
    b.backoffMin = backoffMin;
    b.backoffMax = backoffMax;
    b.leakThreshold = leakThreshold;
    b.leakReclaim = leakReclaim;
    b.leakStackSampling = leakStackSampling;
    b.slowLeaseThreshold = slowLeaseThreshold;
    b.slowAcquireThreshold = slowAcquireThreshold;
    b.nestedAcquire = nestedAcquire;
    b.resumeGuard = resumeGuard;
    b.strictResumeGuard = strictResumeGuard;
    b.startPolicy = startPolicy;
    b.handoutOrder = handoutOrder;
    b.fairness = fairness;
    b.whenExhausted = whenExhausted;
    b.overload = overload;
    b.warmUp = warmUp;
    return b;
  }

  /** The pool's name, in every message. */
  public String name() {
    return name;
  }

  /** Resources kept at least; refilled in the background. 0 to maxSize. */
  public int minSize() {
    return minSize;
  }

  /** Resources at most, those being opened and closed included. 1 to 10,000. */
  public int maxSize() {
    return maxSize;
  }

  /** Callers that may wait at once; one more is refused. 0: no bound. */
  public int maxWaiters() {
    return maxWaiters;
  }

  /** Resources opened at once at most. 0: maxSize, but at most 32. */
  public int maxConcurrentOpens() {
    return maxConcurrentOpens;
  }

  /** How often a resource is lent before it is replaced. 0: no limit. */
  public long maxUses() {
    return maxUses;
  }

  /**
   * How long an acquisition may take in all: waiting, opening, validating. Zero: at once or not at
   * all.
   */
  public Duration acquireTimeout() {
    return acquireTimeout;
  }

  /** How long one attempt to open may take before it is abandoned. */
  public Duration openTimeout() {
    return openTimeout;
  }

  /** How long one check may take before the resource counts as dead. */
  public Duration validationTimeout() {
    return validationTimeout;
  }

  /** How long cleaning a dirty resource may take before it is closed instead. */
  public Duration resetTimeout() {
    return resetTimeout;
  }

  /** How long closing one resource may take before it is aborted. */
  public Duration closeTimeout() {
    return closeTimeout;
  }

  /** How long close() waits for borrowers before it cuts them off. */
  public Duration drainTimeout() {
    return drainTimeout;
  }

  /** How long a resource above the minimum may rest before it is closed. Zero: for ever. */
  public Duration idleTimeout() {
    return idleTimeout;
  }

  /** How old a resource may grow. Zero: no limit. */
  public Duration maxLifetime() {
    return maxLifetime;
  }

  /**
   * The part of maxLifetime, from 0 to 0.9, by which a resource's own lifetime is shortened at
   * random, fixed at its birth.
   */
  public double maxLifetimeJitter() {
    return maxLifetimeJitter;
  }

  /** A resource that rested longer is checked before it is lent. Zero: always. */
  public Duration validateAfterIdle() {
    return validateAfterIdle;
  }

  /** Idle resources are checked in the background this often. Zero: never. */
  public Duration healthCheckInterval() {
    return healthCheckInterval;
  }

  /**
   * Idle resources that were silent for so long are touched, so that nobody on the way forgets
   * them. Zero: never.
   */
  public Duration keepaliveInterval() {
    return keepaliveInterval;
  }

  /**
   * The upper bound of the first random pause after a failed open; it doubles with each failure.
   */
  public Duration backoffMin() {
    return backoffMin;
  }

  /** The upper bound of any pause between attempts to open. */
  public Duration backoffMax() {
    return backoffMax;
  }

  /** A lease held longer is reported as leaked, once. Zero: leak detection is off. */
  public Duration leakThreshold() {
    return leakThreshold;
  }

  /** Whether a leaked lease is also taken back and its resource aborted. */
  public boolean leakReclaim() {
    return leakReclaim;
  }

  /** The stack of one acquisition in so many is kept for reports. 0: none, 1: every one. */
  public int leakStackSampling() {
    return leakStackSampling;
  }

  /** A lease held longer is reported as slow, once. Zero: never. */
  public Duration slowLeaseThreshold() {
    return slowLeaseThreshold;
  }

  /** An acquisition that waited longer is logged. Zero: never. */
  public Duration slowAcquireThreshold() {
    return slowAcquireThreshold;
  }

  /** What is thought of a thread that acquires while it holds. */
  public NestedAcquire nestedAcquire() {
    return nestedAcquire;
  }

  /**
   * Whether a pause of the whole process (a suspended laptop, a frozen function) makes all idle
   * resources suspect.
   */
  public boolean resumeGuard() {
    return resumeGuard;
  }

  /** Whether each acquisition looks for a pause of the process itself, before the keeper does. */
  public boolean strictResumeGuard() {
    return strictResumeGuard;
  }

  /** What building the pool does about its first resources. */
  public StartPolicy startPolicy() {
    return startPolicy;
  }

  /** Which idle resource is lent first. */
  public HandoutOrder handoutOrder() {
    return handoutOrder;
  }

  /** Whether a caller that runs may go before one that waits. */
  public Fairness fairness() {
    return fairness;
  }

  /** Whether callers wait when nothing is free. */
  public WhenExhausted whenExhausted() {
    return whenExhausted;
  }

  /** Overload control; null: off. */
  public @Nullable Overload overload() {
    return overload;
  }

  /**
   * Resources opened at the start in all, where that is more than the minimum and the start policy
   * is not LAZY.
   */
  public int warmUp() {
    return warmUp;
  }

  /** How many opens may run at once. */
  int openLimit() {
    return maxConcurrentOpens > 0 ? maxConcurrentOpens : Math.min(maxSize, 32);
  }

  /** Sets options; not thread-safe. {@link #build} checks them together. */
  public static final class Builder {
    private String name = "pool";
    private int minSize = 1;
    private int maxSize = 10;
    private int maxWaiters = 0;
    private int maxConcurrentOpens = 0;
    private long maxUses = 0;
    private Duration acquireTimeout = Duration.ofSeconds(30);
    private Duration openTimeout = Duration.ofSeconds(10);
    private Duration validationTimeout = Duration.ofSeconds(3);
    private Duration resetTimeout = Duration.ofSeconds(5);
    private Duration closeTimeout = Duration.ofSeconds(5);
    private Duration drainTimeout = Duration.ofSeconds(10);
    private Duration idleTimeout = Duration.ofMinutes(10);
    private Duration maxLifetime = Duration.ofMinutes(30);
    private double maxLifetimeJitter = 0.1;
    private Duration validateAfterIdle = Duration.ofSeconds(1);
    private Duration healthCheckInterval = Duration.ofSeconds(30);
    private Duration keepaliveInterval = Duration.ofMinutes(2);
    private Duration backoffMin = Duration.ofMillis(100);
    private Duration backoffMax = Duration.ofSeconds(10);
    private Duration leakThreshold = Duration.ZERO;
    private boolean leakReclaim = false;
    private int leakStackSampling = 0;
    private Duration slowLeaseThreshold = Duration.ZERO;
    private Duration slowAcquireThreshold = Duration.ofSeconds(2);
    private NestedAcquire nestedAcquire = NestedAcquire.ALLOW;
    private boolean resumeGuard = true;
    private boolean strictResumeGuard;
    private StartPolicy startPolicy = StartPolicy.LAZY;
    private HandoutOrder handoutOrder = HandoutOrder.LIFO;
    private Fairness fairness = Fairness.BOUNDED;
    private WhenExhausted whenExhausted = WhenExhausted.WAIT;
    private @Nullable Overload overload = null;
    private int warmUp = 0;

    private Builder() {}

    /** The pool's name, in every message. Default {@code "pool"}. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /** Resources kept at least; refilled in the background. 0 to maxSize. Default {@code 1}. */
    public Builder minSize(int minSize) {
      this.minSize = minSize;
      return this;
    }

    /**
     * Resources at most, those being opened and closed included. 1 to 10,000. Default {@code 10}.
     */
    public Builder maxSize(int maxSize) {
      this.maxSize = maxSize;
      return this;
    }

    /** Callers that may wait at once; one more is refused. 0: no bound. Default {@code 0}. */
    public Builder maxWaiters(int maxWaiters) {
      this.maxWaiters = maxWaiters;
      return this;
    }

    /** Resources opened at once at most. 0: maxSize, but at most 32. Default {@code 0}. */
    public Builder maxConcurrentOpens(int maxConcurrentOpens) {
      this.maxConcurrentOpens = maxConcurrentOpens;
      return this;
    }

    /** How often a resource is lent before it is replaced. 0: no limit. Default {@code 0}. */
    public Builder maxUses(long maxUses) {
      this.maxUses = maxUses;
      return this;
    }

    /**
     * How long an acquisition may take in all: waiting, opening, validating. Zero: at once or not
     * at all. Default {@code Duration.ofSeconds(30)}.
     */
    public Builder acquireTimeout(Duration acquireTimeout) {
      this.acquireTimeout = Objects.requireNonNull(acquireTimeout, "acquireTimeout");
      return this;
    }

    /**
     * How long one attempt to open may take before it is abandoned. Default {@code
     * Duration.ofSeconds(10)}.
     */
    public Builder openTimeout(Duration openTimeout) {
      this.openTimeout = Objects.requireNonNull(openTimeout, "openTimeout");
      return this;
    }

    /**
     * How long one check may take before the resource counts as dead. Default {@code
     * Duration.ofSeconds(3)}.
     */
    public Builder validationTimeout(Duration validationTimeout) {
      this.validationTimeout = Objects.requireNonNull(validationTimeout, "validationTimeout");
      return this;
    }

    /**
     * How long cleaning a dirty resource may take before it is closed instead. Default {@code
     * Duration.ofSeconds(5)}.
     */
    public Builder resetTimeout(Duration resetTimeout) {
      this.resetTimeout = Objects.requireNonNull(resetTimeout, "resetTimeout");
      return this;
    }

    /**
     * How long closing one resource may take before it is aborted. Default {@code
     * Duration.ofSeconds(5)}.
     */
    public Builder closeTimeout(Duration closeTimeout) {
      this.closeTimeout = Objects.requireNonNull(closeTimeout, "closeTimeout");
      return this;
    }

    /**
     * How long close() waits for borrowers before it cuts them off. Default {@code
     * Duration.ofSeconds(10)}.
     */
    public Builder drainTimeout(Duration drainTimeout) {
      this.drainTimeout = Objects.requireNonNull(drainTimeout, "drainTimeout");
      return this;
    }

    /**
     * How long a resource above the minimum may rest before it is closed. Zero: for ever. Default
     * {@code Duration.ofMinutes(10)}.
     */
    public Builder idleTimeout(Duration idleTimeout) {
      this.idleTimeout = Objects.requireNonNull(idleTimeout, "idleTimeout");
      return this;
    }

    /** How old a resource may grow. Zero: no limit. Default {@code Duration.ofMinutes(30)}. */
    public Builder maxLifetime(Duration maxLifetime) {
      this.maxLifetime = Objects.requireNonNull(maxLifetime, "maxLifetime");
      return this;
    }

    /**
     * The part of maxLifetime, from 0 to 0.9, by which a resource's own lifetime is shortened at
     * random, fixed at its birth. Default {@code 0.1}.
     */
    public Builder maxLifetimeJitter(double maxLifetimeJitter) {
      this.maxLifetimeJitter = maxLifetimeJitter;
      return this;
    }

    /**
     * A resource that rested longer is checked before it is lent. Zero: always. Default {@code
     * Duration.ofSeconds(1)}.
     */
    public Builder validateAfterIdle(Duration validateAfterIdle) {
      this.validateAfterIdle = Objects.requireNonNull(validateAfterIdle, "validateAfterIdle");
      return this;
    }

    /**
     * Idle resources are checked in the background this often. Zero: never. Default {@code
     * Duration.ofSeconds(30)}.
     */
    public Builder healthCheckInterval(Duration healthCheckInterval) {
      this.healthCheckInterval = Objects.requireNonNull(healthCheckInterval, "healthCheckInterval");
      return this;
    }

    /**
     * Idle resources that were silent for so long are touched, so that nobody on the way forgets
     * them. Zero: never. Default {@code Duration.ofMinutes(2)}.
     */
    public Builder keepaliveInterval(Duration keepaliveInterval) {
      this.keepaliveInterval = Objects.requireNonNull(keepaliveInterval, "keepaliveInterval");
      return this;
    }

    /**
     * The upper bound of the first random pause after a failed open; it doubles with each failure.
     * Default {@code Duration.ofMillis(100)}.
     */
    public Builder backoffMin(Duration backoffMin) {
      this.backoffMin = Objects.requireNonNull(backoffMin, "backoffMin");
      return this;
    }

    /**
     * The upper bound of any pause between attempts to open. Default {@code
     * Duration.ofSeconds(10)}.
     */
    public Builder backoffMax(Duration backoffMax) {
      this.backoffMax = Objects.requireNonNull(backoffMax, "backoffMax");
      return this;
    }

    /**
     * A lease held longer is reported as leaked, once. Zero: leak detection is off. Default {@code
     * Duration.ZERO}.
     */
    public Builder leakThreshold(Duration leakThreshold) {
      this.leakThreshold = Objects.requireNonNull(leakThreshold, "leakThreshold");
      return this;
    }

    /**
     * Whether a leaked lease is also taken back and its resource aborted. Default {@code false}.
     */
    public Builder leakReclaim(boolean leakReclaim) {
      this.leakReclaim = leakReclaim;
      return this;
    }

    /**
     * The stack of one acquisition in so many is kept for reports. 0: none, 1: every one. Default
     * {@code 0}.
     */
    public Builder leakStackSampling(int leakStackSampling) {
      this.leakStackSampling = leakStackSampling;
      return this;
    }

    /**
     * A lease held longer is reported as slow, once. Zero: never. Default {@code Duration.ZERO}.
     */
    public Builder slowLeaseThreshold(Duration slowLeaseThreshold) {
      this.slowLeaseThreshold = Objects.requireNonNull(slowLeaseThreshold, "slowLeaseThreshold");
      return this;
    }

    /**
     * An acquisition that waited longer is logged. Zero: never. Default {@code
     * Duration.ofSeconds(2)}.
     */
    public Builder slowAcquireThreshold(Duration slowAcquireThreshold) {
      this.slowAcquireThreshold =
          Objects.requireNonNull(slowAcquireThreshold, "slowAcquireThreshold");
      return this;
    }

    /**
     * What is thought of a thread that acquires while it holds. Default {@code
     * NestedAcquire.ALLOW}.
     */
    public Builder nestedAcquire(NestedAcquire nestedAcquire) {
      this.nestedAcquire = Objects.requireNonNull(nestedAcquire, "nestedAcquire");
      return this;
    }

    /**
     * Whether a pause of the whole process (a suspended laptop, a frozen function) makes all idle
     * resources suspect. Default {@code true}.
     */
    public Builder resumeGuard(boolean resumeGuard) {
      this.resumeGuard = resumeGuard;
      return this;
    }

    /**
     * Whether each acquisition looks for a pause of the process itself, which costs it a reading of
     * the wall clock, about 25 ns. Otherwise the keeper does, and for the first moment after the
     * resume, 50 ms at most, what was idle for too long is still lent. Needs {@link #resumeGuard}.
     * Default {@code false}.
     */
    public Builder strictResumeGuard(boolean strictResumeGuard) {
      this.strictResumeGuard = strictResumeGuard;
      return this;
    }

    /** What building the pool does about its first resources. Default {@code StartPolicy.LAZY}. */
    public Builder startPolicy(StartPolicy startPolicy) {
      this.startPolicy = Objects.requireNonNull(startPolicy, "startPolicy");
      return this;
    }

    /** Which idle resource is lent first. Default {@code HandoutOrder.LIFO}. */
    public Builder handoutOrder(HandoutOrder handoutOrder) {
      this.handoutOrder = Objects.requireNonNull(handoutOrder, "handoutOrder");
      return this;
    }

    /**
     * Whether a caller that runs may go before one that waits. Default {@code Fairness.BOUNDED}.
     */
    public Builder fairness(Fairness fairness) {
      this.fairness = Objects.requireNonNull(fairness, "fairness");
      return this;
    }

    /** Whether callers wait when nothing is free. Default {@code WhenExhausted.WAIT}. */
    public Builder whenExhausted(WhenExhausted whenExhausted) {
      this.whenExhausted = Objects.requireNonNull(whenExhausted, "whenExhausted");
      return this;
    }

    /** Overload control; null: off. Default {@code null}. */
    public Builder overload(@Nullable Overload overload) {
      this.overload = overload;
      return this;
    }

    /**
     * Resources opened at the start in all, where that is more than the minimum and the start
     * policy is not LAZY. Default {@code 0}.
     */
    public Builder warmUp(int warmUp) {
      this.warmUp = warmUp;
      return this;
    }

    /**
     * Builds the configuration.
     *
     * @throws IllegalArgumentException if it is impossible; the message names every reason
     */
    public PoolConfig build() {
      List<String> wrong = problems();
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(
            "pool '" + name + "' cannot be configured so: " + String.join("; ", wrong));
      }
      return new PoolConfig(this);
    }

    /** Returns why {@link #build} would refuse these options, each reason apart. */
    public List<String> problems() {
      List<String> wrong = new ArrayList<>();
      if (maxSize < 1 || maxSize > MAX_SIZE_LIMIT) {
        wrong.add("maxSize must be from 1 to " + MAX_SIZE_LIMIT + ", is " + maxSize);
      }
      if (minSize < 0 || minSize > maxSize) {
        wrong.add("minSize must be from 0 to maxSize (" + maxSize + "), is " + minSize);
      }
      if (warmUp < 0 || warmUp > maxSize) {
        wrong.add("warmUp must be from 0 to maxSize (" + maxSize + "), is " + warmUp);
      }
      notNegative(wrong, "maxWaiters", maxWaiters);
      notNegative(wrong, "maxConcurrentOpens", maxConcurrentOpens);
      notNegative(wrong, "maxUses", maxUses);
      notNegative(wrong, "leakStackSampling", leakStackSampling);
      if (!(maxLifetimeJitter >= 0 && maxLifetimeJitter <= 0.9)) {
        wrong.add("maxLifetimeJitter must be from 0 to 0.9, is " + maxLifetimeJitter);
      }
      durationProblems(wrong);
      return wrong;
    }

    private void durationProblems(List<String> wrong) {
      notNegative(wrong, "acquireTimeout", acquireTimeout);
      notNegative(wrong, "drainTimeout", drainTimeout);
      notNegative(wrong, "idleTimeout", idleTimeout);
      notNegative(wrong, "maxLifetime", maxLifetime);
      notNegative(wrong, "validateAfterIdle", validateAfterIdle);
      notNegative(wrong, "healthCheckInterval", healthCheckInterval);
      notNegative(wrong, "keepaliveInterval", keepaliveInterval);
      notNegative(wrong, "leakThreshold", leakThreshold);
      notNegative(wrong, "slowLeaseThreshold", slowLeaseThreshold);
      notNegative(wrong, "slowAcquireThreshold", slowAcquireThreshold);
      positive(wrong, "openTimeout", openTimeout);
      positive(wrong, "validationTimeout", validationTimeout);
      positive(wrong, "resetTimeout", resetTimeout);
      positive(wrong, "closeTimeout", closeTimeout);
      positive(wrong, "backoffMin", backoffMin);
      if (backoffMax.compareTo(backoffMin) < 0) {
        wrong.add(
            "backoffMax (" + backoffMax + ") must not be below backoffMin (" + backoffMin + ")");
      }
      if (strictResumeGuard && !resumeGuard) {
        wrong.add("strictResumeGuard needs resumeGuard, which is off");
      }
      if (leakReclaim && leakThreshold.isZero()) {
        wrong.add("leakReclaim needs a leakThreshold, which is off");
      }
      if (!maxLifetime.isZero() && idleTimeout.compareTo(maxLifetime) > 0) {
        wrong.add(
            "idleTimeout ("
                + idleTimeout
                + ") must not exceed maxLifetime ("
                + maxLifetime
                + "), it would never count");
      }
      if (!maxLifetime.isZero()
          && keepaliveInterval.compareTo(maxLifetime) >= 0
          && !keepaliveInterval.isZero()) {
        wrong.add(
            "keepaliveInterval ("
                + keepaliveInterval
                + ") must be shorter than maxLifetime ("
                + maxLifetime
                + "), it would never count");
      }
    }

    private static void notNegative(List<String> wrong, String option, long value) {
      if (value < 0) {
        wrong.add(option + " must not be negative, is " + value);
      }
    }

    private static void notNegative(List<String> wrong, String option, Duration value) {
      if (value.isNegative() || value.compareTo(LONGEST) > 0) {
        wrong.add(option + " must be from 0 to " + LONGEST.toDays() + " days, is " + value);
      }
    }

    private static void positive(List<String> wrong, String option, Duration value) {
      if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
        wrong.add(
            option + " must be above 0 and at most " + LONGEST.toDays() + " days, is " + value);
      }
    }
  }

  private static final Duration LONGEST = Duration.ofDays(3650);
}
