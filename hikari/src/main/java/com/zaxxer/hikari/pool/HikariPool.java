package com.zaxxer.hikari.pool;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import dev.sluice.jdbc.AcquireInterruptedException;
import dev.sluice.jdbc.PoolStartException;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.PoolStats;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** The pool behind a {@link com.zaxxer.hikari.HikariDataSource}: one of Sluice's. Thread-safe. */
public final class HikariPool implements HikariPoolMXBean {
  private final HikariConfig config;
  private final String poolName;
  private final Tracking tracking = new Tracking();
  private final SluiceDataSource dataSource;
  private final long timeoutAtStart;
  private volatile boolean suspended;
  private volatile Runnable withdrawChecks = () -> {};

  /**
   * Builds the pool.
   *
   * @param config a validated configuration, which the pool goes on reading
   * @throws PoolInitializationException if {@code initializationFailTimeout} demands a connection
   *     and there is none
   */
  public HikariPool(HikariConfig config) {
    this.config = config;
    this.poolName = config.getPoolName();
    this.timeoutAtStart = config.getConnectionTimeout();
    try {
      this.dataSource = Settings.of(config).listener(tracking).build();
    } catch (PoolStartException e) {
      throw new PoolInitializationException(e.getCause() == null ? e : e.getCause());
    }
    if (config.getMetricsTrackerFactory() != null) {
      setMetricsTrackerFactory(config.getMetricsTrackerFactory());
    }
    if (config.getMetricRegistry() != null) {
      setMetricRegistry(config.getMetricRegistry());
    }
    if (config.getHealthCheckRegistry() != null) {
      setHealthCheckRegistry(config.getHealthCheckRegistry());
    }
    if (config.isRegisterMbeans()) {
      Beans.register(this, config);
    }
  }

  /** Lends a connection within the configured time. */
  public Connection getConnection() throws SQLException {
    return getConnection(config.getConnectionTimeout());
  }

  /** Lends a connection within this time, in milliseconds. */
  public Connection getConnection(long hardTimeout) throws SQLException {
    if (suspended && Boolean.getBoolean("com.zaxxer.hikari.throwIfSuspended")) {
      throw new SQLTransientException(poolName + " - the pool is suspended", "08001");
    }
    long start = System.nanoTime();
    try {
      return hardTimeout == timeoutAtStart
          ? dataSource.getConnection()
          : dataSource.getConnection(Duration.ofMillis(hardTimeout));
    } catch (SQLTransientConnectionException e) {
      throw timedOut(e, start);
    } catch (AcquireInterruptedException e) {
      throw new SQLException(
          poolName + " - interrupted while waiting for a connection",
          e.getSQLState(),
          e.getCause());
    }
  }

  /** In the words that applications and alarms look for, followed by Sluice's diagnosis. */
  private SQLException timedOut(SQLTransientConnectionException failure, long start) {
    PoolStats stats = dataSource.stats();
    String message =
        String.format(
            "%s - Connection is not available, request timed out after %dms (total=%d, active=%d,"
                + " idle=%d, waiting=%d). %s",
            poolName,
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
            stats.size(),
            stats.active(),
            stats.idle(),
            stats.waiting(),
            failure.getMessage());
    SQLException inTheirWords =
        new SQLTransientConnectionException(
            message, failure.getSQLState(), failure.getErrorCode(), failure.getCause());
    if (failure.getCause() instanceof SQLException cause) {
      inTheirWords.setNextException(cause);
    }
    inTheirWords.addSuppressed(failure);
    return inTheirWords;
  }

  /** Takes over what may change at run time: the sizes, the login, the catalog. */
  public void reconfigure() {
    int max = config.getMaximumPoolSize();
    int min = Math.min(config.getMinimumIdle(), max);
    dataSource.reconfigure(
        builder -> {
          builder.minSize(min).maxSize(max).catalog(config.getCatalog());
          return Settings.login(builder, config);
        });
  }

  /** The data source of the pool. */
  public SluiceDataSource dataSource() {
    return dataSource;
  }

  /** The data source that opens connections, if there is one, otherwise the pool's own. */
  public DataSource getUnwrappedDataSource() {
    DataSource given = config.getDataSource();
    return given == null ? dataSource : given;
  }

  /** Closes a connection instead of lending it again; its borrower cannot use it any more. */
  public void evictConnection(Connection connection) {
    try {
      dataSource.evict(connection);
    } catch (SQLException e) {
      throw new IllegalArgumentException("not a connection of the pool " + poolName, e);
    }
  }

  /** Has a tracker receive what happens from now on. */
  public void setMetricsTrackerFactory(MetricsTrackerFactory factory) {
    tracking.use(factory == null ? null : factory.create(poolName, new Sizes(dataSource)));
  }

  /** Reports to a registry of Micrometer or of Dropwizard Metrics; null ends that. */
  public void setMetricRegistry(Object registry) {
    setMetricsTrackerFactory(registry == null ? null : Registries.factory(registry));
  }

  /** Registers the pool's checks with a registry of Dropwizard, until the pool is closed. */
  public void setHealthCheckRegistry(Object registry) {
    if (registry != null) {
      withdrawChecks = Registries.registerChecks(this, config, registry);
    }
  }

  /** Closes the pool. */
  public void shutdown() {
    if (config.isRegisterMbeans()) {
      Beans.unregister(poolName);
    }
    withdrawChecks.run();
    dataSource.close();
    tracking.use(null);
  }

  /** Whether lending is suspended. */
  public boolean isSuspended() {
    return suspended;
  }

  @Override
  public int getIdleConnections() {
    return dataSource.stats().idle();
  }

  @Override
  public int getActiveConnections() {
    return dataSource.stats().active();
  }

  @Override
  public int getTotalConnections() {
    return dataSource.stats().size();
  }

  @Override
  public int getThreadsAwaitingConnection() {
    return dataSource.stats().waiting();
  }

  @Override
  public void softEvictConnections() {
    dataSource.refresh();
  }

  @Override
  public void suspendPool() {
    requireSuspendable();
    dataSource.suspend();
    suspended = true;
  }

  @Override
  public void resumePool() {
    requireSuspendable();
    dataSource.resume();
    suspended = false;
  }

  private void requireSuspendable() {
    if (!config.isAllowPoolSuspension()) {
      throw new IllegalStateException(poolName + " - is not suspendable");
    }
  }

  @Override
  public String toString() {
    return poolName;
  }

  /** The pool could not open its first connection; the cause says why. */
  public static class PoolInitializationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With the failure to connect. */
    public PoolInitializationException(Throwable cause) {
      super("Failed to initialize pool: " + cause.getMessage(), cause);
    }
  }
}
