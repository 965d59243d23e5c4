package com.zaxxer.hikari;

import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.pool.Registries;
import com.zaxxer.hikari.util.Credentials;
import java.util.Properties;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** The values of a configuration, and how they must fit together. */
final class ConfigValues {
  static final long TIMEOUT_FLOOR_MS = Long.getLong("com.zaxxer.hikari.timeoutMs.floor", 250);

  private static final long CONNECTION_TIMEOUT_MS = 30_000;
  private static final long VALIDATION_TIMEOUT_MS = 5_000;
  private static final long IDLE_TIMEOUT_MS = 600_000;
  private static final long MAX_LIFETIME_MS = 1_800_000;
  private static final long LEAST_LIFETIME_MS = 30_000;
  private static final long LEAST_IDLE_MS = 10_000;
  private static final long LEAST_LEAK_MS = 2_000;
  private static final int SIZE = 10;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  volatile String catalog;
  volatile long connectionTimeout = CONNECTION_TIMEOUT_MS;
  volatile long validationTimeout = VALIDATION_TIMEOUT_MS;
  volatile long idleTimeout = IDLE_TIMEOUT_MS;
  volatile long leakDetectionThreshold;
  volatile long maxLifetime = MAX_LIFETIME_MS;
  volatile int maximumPoolSize = -1;
  volatile int minimumIdle = -1;
  volatile Credentials credentials = Credentials.of(null, null);

  long initializationFailTimeout = 1;
  String connectionInitSql;
  String connectionTestQuery;
  String dataSourceClassName;
  String dataSourceJNDI;
  String driverClassName;
  String exceptionOverrideClassName;
  SQLExceptionOverride exceptionOverride;
  String credentialsProviderClassName;
  HikariCredentialsProvider credentialsProvider;
  String jdbcUrl;
  String poolName;
  String schema;
  String transactionIsolation;
  boolean autoCommit = true;
  boolean readOnly;
  boolean isolateInternalQueries;
  boolean registerMbeans;
  boolean allowPoolSuspension;
  DataSource dataSource;
  Properties dataSourceProperties = new Properties();
  Properties healthCheckProperties = new Properties();
  ThreadFactory threadFactory;
  ScheduledExecutorService scheduledExecutor;
  MetricsTrackerFactory metricsTrackerFactory;
  Object metricRegistry;
  Object healthCheckRegistry;
  long keepaliveTime;

  void copy(ConfigValues from) {
    catalog = from.catalog;
    connectionTimeout = from.connectionTimeout;
    validationTimeout = from.validationTimeout;
    idleTimeout = from.idleTimeout;
    leakDetectionThreshold = from.leakDetectionThreshold;
    maxLifetime = from.maxLifetime;
    maximumPoolSize = from.maximumPoolSize;
    minimumIdle = from.minimumIdle;
    credentials = from.credentials;
    initializationFailTimeout = from.initializationFailTimeout;
    connectionInitSql = from.connectionInitSql;
    connectionTestQuery = from.connectionTestQuery;
    dataSourceClassName = from.dataSourceClassName;
    dataSourceJNDI = from.dataSourceJNDI;
    driverClassName = from.driverClassName;
    exceptionOverrideClassName = from.exceptionOverrideClassName;
    exceptionOverride = from.exceptionOverride;
    credentialsProviderClassName = from.credentialsProviderClassName;
    credentialsProvider = from.credentialsProvider;
    jdbcUrl = from.jdbcUrl;
    poolName = from.poolName;
    schema = from.schema;
    transactionIsolation = from.transactionIsolation;
    autoCommit = from.autoCommit;
    readOnly = from.readOnly;
    isolateInternalQueries = from.isolateInternalQueries;
    registerMbeans = from.registerMbeans;
    allowPoolSuspension = from.allowPoolSuspension;
    dataSource = from.dataSource;
    dataSourceProperties = (Properties) from.dataSourceProperties.clone();
    healthCheckProperties = (Properties) from.healthCheckProperties.clone();
    threadFactory = from.threadFactory;
    scheduledExecutor = from.scheduledExecutor;
    metricsTrackerFactory = from.metricsTrackerFactory;
    metricRegistry = from.metricRegistry;
    healthCheckRegistry = from.healthCheckRegistry;
    keepaliveTime = from.keepaliveTime;
  }

  void metricsTrackerFactory(MetricsTrackerFactory factory) {
    if (factory != null && metricRegistry != null) {
      throw new IllegalStateException("there is a metricRegistry already");
    }
    metricsTrackerFactory = factory;
  }

  void metricRegistry(Object registry) {
    if (registry != null && metricsTrackerFactory != null) {
      throw new IllegalStateException("there is a metricsTrackerFactory already");
    }
    metricRegistry = Registries.requireMetrics(registry);
  }

  void validate() {
    if (poolName == null) {
      poolName = "HikariPool-" + NUMBER.incrementAndGet();
    }
    if (registerMbeans && poolName.contains(":")) {
      throw new IllegalArgumentException("poolName cannot contain ':' when used with JMX");
    }
    catalog = tidy(catalog);
    connectionInitSql = tidy(connectionInitSql);
    connectionTestQuery = tidy(connectionTestQuery);
    dataSourceClassName = tidy(dataSourceClassName);
    dataSourceJNDI = tidy(dataSourceJNDI);
    driverClassName = tidy(driverClassName);
    jdbcUrl = tidy(jdbcUrl);
    transactionIsolation = tidy(transactionIsolation);
    database();
    sizes();
    times();
  }

  private static String tidy(String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  private void database() {
    if (dataSource != null) {
      if (dataSourceClassName != null) {
        warn("dataSource wins over dataSourceClassName");
      }
    } else if (dataSourceClassName != null) {
      if (driverClassName != null) {
        throw new IllegalStateException(
            "cannot use driverClassName and dataSourceClassName together.");
      }
      if (jdbcUrl != null) {
        warn("dataSourceClassName wins over jdbcUrl");
      }
    } else if (jdbcUrl == null && dataSourceJNDI == null) {
      throw new IllegalArgumentException(
          driverClassName == null
              ? "dataSource or dataSourceClassName or jdbcUrl is required."
              : "jdbcUrl is required with driverClassName.");
    }
  }

  private void sizes() {
    if (maximumPoolSize < 1) {
      maximumPoolSize = SIZE;
    }
    if (minimumIdle < 0 || minimumIdle > maximumPoolSize) {
      minimumIdle = maximumPoolSize;
    }
  }

  private void times() {
    if (maxLifetime != 0 && maxLifetime < LEAST_LIFETIME_MS) {
      warn("maxLifetime is less than 30 s; it is 30 min now");
      maxLifetime = MAX_LIFETIME_MS;
    }
    if (keepaliveTime != 0 && keepaliveTime < LEAST_LIFETIME_MS) {
      warn("keepaliveTime is less than 30 s; it is off now");
      keepaliveTime = 0;
    }
    if (keepaliveTime != 0 && maxLifetime != 0 && keepaliveTime >= maxLifetime) {
      warn("keepaliveTime is not less than maxLifetime; it is off now");
      keepaliveTime = 0;
    }
    if (leakDetectionThreshold > 0
        && (leakDetectionThreshold < LEAST_LEAK_MS
            || (maxLifetime > 0 && leakDetectionThreshold > maxLifetime))) {
      warn("leakDetectionThreshold is less than 2 s or more than maxLifetime; it is off now");
      leakDetectionThreshold = 0;
    }
    if (connectionTimeout < TIMEOUT_FLOOR_MS) {
      connectionTimeout = CONNECTION_TIMEOUT_MS;
    }
    if (validationTimeout < TIMEOUT_FLOOR_MS) {
      validationTimeout = VALIDATION_TIMEOUT_MS;
    }
    idle();
  }

  private void idle() {
    if (idleTimeout != 0 && idleTimeout < LEAST_IDLE_MS && minimumIdle < maximumPoolSize) {
      warn("idleTimeout is less than 10 s; it is 10 min now");
      idleTimeout = IDLE_TIMEOUT_MS;
    }
    if (maxLifetime > 0 && idleTimeout + 1_000 > maxLifetime && minimumIdle < maximumPoolSize) {
      warn("idleTimeout is near maxLifetime or more; it is off now");
      idleTimeout = 0;
    }
    if (minimumIdle == maximumPoolSize) {
      idleTimeout = maxLifetime > 0 ? Math.min(idleTimeout, maxLifetime) : idleTimeout;
    }
  }

  private void warn(String message) {
    ConfigSource.warn(poolName, message);
  }

  static long atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " cannot be less than " + least + "ms");
    }
    return value;
  }

  static int notNegative(String name, int value) {
    notNegative(name, (long) value);
    return value;
  }

  static long notNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " cannot be negative");
    }
    return value;
  }

  static int atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " cannot be less than " + least);
    }
    return value;
  }
}
