package dev.sluice.quarkus.orm;

import dev.sluice.jta.JtaDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSourceMetrics;
import io.agroal.api.AgroalPoolInterceptor;
import io.agroal.api.configuration.AgroalDataSourceConfiguration;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.XADataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.xa.PGXADataSource;

// tag::orm[]
/** Sluice in Agroal's place: Hibernate, Flyway and the application get this bean. */
@Alternative
@Priority(1)
@Singleton
@SuppressWarnings("serial") // Agroal's interface is serializable; no pool is
class SluiceAgroal implements AgroalDataSource {
  private final JtaDataSource pool;
  private final String url;

  SluiceAgroal(
      @ConfigProperty(name = "quarkus.datasource.jdbc.url") String url,
      @ConfigProperty(name = "quarkus.datasource.username") String user,
      @ConfigProperty(name = "quarkus.datasource.password") String password,
      @ConfigProperty(name = "quarkus.datasource.jdbc.max-size") int maxSize,
      TransactionManager transactions,
      TransactionSynchronizationRegistry registry)
      throws SQLException {
    this.url = url;
    this.pool =
        JtaDataSource.builder(transactions, registry)
            .xaDataSource(driver(url))
            .pool(builder -> builder.user(user).password(password).maxSize(maxSize))
            .build();
  }

  @Override
  public Connection getConnection() throws SQLException {
    return pool.getConnection();
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return pool.getConnection(user, password);
  }

  @Override
  public Connection getReadOnlyConnection() throws SQLException {
    Connection connection = pool.getConnection();
    connection.setReadOnly(true); // the pool resets it
    return connection;
  }

  @Override
  public void flush(FlushMode mode) {
    pool.pool().refresh(); // replaces every connection before its next use
  }

  @Override
  @PreDestroy
  public void close() {
    pool.close();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return pool.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return pool.isWrapperFor(type);
  }

  @Override
  public AgroalDataSourceConfiguration getConfiguration() {
    return new AgroalDataSourceConfigurationSupplier()
        .connectionPoolConfiguration(
            p ->
                p.maxSize(pool.pool().stats().maxSize())
                    .connectionFactoryConfiguration(f -> f.jdbcUrl(url)))
        .get();
  }

  @Override
  public AgroalDataSourceMetrics getMetrics() {
    return new AgroalDataSourceMetrics() {}; // see the pool's own
  }

  @Override
  public void setPoolInterceptors(Collection<? extends AgroalPoolInterceptor> interceptors) {
    throw new UnsupportedOperationException("Give the pool a PoolListener or ConnectionHooks");
  }

  @Override
  public List<AgroalPoolInterceptor> getPoolInterceptors() {
    return List.of();
  }

  // The rest of DataSource is not used.
  // end::orm[]

  private static XADataSource driver(String url) throws SQLException {
    if (url.startsWith("jdbc:h2:")) {
      JdbcDataSource source = new JdbcDataSource();
      source.setUrl(url);
      return source;
    }
    PGXADataSource source = new PGXADataSource();
    source.setUrl(url);
    return source;
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return pool.getLogWriter();
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    pool.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    pool.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return pool.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("dev.sluice");
  }
  // tag::orm[]
}
// end::orm[]
