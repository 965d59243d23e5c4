package dev.sluice.r2dbc;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.Fairness;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.PoolOptions;
import dev.sluice.pool.StartPolicy;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * Sets the options of a {@link SluiceConnectionFactory}: those of every pool, and r2dbc-pool's
 * under their own names. Where both have an option, they set the same one, and the last call wins.
 * Not thread-safe.
 *
 * <p>The default of {@link #fairness} is STRICT here: subscribers are served in order.
 *
 * <p>Where r2dbc-pool takes a negative duration for "no limit", so do the options of that name.
 */
public final class SluiceConnectionFactoryBuilder
    extends PoolOptions<SluiceConnectionFactoryBuilder> {
  private static final System.Logger LOG = System.getLogger("dev.sluice.r2dbc");

  /** No limit, as far as a caller can see: ten years, the longest that the pool takes. */
  private static final Duration NO_LIMIT = Duration.ofDays(3_650);

  private final ConnectionFactory driver;
  private final List<PoolListener> listeners = new ArrayList<>();
  private @Nullable Function<? super Connection, ? extends Publisher<Void>> postAllocate;
  private @Nullable Function<? super Connection, ? extends Publisher<Void>> preRelease;
  private @Nullable String validationQuery;
  private ValidationDepth validationDepth = ValidationDepth.REMOTE;
  private @Nullable Duration lockTimeout;
  private @Nullable Duration statementTimeout;
  private boolean registerJmx;

  SluiceConnectionFactoryBuilder(ConnectionFactory driver) {
    this.driver = Objects.requireNonNull(driver, "driver");
    // Barging spares the waking of parked threads, of which there are none here.
    name("r2dbc").fairness(Fairness.STRICT);
  }

  @Override
  protected SluiceConnectionFactoryBuilder self() {
    return this;
  }

  /** Adds a receiver of the pool's events. Default: none. */
  public SluiceConnectionFactoryBuilder listener(PoolListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  // ---- r2dbc-pool's names

  /** The same as {@link #name}. Default {@code "r2dbc"}. */
  public SluiceConnectionFactoryBuilder poolName(String poolName) {
    return name(poolName);
  }

  /**
   * How many connections the pool opens in the background as soon as it is built, and keeps if that
   * is not more than minIdle. 0 to maxSize. Default 0: it opens connections when they are needed.
   */
  public SluiceConnectionFactoryBuilder initialSize(int initialSize) {
    warmUp(initialSize);
    return initialSize > 0 ? startPolicy(StartPolicy.BACKGROUND) : this;
  }

  /**
   * The fewest connections that the pool keeps, in use or idle; the same as {@link #minSize}.
   * Unlike in r2dbc-pool, no eviction goes below it. Default 1.
   */
  public SluiceConnectionFactoryBuilder minIdle(int minIdle) {
    return minSize(minIdle);
  }

  /**
   * How long a subscriber may wait for a connection in all: the same as {@link #acquireTimeout}.
   * Zero: at once or not at all. Negative: no limit. Default 30 s.
   */
  public SluiceConnectionFactoryBuilder maxAcquireTime(Duration maxAcquireTime) {
    return acquireTimeout(limit(maxAcquireTime, "maxAcquireTime"));
  }

  /**
   * How long one attempt to open may take: the same as {@link #openTimeout}. Negative: no limit.
   * Default 10 s.
   */
  public SluiceConnectionFactoryBuilder maxCreateConnectionTime(Duration maxCreateConnectionTime) {
    return openTimeout(limit(maxCreateConnectionTime, "maxCreateConnectionTime"));
  }

  /**
   * How long one check may take: the same as {@link #validationTimeout}. Negative: no limit.
   * Default 3 s, or half of acquireTimeout if that is no longer than 3 s.
   */
  public SluiceConnectionFactoryBuilder maxValidationTime(Duration maxValidationTime) {
    return validationTimeout(limit(maxValidationTime, "maxValidationTime"));
  }

  /**
   * How long a connection above the minimum may be idle. Negative: for ever. Zero: no connection
   * stays idle. Default 10 min.
   */
  public SluiceConnectionFactoryBuilder maxIdleTime(Duration maxIdleTime) {
    if (maxIdleTime.isZero()) {
      return minSize(0).maxIdle(0);
    }
    return idleTimeout(maxIdleTime.isNegative() ? Duration.ZERO : maxIdleTime);
  }

  /**
   * The maximum age of a connection. Negative: no limit. Zero: each connection is lent once.
   * Default 30 min.
   */
  public SluiceConnectionFactoryBuilder maxLifeTime(Duration maxLifeTime) {
    if (maxLifeTime.isZero()) {
      return maxUses(1);
    }
    return maxLifetime(maxLifeTime.isNegative() ? Duration.ZERO : maxLifeTime);
  }

  /**
   * Accepted without effect: the pool looks for connections to evict at least every 50 ms, whatever
   * the interval.
   */
  public SluiceConnectionFactoryBuilder backgroundEvictionInterval(Duration interval) {
    Objects.requireNonNull(interval, "interval");
    return this;
  }

  /**
   * Accepted without effect: the pool replaces a connection that turns out to be dead for as long
   * as the deadline allows.
   *
   * @throws IllegalArgumentException if negative
   */
  public SluiceConnectionFactoryBuilder acquireRetry(int acquireRetry) {
    if (acquireRetry < 0) {
      throw new IllegalArgumentException("acquireRetry must not be negative, is " + acquireRetry);
    }
    return this;
  }

  /**
   * Runs before each lease, with the driver's connection. If it fails, so does the acquisition, and
   * the connection is closed. Its time counts against acquireTimeout. Default: none.
   */
  public SluiceConnectionFactoryBuilder postAllocate(
      Function<? super Connection, ? extends Publisher<Void>> postAllocate) {
    this.postAllocate = Objects.requireNonNull(postAllocate, "postAllocate");
    return this;
  }

  /**
   * Runs after each lease, with the driver's connection, before the pool cleans it. If it fails, or
   * takes longer than {@link #resetTimeout}, the connection is closed. Default: none.
   */
  public SluiceConnectionFactoryBuilder preRelease(
      Function<? super Connection, ? extends Publisher<Void>> preRelease) {
    this.preRelease = Objects.requireNonNull(preRelease, "preRelease");
    return this;
  }

  /**
   * The query that checks a connection. Default: none, or an empty one: the driver's own check.
   * When the pool checks is the matter of {@link #validateAfterIdle} and {@link
   * #healthCheckInterval}.
   */
  public SluiceConnectionFactoryBuilder validationQuery(String validationQuery) {
    Objects.requireNonNull(validationQuery, "validationQuery");
    this.validationQuery = validationQuery.isBlank() ? null : validationQuery;
    return this;
  }

  /**
   * How deep the driver's own check goes. Default REMOTE, which asks the server: LOCAL passes a
   * connection whose server has gone silently. In any case the pool looks locally before each
   * lease.
   */
  public SluiceConnectionFactoryBuilder validationDepth(ValidationDepth validationDepth) {
    this.validationDepth = Objects.requireNonNull(validationDepth, "validationDepth");
    return this;
  }

  /**
   * Whether the pool registers with JMX, under r2dbc-pool's names: {@code
   * io.r2dbc.pool:type=ConnectionPool,name=…}. Default false.
   */
  public SluiceConnectionFactoryBuilder registerJmx(boolean registerJmx) {
    this.registerJmx = registerJmx;
    return this;
  }

  // ---- what a reset restores

  /**
   * The lock timeout that the driver sets on each new connection, so that the pool can restore it.
   * Taken from the options if the pool is built from some. Default: the database's own.
   */
  public SluiceConnectionFactoryBuilder lockWaitTimeout(@Nullable Duration lockWaitTimeout) {
    this.lockTimeout = lockWaitTimeout;
    return this;
  }

  /** The statement timeout that the driver sets; as {@link #lockWaitTimeout}. */
  public SluiceConnectionFactoryBuilder statementTimeout(@Nullable Duration statementTimeout) {
    this.statementTimeout = statementTimeout;
    return this;
  }

  private static Duration limit(Duration limit, String option) {
    return Objects.requireNonNull(limit, option).isNegative() ? NO_LIMIT : limit;
  }

  // ---- building

  /** Makes the engine; a parameter, so that tests have an engine in a time of its own. */
  @FunctionalInterface
  interface Engine {
    Pool<PhysicalConnection, ConnectionLease> make(
        PoolConfig config, R2dbcResources resources, PoolListener... listeners)
        throws AcquireException;
  }

  /**
   * Builds the pool, and starts it as {@link #startPolicy} says.
   *
   * @throws IllegalArgumentException if the configuration is invalid; the message lists every
   *     problem
   * @throws io.r2dbc.spi.R2dbcException if the start policy is FAIL_FAST and no connection could be
   *     opened
   */
  public SluiceConnectionFactory build() {
    return build(
        (config, resources, all) -> Pool.create(config, resources, ConnectionLease::new, all),
        Timer.SYSTEM,
        System::nanoTime);
  }

  SluiceConnectionFactory build(
      Engine engine, Timer timer, java.util.function.LongSupplier nanoTime) {
    List<PoolConfig.Problem> problems = poolProblems();
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "pool '" + poolName() + "': invalid configuration: " + texts(problems));
    }
    PoolConfig config = poolConfig();
    R2dbcResources resources =
        new R2dbcResources(
            driver,
            new R2dbcResources.Check(validationQuery, validationDepth),
            new SessionReset(lockTimeout, statementTimeout),
            config.resetTimeout(),
            config.closeTimeout(),
            new LoopCount(
                config.name(),
                Runtime.getRuntime().availableProcessors(),
                text -> LOG.log(System.Logger.Level.INFO, text)));
    Terms terms =
        new Terms(
            config, new Hooks(postAllocate, preRelease), timer, new LoopWatch(timer), nanoTime);
    try {
      PoolListener[] all = listeners.toArray(PoolListener[]::new);
      return new SluiceConnectionFactory(
          driver, terms, engine.make(config, resources, all), registerJmx);
    } catch (AcquireException e) {
      throw (RuntimeException) Failures.of(e);
    }
  }

  private static String texts(List<PoolConfig.Problem> problems) {
    List<String> texts = new ArrayList<>();
    problems.forEach(problem -> texts.add(problem.text()));
    return String.join("; ", texts);
  }
}
