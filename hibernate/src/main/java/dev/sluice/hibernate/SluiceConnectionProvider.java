package dev.sluice.hibernate;

import dev.sluice.jdbc.PoolStartException;
import dev.sluice.jdbc.SluiceConfigException;
import dev.sluice.jdbc.SluiceDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.hibernate.HibernateException;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.service.UnknownUnwrapTypeException;
import org.hibernate.service.spi.Configurable;
import org.hibernate.service.spi.Stoppable;
import org.jspecify.annotations.Nullable;

/**
 * Gives Hibernate connections of a pool that it builds from Hibernate's settings. Hibernate finds
 * it when the jar is there, or by {@code hibernate.connection.provider_class=sluice}. Hibernate
 * closes the pool with its session factory.
 *
 * <p>It reads {@code jakarta.persistence.jdbc.*} and {@code hibernate.connection.*}, the options of
 * Sluice below {@code hibernate.sluice.}, and HikariCP's below {@code hibernate.hikari.}, by
 * HikariCP's rules. An option of Sluice wins over one of HikariCP, and both over the general
 * settings. As with Hibernate's other providers, auto-commit is off unless {@code
 * hibernate.connection.autocommit} is true. Other settings below {@code hibernate.connection.} go
 * to the driver.
 *
 * <p>Thread-safe once it is configured. {@link #getConnection} waits up to the pool's acquire
 * timeout and throws what {@link SluiceDataSource#getConnection()} throws.
 */
public final class SluiceConnectionProvider implements ConnectionProvider, Configurable, Stoppable {
  private static final long serialVersionUID = 1L;

  private transient volatile @Nullable SluiceDataSource pool;

  /** For Hibernate, which configures it before the first use. */
  public SluiceConnectionProvider() {}

  /**
   * Builds the pool.
   *
   * @throws HibernateException if a setting is wrong, or if the pool must open a connection to
   *     start and cannot
   */
  @Override
  public void configure(Map<String, Object> settings) {
    try {
      pool = PoolSettings.of(settings).build();
    } catch (SluiceConfigException | PoolStartException e) {
      throw new HibernateException("Sluice could not start: " + e.getMessage(), e);
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    return running().getConnection();
  }

  @Override
  public void closeConnection(Connection connection) throws SQLException {
    connection.close();
  }

  /** False: Hibernate keeps a connection for the whole of a transaction. */
  @Override
  public boolean supportsAggressiveRelease() {
    return false;
  }

  @Override
  public boolean isUnwrappableAs(Class<?> type) {
    return type.isAssignableFrom(SluiceConnectionProvider.class)
        || type.isAssignableFrom(SluiceDataSource.class);
  }

  /** Gives this, or the pool as a {@link SluiceDataSource} or one of its interfaces. */
  @Override
  public <T> T unwrap(Class<T> type) {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    SluiceDataSource known = running();
    if (type.isInstance(known)) {
      return type.cast(known);
    }
    throw new UnknownUnwrapTypeException(type);
  }

  @Override
  public void stop() {
    SluiceDataSource known = pool;
    if (known != null) {
      known.close();
    }
  }

  private SluiceDataSource running() {
    SluiceDataSource known = pool;
    if (known == null) {
      throw new IllegalStateException("Hibernate has not configured this connection provider");
    }
    return known;
  }
}
