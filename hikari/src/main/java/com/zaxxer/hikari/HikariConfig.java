package com.zaxxer.hikari;

import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.pool.Registries;
import com.zaxxer.hikari.pool.Setters;
import com.zaxxer.hikari.util.Credentials;
import java.util.Properties;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import javax.sql.DataSource;

/**
 * The configuration of a {@link HikariDataSource}, by HikariCP's names. Times are in milliseconds.
 * Once a pool has started from it, only the setters of {@link HikariConfigMXBean} work. Not
 * thread-safe before that.
 */
public class HikariConfig implements HikariConfigMXBean {
  private final ConfigValues v = new ConfigValues();
  private volatile boolean sealed;

  /** Starts from the defaults, and the file that {@code hikaricp.configurationFile} names. */
  @SuppressWarnings("this-escape") // a subclass may override setters, as it could before
  public HikariConfig() {
    String file = System.getProperty("hikaricp.configurationFile");
    if (file != null) {
      ConfigSource.apply(ConfigSource.file(file), this);
    }
  }

  /**
   * Starts from properties: names of this class, {@code dataSource.} and the driver's name, and
   * {@code healthCheck.} and any name.
   *
   * @throws RuntimeException if there is no property of a name
   */
  @SuppressWarnings("this-escape") // a subclass may override setters, as it could before
  public HikariConfig(Properties properties) {
    ConfigSource.apply(properties, this);
  }

  /** Starts from a file of properties, on the disk or on the class path. */
  public HikariConfig(String propertyFileName) {
    this(ConfigSource.file(propertyFileName));
  }

  /** Called after a change that a running pool can take over. */
  void changed() {}

  final void seal() {
    sealed = true;
  }

  private void requireOpen() {
    if (sealed) {
      throw new IllegalStateException(
          "the pool has started, so its configuration is sealed; HikariConfigMXBean has the"
              + " setters that still work");
    }
  }

  // What can change while the pool runs

  @Override
  public String getCatalog() {
    return v.catalog;
  }

  @Override
  public void setCatalog(String catalog) {
    v.catalog = catalog;
    changed();
  }

  @Override
  public long getConnectionTimeout() {
    return v.connectionTimeout;
  }

  @Override
  public void setConnectionTimeout(long connectionTimeout) {
    v.connectionTimeout =
        connectionTimeout == 0
            ? Integer.MAX_VALUE
            : ConfigValues.atLeast(
                "connectionTimeout", connectionTimeout, ConfigValues.TIMEOUT_FLOOR_MS);
  }

  @Override
  public long getValidationTimeout() {
    return v.validationTimeout;
  }

  @Override
  public void setValidationTimeout(long validationTimeout) {
    v.validationTimeout =
        ConfigValues.atLeast("validationTimeout", validationTimeout, ConfigValues.TIMEOUT_FLOOR_MS);
    fixed("validationTimeout");
  }

  @Override
  public long getIdleTimeout() {
    return v.idleTimeout;
  }

  @Override
  public void setIdleTimeout(long idleTimeout) {
    v.idleTimeout = ConfigValues.notNegative("idleTimeout", idleTimeout);
    fixed("idleTimeout");
  }

  @Override
  public long getLeakDetectionThreshold() {
    return v.leakDetectionThreshold;
  }

  @Override
  public void setLeakDetectionThreshold(long leakDetectionThreshold) {
    v.leakDetectionThreshold = leakDetectionThreshold;
    fixed("leakDetectionThreshold");
  }

  @Override
  public long getMaxLifetime() {
    return v.maxLifetime;
  }

  @Override
  public void setMaxLifetime(long maxLifetime) {
    v.maxLifetime = maxLifetime;
    fixed("maxLifetime");
  }

  @Override
  public int getMaximumPoolSize() {
    return v.maximumPoolSize;
  }

  @Override
  public void setMaximumPoolSize(int maximumPoolSize) {
    v.maximumPoolSize = ConfigValues.atLeast("maxPoolSize", maximumPoolSize, 1);
    changed();
  }

  @Override
  public int getMinimumIdle() {
    return v.minimumIdle;
  }

  @Override
  public void setMinimumIdle(int minimumIdle) {
    v.minimumIdle = ConfigValues.notNegative("minimumIdle", minimumIdle);
    changed();
  }

  /** The user; null if the URL or the driver decides. */
  public String getUsername() {
    return v.credentials.getUsername();
  }

  @Override
  public void setUsername(String username) {
    setCredentials(Credentials.of(username, getPassword()));
  }

  /** The password. */
  public String getPassword() {
    return v.credentials.getPassword();
  }

  @Override
  public void setPassword(String password) {
    setCredentials(Credentials.of(getUsername(), password));
  }

  /** User and password. */
  public Credentials getCredentials() {
    return v.credentials;
  }

  @Override
  public void setCredentials(Credentials credentials) {
    v.credentials = credentials;
    changed();
  }

  /** Remarks that a new value reaches only the next pool. */
  private void fixed(String name) {
    if (sealed) {
      ConfigSource.warn(v.poolName, name + " was changed; a running pool keeps its own");
    }
  }

  // What is fixed at the start

  public String getConnectionTestQuery() {
    return v.connectionTestQuery;
  }

  public void setConnectionTestQuery(String connectionTestQuery) {
    requireOpen();
    v.connectionTestQuery = connectionTestQuery;
  }

  public String getConnectionInitSql() {
    return v.connectionInitSql;
  }

  public void setConnectionInitSql(String connectionInitSql) {
    requireOpen();
    v.connectionInitSql = connectionInitSql;
  }

  public DataSource getDataSource() {
    return v.dataSource;
  }

  public void setDataSource(DataSource dataSource) {
    requireOpen();
    v.dataSource = dataSource;
  }

  public String getDataSourceClassName() {
    return v.dataSourceClassName;
  }

  public void setDataSourceClassName(String dataSourceClassName) {
    requireOpen();
    v.dataSourceClassName = dataSourceClassName;
  }

  public String getDataSourceJNDI() {
    return v.dataSourceJNDI;
  }

  public void setDataSourceJNDI(String dataSourceJNDI) {
    requireOpen();
    v.dataSourceJNDI = dataSourceJNDI;
  }

  public Properties getDataSourceProperties() {
    return v.dataSourceProperties;
  }

  public void setDataSourceProperties(Properties dataSourceProperties) {
    requireOpen();
    v.dataSourceProperties.putAll(dataSourceProperties);
  }

  /** Adds a property for the driver, or for the data source of a class. */
  public void addDataSourceProperty(String propertyName, Object value) {
    requireOpen();
    v.dataSourceProperties.put(propertyName, value);
  }

  public String getDriverClassName() {
    return v.driverClassName;
  }

  /**
   * Sets the driver's class.
   *
   * @throws RuntimeException if it cannot be loaded or made
   */
  public void setDriverClassName(String driverClassName) {
    requireOpen();
    Setters.requireLoadable(driverClassName);
    v.driverClassName = driverClassName;
  }

  public String getJdbcUrl() {
    return v.jdbcUrl;
  }

  public void setJdbcUrl(String jdbcUrl) {
    requireOpen();
    v.jdbcUrl = jdbcUrl;
  }

  public boolean isAutoCommit() {
    return v.autoCommit;
  }

  public void setAutoCommit(boolean autoCommit) {
    requireOpen();
    v.autoCommit = autoCommit;
  }

  public boolean isAllowPoolSuspension() {
    return v.allowPoolSuspension;
  }

  public void setAllowPoolSuspension(boolean allowPoolSuspension) {
    requireOpen();
    v.allowPoolSuspension = allowPoolSuspension;
  }

  public long getInitializationFailTimeout() {
    return v.initializationFailTimeout;
  }

  public void setInitializationFailTimeout(long initializationFailTimeout) {
    requireOpen();
    v.initializationFailTimeout = initializationFailTimeout;
  }

  public boolean isIsolateInternalQueries() {
    return v.isolateInternalQueries;
  }

  public void setIsolateInternalQueries(boolean isolateInternalQueries) {
    requireOpen();
    v.isolateInternalQueries = isolateInternalQueries;
  }

  public MetricsTrackerFactory getMetricsTrackerFactory() {
    return v.metricsTrackerFactory;
  }

  public void setMetricsTrackerFactory(MetricsTrackerFactory metricsTrackerFactory) {
    v.metricsTrackerFactory(metricsTrackerFactory);
  }

  public Object getMetricRegistry() {
    return v.metricRegistry;
  }

  /**
   * Sets a registry of Micrometer or of Dropwizard Metrics, or its name in JNDI.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public void setMetricRegistry(Object metricRegistry) {
    v.metricRegistry(metricRegistry);
  }

  public Object getHealthCheckRegistry() {
    return v.healthCheckRegistry;
  }

  /** Sets a registry of Dropwizard's health checks, or its name in JNDI. */
  public void setHealthCheckRegistry(Object healthCheckRegistry) {
    v.healthCheckRegistry = Registries.requireHealthChecks(healthCheckRegistry);
  }

  public Properties getHealthCheckProperties() {
    return v.healthCheckProperties;
  }

  public void setHealthCheckProperties(Properties healthCheckProperties) {
    requireOpen();
    v.healthCheckProperties.putAll(healthCheckProperties);
  }

  public void addHealthCheckProperty(String key, String value) {
    requireOpen();
    v.healthCheckProperties.setProperty(key, value);
  }

  public long getKeepaliveTime() {
    return v.keepaliveTime;
  }

  public void setKeepaliveTime(long keepaliveTime) {
    requireOpen();
    v.keepaliveTime = keepaliveTime;
  }

  public boolean isReadOnly() {
    return v.readOnly;
  }

  public void setReadOnly(boolean readOnly) {
    requireOpen();
    v.readOnly = readOnly;
  }

  public boolean isRegisterMbeans() {
    return v.registerMbeans;
  }

  public void setRegisterMbeans(boolean registerMbeans) {
    requireOpen();
    v.registerMbeans = registerMbeans;
  }

  @Override
  public String getPoolName() {
    return v.poolName;
  }

  public void setPoolName(String poolName) {
    requireOpen();
    v.poolName = poolName;
  }

  public ScheduledExecutorService getScheduledExecutor() {
    return v.scheduledExecutor;
  }

  public void setScheduledExecutor(ScheduledExecutorService scheduledExecutor) {
    requireOpen();
    v.scheduledExecutor = scheduledExecutor;
  }

  public ThreadFactory getThreadFactory() {
    return v.threadFactory;
  }

  public void setThreadFactory(ThreadFactory threadFactory) {
    requireOpen();
    v.threadFactory = threadFactory;
  }

  public String getTransactionIsolation() {
    return v.transactionIsolation;
  }

  public void setTransactionIsolation(String transactionIsolation) {
    requireOpen();
    v.transactionIsolation = transactionIsolation;
  }

  public String getSchema() {
    return v.schema;
  }

  public void setSchema(String schema) {
    requireOpen();
    v.schema = schema;
  }

  public String getExceptionOverrideClassName() {
    return v.exceptionOverrideClassName;
  }

  /**
   * Sets the class that judges exceptions.
   *
   * @throws RuntimeException if it cannot be loaded or made
   */
  public void setExceptionOverrideClassName(String exceptionOverrideClassName) {
    requireOpen();
    v.exceptionOverride = Setters.instance(exceptionOverrideClassName, SQLExceptionOverride.class);
    v.exceptionOverrideClassName = exceptionOverrideClassName;
  }

  public SQLExceptionOverride getExceptionOverride() {
    return v.exceptionOverride;
  }

  public void setExceptionOverride(SQLExceptionOverride exceptionOverride) {
    requireOpen();
    v.exceptionOverride = exceptionOverride;
  }

  public String getCredentialsProviderClassName() {
    return v.credentialsProviderClassName;
  }

  /**
   * Sets the class that supplies the login.
   *
   * @throws RuntimeException if it cannot be loaded or made
   */
  public void setCredentialsProviderClassName(String credentialsProviderClassName) {
    requireOpen();
    v.credentialsProvider =
        Setters.instance(credentialsProviderClassName, HikariCredentialsProvider.class);
    v.credentialsProviderClassName = credentialsProviderClassName;
  }

  public HikariCredentialsProvider getCredentialsProvider() {
    return v.credentialsProvider;
  }

  public void setCredentialsProvider(HikariCredentialsProvider credentialsProvider) {
    requireOpen();
    v.credentialsProvider = credentialsProvider;
  }

  /** Copies all values to another configuration. */
  public void copyStateTo(HikariConfig other) {
    other.v.copy(v);
    other.sealed = false;
  }

  /**
   * Checks that the values fit together. A value that makes no sense becomes the default, and a
   * warning says so.
   *
   * @throws IllegalArgumentException if there is no way to the database
   * @throws IllegalStateException if two settings exclude each other
   */
  public void validate() {
    v.validate();
  }
}
