package dev.sluice.bench.contract;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.bench.pools.PoolKind;
import dev.sluice.contract.NotOffered;
import dev.sluice.contract.PoolUnderTest;
import dev.sluice.contract.Settings;
import dev.sluice.contract.SluiceSubject;
import dev.sluice.contract.Subject;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalConnectionFactoryConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalConnectionPoolConfigurationSupplier;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.beans.PropertyVetoException;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.stone.beecp.BeeDataSource;
import org.stone.beecp.BeeDataSourceConfig;
import org.vibur.dbcp.ViburDBCPDataSource;

/**
 * The pools as the contract configures them. What a pool cannot be told it is not told; where its
 * unit is the second, a duration is rounded up; all else stays at that pool's own defaults.
 */
final class Subjects {
  private Subjects() {}

  static Subject of(PoolKind kind) {
    return switch (kind) {
      case HIKARI -> Subjects::hikari;
      case AGROAL -> Subjects::agroal;
      case TOMCAT -> Subjects::tomcat;
      case DBCP -> Subjects::dbcp;
      case VIBUR -> Subjects::vibur;
      case DRUID -> Subjects::druid;
      case BEE -> Subjects::bee;
      case C3P0 -> Subjects::c3p0;
      case SLUICE -> new SluiceSubject();
      case SLUICE_LEAKS, SLUICE_LISTENER ->
          throw new IllegalArgumentException(kind.key() + " is no pool of its own");
    };
  }

  /** Ends a pool. */
  private interface Closer {
    void close() throws SQLException;
  }

  private record Running(DataSource dataSource, Closer closer) implements PoolUnderTest {
    @Override
    public void close() throws SQLException {
      closer.close();
    }
  }

  private static int seconds(Duration duration) {
    return Math.toIntExact(duration.plusMillis(999).toSeconds());
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }

  private static void refuseLimitOfOpens(Settings settings) {
    if (settings.maxConcurrentOpens() > 0) {
      throw new NotOffered("no bound on connections opened at once");
    }
  }

  private static void refuseShorterThan(Duration least, Duration wanted, String what) {
    if (!wanted.isZero() && wanted.compareTo(least) < 0) {
      throw new NotOffered("no " + what + " below " + least.toSeconds() + " s");
    }
  }

  private static PoolUnderTest hikari(Settings settings) {
    refuseLimitOfOpens(settings);
    refuseShorterThan(Duration.ofSeconds(30), settings.maxLifetime(), "lifetime");
    refuseShorterThan(Duration.ofSeconds(10), settings.idleTimeout(), "idle timeout");
    if (settings.checkOnAcquire()) {
      System.setProperty("com.zaxxer.hikari.aliveBypassWindowMs", "-1");
    } else {
      System.clearProperty("com.zaxxer.hikari.aliveBypassWindowMs");
    }
    if (!settings.upkeepInterval().isZero()) {
      System.setProperty(
          "com.zaxxer.hikari.housekeeping.periodMs", "" + settings.upkeepInterval().toMillis());
    }
    HikariConfig config = new HikariConfig();
    config.setDriverClassName(settings.driverClass());
    config.setJdbcUrl(settings.url());
    config.setUsername(settings.user());
    config.setPassword(settings.password());
    config.setMinimumIdle(settings.minSize());
    config.setMaximumPoolSize(settings.maxSize());
    config.setConnectionTimeout(settings.acquireTimeout().toMillis());
    config.setInitializationFailTimeout(-1); // as the others: whoever asks is told
    if (!settings.callTimeout().isZero()) {
      config.setValidationTimeout(Math.max(250, settings.callTimeout().toMillis()));
    }
    HikariDataSource pool = new HikariDataSource(config);
    return new Running(pool, pool::close);
  }

  private static PoolUnderTest agroal(Settings settings) throws SQLException {
    refuseLimitOfOpens(settings);
    AgroalDataSource pool =
        AgroalDataSource.from(
            new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(pool1 -> agroalPool(pool1, settings)));
    return new Running(pool, pool::close);
  }

  private static AgroalConnectionPoolConfigurationSupplier agroalPool(
      AgroalConnectionPoolConfigurationSupplier pool, Settings settings) {
    pool.initialSize(settings.minSize())
        .minSize(settings.minSize())
        .maxSize(settings.maxSize())
        .acquisitionTimeout(settings.acquireTimeout())
        .connectionFactoryConfiguration(factory -> agroalFactory(factory, settings));
    Duration call = settings.callTimeout();
    if (settings.checkOnAcquire()) {
      pool.validateOnBorrow(true)
          .connectionValidator(
              call.isZero()
                  ? ConnectionValidator.defaultValidator()
                  : ConnectionValidator.defaultValidatorWithTimeout(seconds(call)));
    }
    if (!settings.idleTimeout().isZero()) {
      pool.reapTimeout(settings.idleTimeout());
    }
    if (!settings.maxLifetime().isZero()) {
      pool.maxLifetime(settings.maxLifetime());
    }
    if (!settings.upkeepInterval().isZero()) {
      pool.validationTimeout(settings.upkeepInterval());
    }
    return pool;
  }

  private static AgroalConnectionFactoryConfigurationSupplier agroalFactory(
      AgroalConnectionFactoryConfigurationSupplier factory, Settings settings) {
    factory
        .connectionProviderClassName(settings.driverClass())
        .jdbcUrl(settings.url())
        .principal(new NamePrincipal(settings.user()))
        .credential(new SimplePassword(settings.password()));
    if (!settings.callTimeout().isZero()) {
      factory.loginTimeout(Duration.ofSeconds(seconds(settings.callTimeout())));
    }
    return factory;
  }

  private static PoolUnderTest tomcat(Settings settings) {
    refuseLimitOfOpens(settings);
    PoolProperties properties = new PoolProperties();
    properties.setDriverClassName(settings.driverClass());
    properties.setUrl(settings.url());
    properties.setUsername(settings.user());
    properties.setPassword(settings.password());
    properties.setInitialSize(settings.minSize());
    properties.setMinIdle(settings.minSize());
    properties.setMaxIdle(settings.maxSize());
    properties.setMaxActive(settings.maxSize());
    properties.setMaxWait(millis(settings.acquireTimeout()));
    if (settings.checkOnAcquire()) {
      properties.setTestOnBorrow(true);
      properties.setValidationInterval(0);
    }
    if (!settings.callTimeout().isZero()) {
      properties.setValidationQueryTimeout(seconds(settings.callTimeout()));
    }
    if (!settings.idleTimeout().isZero()) {
      properties.setMinEvictableIdleTimeMillis(millis(settings.idleTimeout()));
    }
    if (!settings.maxLifetime().isZero()) {
      properties.setMaxAge(settings.maxLifetime().toMillis());
    }
    if (!settings.upkeepInterval().isZero()) {
      properties.setTestWhileIdle(true);
      properties.setTimeBetweenEvictionRunsMillis(millis(settings.upkeepInterval()));
    }
    var pool = new org.apache.tomcat.jdbc.pool.DataSource(properties);
    return new Running(pool, () -> pool.close(true));
  }

  private static PoolUnderTest dbcp(Settings settings) {
    refuseLimitOfOpens(settings);
    BasicDataSource pool = new BasicDataSource();
    pool.setDriverClassName(settings.driverClass());
    pool.setUrl(settings.url());
    pool.setUsername(settings.user());
    pool.setPassword(settings.password());
    pool.setInitialSize(settings.minSize());
    pool.setMinIdle(settings.minSize());
    pool.setMaxIdle(settings.maxSize());
    pool.setMaxTotal(settings.maxSize());
    pool.setMaxWait(settings.acquireTimeout());
    pool.setTestOnBorrow(settings.checkOnAcquire());
    if (!settings.callTimeout().isZero()) {
      pool.setValidationQueryTimeout(settings.callTimeout());
    }
    if (!settings.idleTimeout().isZero()) {
      pool.setMinEvictableIdle(settings.idleTimeout());
    }
    if (!settings.maxLifetime().isZero()) {
      pool.setMaxConn(settings.maxLifetime());
    }
    if (!settings.upkeepInterval().isZero()) {
      pool.setTestWhileIdle(true);
      pool.setDurationBetweenEvictionRuns(settings.upkeepInterval());
      pool.setNumTestsPerEvictionRun(settings.maxSize());
    }
    return new Running(pool, pool::close);
  }

  private static PoolUnderTest vibur(Settings settings) {
    refuseLimitOfOpens(settings);
    if (!settings.maxLifetime().isZero()) {
      throw new NotOffered("no lifetime");
    }
    ViburDBCPDataSource pool = new ViburDBCPDataSource();
    pool.setDriverClassName(settings.driverClass());
    pool.setJdbcUrl(settings.url());
    pool.setUsername(settings.user());
    pool.setPassword(settings.password());
    pool.setPoolInitialSize(settings.minSize());
    pool.setPoolMaxSize(settings.maxSize());
    pool.setConnectionTimeoutInMs(settings.acquireTimeout().toMillis());
    if (settings.checkOnAcquire()) {
      pool.setConnectionIdleLimitInSeconds(0);
    }
    if (!settings.callTimeout().isZero()) {
      pool.setValidateTimeoutInSeconds(seconds(settings.callTimeout()));
      pool.setLoginTimeoutInSeconds(seconds(settings.callTimeout()));
    }
    if (!settings.idleTimeout().isZero()) {
      pool.setReducerTimeIntervalInSeconds(seconds(settings.idleTimeout()));
    }
    pool.start();
    return new Running(pool, pool::terminate);
  }

  private static PoolUnderTest druid(Settings settings) {
    refuseLimitOfOpens(settings);
    var pool = new com.alibaba.druid.pool.DruidDataSource();
    pool.setDriverClassName(settings.driverClass());
    pool.setUrl(settings.url());
    pool.setUsername(settings.user());
    pool.setPassword(settings.password());
    pool.setInitialSize(settings.minSize());
    pool.setMinIdle(settings.minSize());
    pool.setMaxActive(settings.maxSize());
    pool.setMaxWait(settings.acquireTimeout().toMillis());
    pool.setTestOnBorrow(settings.checkOnAcquire());
    pool.setValidationQuery("SELECT 1"); // without which it checks nothing
    if (!settings.callTimeout().isZero()) {
      pool.setValidationQueryTimeout(seconds(settings.callTimeout()));
    }
    if (!settings.idleTimeout().isZero()) {
      pool.setMinEvictableIdleTimeMillis(settings.idleTimeout().toMillis());
    }
    if (!settings.maxLifetime().isZero()) {
      pool.setPhyTimeoutMillis(settings.maxLifetime().toMillis());
    }
    if (!settings.upkeepInterval().isZero()) {
      pool.setKeepAlive(true);
      pool.setKeepAliveBetweenTimeMillis(settings.upkeepInterval().toMillis() + 1);
      pool.setTimeBetweenEvictionRunsMillis(settings.upkeepInterval().toMillis());
    }
    return new Running(pool, pool::close);
  }

  private static PoolUnderTest bee(Settings settings) {
    refuseLimitOfOpens(settings);
    if (!settings.maxLifetime().isZero()) {
      throw new NotOffered("no lifetime");
    }
    BeeDataSourceConfig config = new BeeDataSourceConfig();
    config.setDriverClassName(settings.driverClass());
    config.setJdbcUrl(settings.url());
    config.setUsername(settings.user());
    config.setPassword(settings.password());
    config.setInitialSize(settings.minSize());
    config.setMaxActive(settings.maxSize());
    config.setMaxWait(settings.acquireTimeout().toMillis());
    if (settings.checkOnAcquire()) {
      config.setAliveAssumeTime(0);
    }
    if (!settings.callTimeout().isZero()) {
      config.setAliveTestTimeout(seconds(settings.callTimeout()));
    }
    if (!settings.idleTimeout().isZero()) {
      config.setIdleTimeout(settings.idleTimeout().toMillis());
    }
    if (!settings.upkeepInterval().isZero()) {
      config.setIntervalOfClearTimeout(settings.upkeepInterval().toMillis());
    }
    BeeDataSource pool = new BeeDataSource(config);
    return new Running(pool, pool::close);
  }

  private static PoolUnderTest c3p0(Settings settings) throws PropertyVetoException {
    refuseLimitOfOpens(settings);
    ComboPooledDataSource pool = new ComboPooledDataSource();
    pool.setDriverClass(settings.driverClass());
    pool.setJdbcUrl(settings.url());
    pool.setUser(settings.user());
    pool.setPassword(settings.password());
    pool.setInitialPoolSize(settings.minSize());
    pool.setMinPoolSize(settings.minSize());
    pool.setMaxPoolSize(settings.maxSize());
    pool.setCheckoutTimeout(millis(settings.acquireTimeout()));
    pool.setTestConnectionOnCheckout(settings.checkOnAcquire());
    if (!settings.idleTimeout().isZero()) {
      pool.setMaxIdleTime(seconds(settings.idleTimeout()));
    }
    if (!settings.maxLifetime().isZero()) {
      pool.setMaxConnectionAge(seconds(settings.maxLifetime()));
    }
    if (!settings.upkeepInterval().isZero()) {
      pool.setIdleConnectionTestPeriod(seconds(settings.upkeepInterval()));
    }
    return new Running(pool, pool::close);
  }
}
