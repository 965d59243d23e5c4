package com.zaxxer.hikari.pool;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariCredentialsProvider;
import com.zaxxer.hikari.SQLExceptionOverride;
import com.zaxxer.hikari.util.Credentials;
import dev.sluice.jdbc.ErrorClassifier.Verdict;
import dev.sluice.jdbc.Secret;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.pool.StartPolicy;
import java.sql.Connection;
import java.time.Duration;
import java.util.Properties;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** Translates a configuration of HikariCP into one of Sluice. */
final class Settings {
  /** What Sluice takes at most; applications write Long.MAX_VALUE for ever. */
  private static final long LONGEST_MS = Duration.ofDays(3650).toMillis();

  private Settings() {}

  static SluiceBuilder of(HikariConfig config) {
    SluiceBuilder builder = Sluice.builder().name(config.getPoolName());
    database(builder, config);
    login(builder, config);
    int max = config.getMaximumPoolSize();
    long fail = config.getInitializationFailTimeout();
    builder
        .maxSize(max)
        .minSize(Math.min(config.getMinimumIdle(), max))
        // Beside the lent ones, as HikariCP counts.
        .minSpare(config.getMinimumIdle() < max ? config.getMinimumIdle() : 0)
        .acquireTimeout(millis(config.getConnectionTimeout()))
        .validationTimeout(millis(config.getValidationTimeout()))
        .idleTimeout(millis(config.getIdleTimeout()))
        .maxLifetime(millis(config.getMaxLifetime()))
        .keepaliveInterval(millis(config.getKeepaliveTime()))
        .leakThreshold(millis(config.getLeakDetectionThreshold()))
        .startPolicy(fail > 0 ? StartPolicy.FAIL_FAST : StartPolicy.BACKGROUND)
        .validationQuery(config.getConnectionTestQuery())
        .catalog(config.getCatalog())
        .schema(config.getSchema());
    if (fail > 1) { // 1, the default, means a single attempt
      builder.startRetry(millis(fail));
    }
    if (Boolean.getBoolean("com.zaxxer.hikari.enableRequestBoundaries")) {
      builder.requestBoundaries(true);
    }
    session(builder, config);
    SQLExceptionOverride override = config.getExceptionOverride();
    if (override != null) {
      builder.errorClassifier(
          error ->
              switch (override.adjudicate(error)) {
                case DO_NOT_EVICT -> Verdict.KEEP;
                case MUST_EVICT -> Verdict.EVICT;
                case CONTINUE_EVICT -> null;
              });
    }
    return builder;
  }

  private static void session(SluiceBuilder builder, HikariConfig config) {
    if (config.getConnectionInitSql() != null) {
      builder.initSql(config.getConnectionInitSql());
    }
    if (!config.isAutoCommit()) {
      builder.autoCommit(false);
    }
    if (config.isReadOnly()) {
      builder.readOnly(true);
    }
    if (config.getTransactionIsolation() != null) {
      builder.transactionIsolation(isolation(config.getTransactionIsolation()));
    }
  }

  /** The user and password, or their provider. */
  static SluiceBuilder login(SluiceBuilder builder, HikariConfig config) {
    HikariCredentialsProvider provider = config.getCredentialsProvider();
    if (provider != null) {
      return builder.credentials(() -> credentials(provider.getCredentials()));
    }
    return builder.user(config.getUsername()).password(config.getPassword());
  }

  private static dev.sluice.jdbc.Credentials credentials(Credentials given) {
    String password = given.getPassword();
    return dev.sluice.jdbc.Credentials.of(
        given.getUsername(), password == null ? null : Secret.of(password));
  }

  private static void database(SluiceBuilder builder, HikariConfig config) {
    Properties properties = config.getDataSourceProperties();
    if (config.getDataSource() != null) {
      builder.dataSource(config.getDataSource());
    } else if (config.getDataSourceClassName() != null) {
      builder.dataSource(made(config.getDataSourceClassName(), properties));
    } else if (config.getJdbcUrl() != null) {
      builder.url(config.getJdbcUrl());
      if (config.getDriverClassName() != null) {
        builder.driverClassName(config.getDriverClassName());
      }
      properties.forEach((name, value) -> builder.driverProperty(name.toString(), value));
    } else {
      builder.dataSource(lookedUp(config.getDataSourceJNDI()));
    }
  }

  private static DataSource made(String className, Properties properties) {
    DataSource dataSource = Setters.instance(className, DataSource.class);
    Setters.setAll(dataSource, properties);
    return dataSource;
  }

  @SuppressWarnings("BanJNDI") // the application chooses the name
  private static DataSource lookedUp(String name) {
    try {
      return (DataSource) new InitialContext().lookup(name);
    } catch (NamingException e) {
      throw new HikariPool.PoolInitializationException(e);
    }
  }

  private static Duration millis(long value) {
    return Duration.ofMillis(Math.min(value, LONGEST_MS));
  }

  /** The constant of this name, or number, of {@link Connection}. */
  static int isolation(String name) {
    String word = name.strip().toUpperCase(java.util.Locale.ROOT);
    return switch (word.startsWith("TRANSACTION_") ? word.substring(12) : word) {
      case "NONE", "0" -> Connection.TRANSACTION_NONE;
      case "READ_UNCOMMITTED", "1" -> Connection.TRANSACTION_READ_UNCOMMITTED;
      case "READ_COMMITTED", "2" -> Connection.TRANSACTION_READ_COMMITTED;
      case "REPEATABLE_READ", "CURSOR_STABILITY", "4" -> Connection.TRANSACTION_REPEATABLE_READ;
      case "SERIALIZABLE", "LAST_COMMITTED", "8" -> Connection.TRANSACTION_SERIALIZABLE;
      case "SQL_SERVER_SNAPSHOT_ISOLATION_LEVEL", "4096" -> 4096;
      default -> throw new IllegalArgumentException("Invalid transaction isolation value: " + name);
    };
  }
}
