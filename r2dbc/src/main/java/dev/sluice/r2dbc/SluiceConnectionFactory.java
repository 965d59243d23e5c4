package dev.sluice.r2dbc;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolStats;
import dev.sluice.pool.SizingAdvice;
import io.r2dbc.spi.Closeable;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * A pool of R2DBC connections over any driver. Thread-safe; no method blocks, except {@link
 * #dispose}.
 *
 * <p>A subscriber to {@link #create} gets a free connection at once, or waits in one fair queue for
 * at most {@code acquireTimeout}, which covers waiting, opening, checking and {@code postAllocate}.
 * If the driver tells its event loop, the connection is delivered there. A subscriber that cancels
 * gets nothing, and what was meant for it goes back to the pool.
 *
 * <p>A connection comes back clean: the pool rolls back an open transaction, and restores
 * auto-commit, isolation, and the lock and statement timeouts, on a worker of its own. A clean
 * connection costs no round trip.
 *
 * <p>A failed acquisition ends in an {@code io.r2dbc.spi.R2dbcTimeoutException} (SQLSTATE 08001) if
 * no connection was available in time, an {@code R2dbcTransientResourceException} (08001) if the
 * pool refused the caller, an exception of the kind that the driver throws if connections cannot be
 * opened, or an {@code R2dbcNonTransientResourceException} (08003) if the pool is closed. Its cause
 * is an {@link AcquireException}.
 */
public final class SluiceConnectionFactory
    implements ConnectionFactory, Closeable, Wrapped<ConnectionFactory> {
  private final ConnectionFactory driver;
  private final Terms terms;
  private final Pool<PhysicalConnection, ConnectionLease> pool;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final @Nullable PoolJmx jmx;

  SluiceConnectionFactory(
      ConnectionFactory driver,
      Terms terms,
      Pool<PhysicalConnection, ConnectionLease> pool,
      boolean registerJmx) {
    this.driver = driver;
    this.terms = terms;
    this.pool = pool;
    this.jmx = registerJmx ? PoolJmx.register(terms.poolName(), pool) : null;
  }

  /** Starts a pool over a driver's connection factory. */
  public static SluiceConnectionFactoryBuilder builder(ConnectionFactory driver) {
    return new SluiceConnectionFactoryBuilder(driver);
  }

  /**
   * Starts a pool over the driver that these options name, with the pool's options among them.
   *
   * @param options of the driver itself, or with {@code pool} as the driver and the real driver at
   *     the head of the protocol, as a URL {@code r2dbc:pool:postgresql://…} has it
   * @throws IllegalArgumentException if no driver supports the options, or a pool option is invalid
   */
  public static SluiceConnectionFactoryBuilder builder(ConnectionFactoryOptions options) {
    return PoolUrl.builder(options, PoolUrl::findDriver);
  }

  /**
   * Like {@link #builder(ConnectionFactoryOptions)}, for frameworks that decorate the driver.
   *
   * @param driver makes the driver's connection factory from the options without those of the pool
   * @throws IllegalArgumentException if a pool option is invalid
   */
  public static SluiceConnectionFactoryBuilder builder(
      ConnectionFactoryOptions options,
      Function<? super ConnectionFactoryOptions, ? extends ConnectionFactory> driver) {
    return PoolUrl.builder(options, driver);
  }

  // ---- acquiring

  /** Each subscription acquires a connection when it first requests one. */
  @Override
  public Publisher<? extends Connection> create() {
    return create(AcquireOptions.DEFAULT);
  }

  /** Like {@link #create()}, with options for these subscriptions. */
  public Publisher<? extends Connection> create(AcquireOptions options) {
    Objects.requireNonNull(options, "options");
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      subscriber.onSubscribe(new LeaseSubscription(terms, pool, options, subscriber));
    };
  }

  // ---- looking

  @Override
  public ConnectionFactoryMetadata getMetadata() {
    return driver.getMetadata();
  }

  /** The driver's connection factory. */
  @Override
  public ConnectionFactory unwrap() {
    return driver;
  }

  /** The original configuration. */
  public PoolConfig config() {
    return pool.config();
  }

  /** The sizes, counters and histograms at this moment; takes no lock. */
  public PoolStats stats() {
    return pool.stats();
  }

  /** How busy the pool is, as {@link Pool#load} says it: 1 when just full. */
  public double load() {
    return pool.load();
  }

  /** Advice on the size, from the load that the pool has measured. */
  public SizingAdvice advice() {
    return pool.advice();
  }

  /** The current leases; their threads are those that requested them. */
  public List<LeaseInfo> leases() {
    return pool.leases(false);
  }

  /** A few lines for a log: sizes, and each current lease. */
  public String dump() {
    return pool.dump();
  }

  /** The sizes, in one line. */
  @Override
  public String toString() {
    return pool.toString();
  }

  // ---- changing

  /** Changes the sizes, as {@link Pool#resize} does. */
  public void resize(int minSize, int maxSize) {
    pool.resize(minSize, maxSize);
  }

  /** Replaces all connections opened before now: idle ones at once, lent ones on their return. */
  public void refresh() {
    pool.refresh();
  }

  /** Suspends lending: subscribers wait, up to their timeouts. */
  public void suspend() {
    pool.suspend();
  }

  /** Resumes lending. */
  public void resume() {
    pool.resume();
  }

  /**
   * Opens connections until the minimum or {@code initialSize} is there, whichever is more, and
   * emits how many connections the pool then has. Fails with the true cause if that takes longer
   * than {@code acquireTimeout}; the pool stays open and keeps trying.
   */
  public Publisher<Integer> warmup() {
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      subscriber.onSubscribe(new Background<>(subscriber, this::warmUp, threadName("warmup")));
    };
  }

  /**
   * Acquires a connection and checks it, within this time, and emits whether that succeeded. Also
   * emits true if all connections are lent and opening has not failed.
   */
  public Publisher<Boolean> checkHealth(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      subscriber.onSubscribe(
          new Background<>(subscriber, () -> pool.checkHealth(timeout), threadName("health")));
    };
  }

  private Integer warmUp() throws Exception {
    try {
      pool.awaitReady(pool.config().acquireTimeout());
      return pool.size();
    } catch (AcquireException e) {
      throw (Exception) Failures.of(e);
    }
  }

  // ---- ending

  /** Closes with {@link PoolConfig#drainTimeout}, like {@link #close(Duration)}. */
  @Override
  public Publisher<Void> close() {
    return close(pool.config().drainTimeout());
  }

  /**
   * Closes the pool on subscription: fails all waiting subscribers at once, waits for borrowers,
   * and then closes their connections too. Each publisher completes when the pool is closed; the
   * first subscription decides how long it drains.
   */
  public Publisher<Void> close(Duration drain) {
    Objects.requireNonNull(drain, "drain");
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      if (closing.compareAndSet(false, true)) {
        Background.start(threadName("close"), () -> end(drain));
      }
      Completion completion = new Completion(subscriber);
      subscriber.onSubscribe(completion);
      var unused = pool.closed().whenComplete((cut, failure) -> completion.complete());
    };
  }

  /** Closes the pool like {@link #close()}, and blocks until that is done. */
  public void dispose() {
    closing.set(true);
    end(pool.config().drainTimeout());
  }

  /** Whether the pool is closed, or closing. */
  public boolean isDisposed() {
    return pool.isClosed();
  }

  private void end(Duration drain) {
    PoolJmx registered = jmx;
    if (registered != null) {
      registered.unregister();
    }
    pool.close(drain);
  }

  private String threadName(String what) {
    return "sluice-" + terms.poolName() + "-" + what;
  }
}
