package com.zaxxer.hikari;

import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.pool.HikariPool;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.io.Closeable;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A pooling data source with HikariCP's name and methods. Thread-safe once it has started. */
public class HikariDataSource extends HikariConfig implements DataSource, Closeable {
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Held while the pool starts, because callers have to wait for that anyway. */
  private final ReentrantLock starting = new ReentrantLock();

  // Spring Boot reads the field by this name.
  private volatile HikariPool pool;

  /** A data source that starts its pool at the first connection. */
  public HikariDataSource() {}

  /**
   * A data source that starts its pool at once.
   *
   * @throws PoolInitializationException if the database cannot be reached
   */
  @SuppressWarnings("this-escape") // a subclass may override getters, as it could before
  public HikariDataSource(HikariConfig configuration) {
    configuration.validate();
    configuration.copyStateTo(this);
    pool = new HikariPool(this);
    configuration.seal();
    seal();
  }

  @Override
  final void changed() {
    HikariPool running = pool;
    if (running != null) {
      running.reconfigure();
    }
  }

  /**
   * Lends a connection, waiting up to {@code connectionTimeout}.
   *
   * @throws SQLException an {@link java.sql.SQLTransientConnectionException} if there is none in
   *     time
   */
  @Override
  public Connection getConnection() throws SQLException {
    if (closed.get()) {
      throw new SQLException("HikariDataSource " + this + " has been closed.");
    }
    HikariPool running = pool;
    return (running == null ? start() : running).getConnection();
  }

  private HikariPool start() throws SQLException {
    starting.lock();
    try {
      if (pool == null) {
        validate();
        HikariPool fresh = new HikariPool(this);
        seal();
        pool = fresh;
        if (closed.get()) { // by another thread meanwhile, which may not have seen the pool
          fresh.shutdown();
        }
      }
      return pool;
    } catch (PoolInitializationException e) {
      if (e.getCause() instanceof SQLException cause) {
        throw cause;
      }
      throw e;
    } finally {
      starting.unlock();
    }
  }

  /** Not supported: all connections of a pool belong to one user. */
  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        getPoolName() + " lends connections of its own user only", "0A000");
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    HikariPool running = pool;
    return running == null ? null : running.getUnwrappedDataSource().getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    HikariPool running = pool;
    if (running != null) {
      running.getUnwrappedDataSource().setLogWriter(out);
    }
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    HikariPool running = pool;
    if (running != null) {
      running.getUnwrappedDataSource().setLoginTimeout(seconds);
    }
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    HikariPool running = pool;
    return running == null ? 0 : running.getUnwrappedDataSource().getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("there is no logger of java.util.logging", "0A000");
  }

  /** Gives this, Sluice's pool behind it, or the data source that opens its connections. */
  @Override
  public <T> T unwrap(Class<T> iface) throws SQLException {
    if (iface.isInstance(this)) {
      return iface.cast(this);
    }
    HikariPool running = pool;
    if (running == null) {
      throw new SQLException("Wrapped DataSource is not an instance of " + iface, "22023");
    }
    return running.dataSource().unwrap(iface);
  }

  @Override
  public boolean isWrapperFor(Class<?> iface) throws SQLException {
    HikariPool running = pool;
    return iface.isInstance(this) || (running != null && running.dataSource().isWrapperFor(iface));
  }

  @Override
  public void setMetricRegistry(Object metricRegistry) {
    if (getMetricRegistry() != null) {
      throw new IllegalStateException("MetricRegistry can only be set one time");
    }
    super.setMetricRegistry(metricRegistry);
    HikariPool running = pool;
    if (running != null && metricRegistry != null) {
      running.setMetricRegistry(getMetricRegistry());
    }
  }

  /** Can be set once while the pool runs. */
  @Override
  public void setHealthCheckRegistry(Object healthCheckRegistry) {
    HikariPool running = pool;
    if (running != null && getHealthCheckRegistry() != null) {
      throw new IllegalStateException("HealthCheckRegistry can only be set one time");
    }
    super.setHealthCheckRegistry(healthCheckRegistry);
    if (running != null && healthCheckRegistry != null) {
      running.setHealthCheckRegistry(getHealthCheckRegistry());
    }
  }

  /** Can be set once, also while the pool runs. */
  @Override
  public void setMetricsTrackerFactory(MetricsTrackerFactory metricsTrackerFactory) {
    if (getMetricsTrackerFactory() != null) {
      throw new IllegalStateException("MetricsTrackerFactory can only be set one time");
    }
    super.setMetricsTrackerFactory(metricsTrackerFactory);
    HikariPool running = pool;
    if (running != null) {
      running.setMetricsTrackerFactory(metricsTrackerFactory);
    }
  }

  /** Whether the pool has started, and is neither suspended nor closed. */
  public boolean isRunning() {
    HikariPool running = pool;
    return running != null && !running.isSuspended() && !closed.get();
  }

  /** The pool's figures and operations; null before it has started. */
  public HikariPoolMXBean getHikariPoolMXBean() {
    return pool;
  }

  /** The settings that can change while the pool runs. */
  public HikariConfigMXBean getHikariConfigMXBean() {
    return this;
  }

  /** Closes a connection instead of lending it again. */
  public void evictConnection(Connection connection) {
    HikariPool running = pool;
    if (running != null && !closed.get()) {
      running.evictConnection(connection);
    }
  }

  /** Closes the pool. A second call does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true) && pool != null) {
      pool.shutdown();
    }
  }

  /** Whether it was closed. */
  public boolean isClosed() {
    return closed.get();
  }

  @Override
  public String toString() {
    return "HikariDataSource (" + getPoolName() + ")";
  }
}
