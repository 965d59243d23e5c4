package dev.sluice.jdbc;

import dev.sluice.jdbc.config.Option;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolStats;
import dev.sluice.pool.ResourceInfo;
import dev.sluice.pool.SizingAdvice;
import java.io.Closeable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A pooling {@code DataSource} as a JavaBean, for frameworks and containers that make a data source
 * by its public constructor and set its properties. Every option is a property. In your own code
 * {@link SluiceBuilder} is the better choice. Thread-safe.
 *
 * <p>The pool is built at the first use: the first connection, or the first question for its
 * figures. From then on a setter reaches the running pool if {@link SluiceDataSource#reconfigure}
 * can change its option, and throws an {@link IllegalStateException} if not. If building the pool
 * fails, the setters work again, and the next use tries again.
 *
 * <p>Setters ignore null. Enums and durations have a second setter that takes text, {@code "30s"}
 * for example. The setters throw an {@link IllegalArgumentException} for text that cannot be read.
 */
public final class SluiceDataSourceBean extends SluiceBeanProperties
    implements SluicePool, Closeable {
  /** A bean without any option set. */
  public SluiceDataSourceBean() {}

  // Properties beside the options

  /** The user, by the name that most frameworks use. */
  public @Nullable String getUsername() {
    return getUser();
  }

  /** Sets the user. */
  public void setUsername(@Nullable String username) {
    setUser(username);
  }

  /** A copy of the driver's properties, with their values, by the driver's own names. */
  public Properties getDriverProperties() {
    Properties properties = new Properties();
    current()
        .driverProperties()
        .forEach((name, value) -> properties.setProperty(name, value.reveal()));
    return properties;
  }

  /** Adds properties for the driver, by the driver's own names. */
  public void setDriverProperties(@Nullable Properties properties) {
    if (properties != null) {
      configure(
          builder -> {
            for (String name : properties.stringPropertyNames()) {
              builder.driverProperty(name, properties.getProperty(name));
            }
            return builder;
          });
    }
  }

  /**
   * Changes the configuration in code: what has no setter, or many options at once.
   *
   * @throws IllegalStateException if the pool is closed
   * @throws SluiceConfigException if the pool runs and cannot take the change
   */
  public void configure(UnaryOperator<SluiceBuilder> change) {
    change(null, "the configuration", change);
  }

  // Connections

  /**
   * Lends a connection, as {@link SluiceDataSource#getConnection()} does. The first call builds the
   * pool.
   *
   * @throws SQLException also if the configuration is invalid; the message lists every problem
   */
  @Override
  public Connection getConnection() throws SQLException {
    SluiceDataSource pool = running();
    return pool == null ? poolForJdbc().getConnection() : pool.getConnection();
  }

  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    return poolForJdbc().getConnection(user, password);
  }

  // The pool

  /** The pool's name; does not build the pool. */
  @Override
  public String name() {
    return poolName();
  }

  /** Whether the pool has been built; does not build it. */
  public boolean isStarted() {
    return running() != null;
  }

  /** The configuration as set so far, or of the running pool; does not build the pool. */
  @Override
  public SluiceConfig config() {
    return current();
  }

  @Override
  public PoolStats stats() {
    return pool().stats();
  }

  @Override
  public double load() {
    return pool().load();
  }

  @Override
  public List<LeaseInfo> leases() {
    return pool().leases();
  }

  @Override
  public List<ResourceInfo> connections() {
    return pool().connections();
  }

  @Override
  public SizingAdvice advice() {
    return pool().advice();
  }

  @Override
  public String dump() {
    return pool().dump();
  }

  @Override
  public boolean checkHealth(Duration timeout) {
    return pool().checkHealth(timeout);
  }

  @Override
  public void resize(int minSize, int maxSize) {
    change(Option.MAX_SIZE, "the size", builder -> builder.minSize(minSize).maxSize(maxSize));
  }

  @Override
  public void refresh() {
    pool().refresh();
  }

  @Override
  public int evictIdle(Predicate<ResourceInfo> rule) {
    return pool().evictIdle(rule);
  }

  @Override
  public void suspend() {
    pool().suspend();
  }

  @Override
  public void resume() {
    pool().resume();
  }

  @Override
  public boolean isClosed() {
    SluiceDataSource pool = running();
    return ended() || (pool != null && pool.isClosed());
  }

  /**
   * Closes the pool, as {@link SluiceDataSource#close()} does. If it was never used, none is built
   * any more.
   */
  @Override
  public void close() {
    end();
  }

  /** Shows the pool's name, sizes and state, but no secret. */
  @Override
  public String toString() {
    SluiceDataSource pool = running();
    return "SluiceDataSourceBean[" + (pool == null ? name() + ", not started" : pool) + "]";
  }
}
