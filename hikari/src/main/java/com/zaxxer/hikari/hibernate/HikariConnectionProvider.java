package com.zaxxer.hikari.hibernate;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.HibernateException;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.service.UnknownUnwrapTypeException;
import org.hibernate.service.spi.Configurable;
import org.hibernate.service.spi.Stoppable;

/**
 * Gives Hibernate connections of a pool that it builds from {@code hibernate.connection.*} and
 * {@code hibernate.hikari.*}. Applications name it as {@code hibernate.connection.provider_class}.
 * Hibernate closes the pool with its session factory. Thread-safe once it is configured.
 */
public class HikariConnectionProvider implements ConnectionProvider, Configurable, Stoppable {
  private static final long serialVersionUID = 1L;

  private transient volatile HikariDataSource pool;

  /** For Hibernate, which configures it before the first use. */
  public HikariConnectionProvider() {}

  /**
   * Builds the pool.
   *
   * @throws HibernateException if a setting is wrong, or if the database cannot be reached
   */
  @Override
  public void configure(Map<String, Object> props) {
    try {
      pool = new HikariDataSource(HikariConfigurationUtil.loadConfiguration(props));
    } catch (RuntimeException e) {
      throw new HibernateException(e);
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    return pool == null ? null : pool.getConnection();
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
    return type.isAssignableFrom(HikariConnectionProvider.class)
        || type.isAssignableFrom(HikariDataSource.class);
  }

  /** Gives this, or the pool as a {@link HikariDataSource} or a {@link DataSource}. */
  @Override
  public <T> T unwrap(Class<T> type) {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    if (type.isInstance(pool)) {
      return type.cast(pool);
    }
    throw new UnknownUnwrapTypeException(type);
  }

  @Override
  public void stop() {
    HikariDataSource known = pool;
    if (known != null) {
      known.close();
    }
  }
}
