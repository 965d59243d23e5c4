package com.zaxxer.hikari;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.PoolStats;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import com.zaxxer.hikari.util.Credentials;
import dev.sluice.jdbc.SluicePool;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.Fault;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.naming.Reference;
import javax.naming.StringRefAddr;
import javax.naming.spi.NamingManager;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** An application that knows HikariCP runs over Sluice. */
class HikariDataSourceTest {
  private static final String URL = "jdbc:h2:mem:hikari";

  private static HikariConfig config() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(URL);
    config.setUsername("sa");
    config.setPassword("");
    config.setPoolName("app");
    return config;
  }

  @Test
  void poolLogsThroughSlf4jAsHikariCpDoes() {
    assertThat(System.getLogger("dev.sluice.pool").getClass().getName()).startsWith("org.slf4j.");
  }

  @Test
  void dataSourceOfAConfigurationServes() throws SQLException {
    // tag::hikari[]
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:h2:mem:hikari");
    config.setUsername("sa");
    config.setPassword("");
    config.setMaximumPoolSize(5);
    try (HikariDataSource dataSource = new HikariDataSource(config);
        Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1"); // on Sluice, with the jar swapped
      // end::hikari[]

      assertThat(dataSource.isRunning()).isTrue();
      assertThat(dataSource.getPoolName()).startsWith("HikariPool-");
      assertThat(dataSource.unwrap(SluicePool.class).stats().active()).isEqualTo(1);
      // tag::hikari[]
    }
    // end::hikari[]
  }

  @Test
  void dataSourceWithoutAConfigurationStartsAtTheFirstConnection() throws SQLException {
    try (HikariDataSource dataSource = new HikariDataSource()) {
      dataSource.setJdbcUrl(URL);
      dataSource.setUsername("sa");
      dataSource.setPassword("");
      assertThat(dataSource.isRunning()).isFalse();
      assertThat(dataSource.getHikariPoolMXBean()).isNull();

      dataSource.getConnection().close();

      assertThat(dataSource.getHikariPoolMXBean().getTotalConnections()).isPositive();
    }
  }

  @Test
  void poolThatStartsWhileTheDataSourceIsClosedIsClosedToo() throws SQLException {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL(URL);
    HikariDataSource dataSource = new HikariDataSource();
    DataSource closing =
        (DataSource)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                  dataSource.close(); // on the thread that opens, while the caller waits for it
                  return method.invoke(h2, arguments);
                });
    dataSource.setDataSource(closing);

    assertThatThrownBy(dataSource::getConnection).isInstanceOf(SQLException.class);

    assertThat(dataSource.unwrap(SluicePool.class).isClosed()).isTrue();
  }

  @Test
  void exhaustedPoolSpeaksAsApplicationsExpect() throws SQLException {
    HikariConfig config = config();
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(250);
    try (HikariDataSource dataSource = new HikariDataSource(config);
        Connection held = dataSource.getConnection()) {
      assertThat(held.isClosed()).isFalse();

      assertThatThrownBy(dataSource::getConnection)
          .isInstanceOf(SQLTransientConnectionException.class)
          .hasMessageMatching(
              "(?s)app - Connection is not available, request timed out after \\d+ms \\(total=1,"
                  + " active=1, idle=0, waiting=0\\)\\. .*");
    }
  }

  @Test
  void closedDataSourceSaysSo() {
    HikariDataSource dataSource = new HikariDataSource(config());

    dataSource.close();

    assertThat(dataSource.isClosed()).isTrue();
    assertThatThrownBy(dataSource::getConnection)
        .isInstanceOf(SQLException.class)
        .hasMessage("HikariDataSource HikariDataSource (app) has been closed.");
  }

  @Test
  void databaseThatIsDownFailsTheStart() {
    FakeDatabase db = FakeDatabase.create();
    db.refuseConnections();
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(db.url());

    assertThatThrownBy(() -> new HikariDataSource(config).close())
        .isInstanceOf(PoolInitializationException.class)
        .hasMessageStartingWith("Failed to initialize pool: ")
        .hasCauseInstanceOf(SQLException.class);
  }

  @Test
  void startedPoolSealsItsConfiguration() {
    HikariConfig config = config();
    try (HikariDataSource dataSource = new HikariDataSource(config)) {
      assertThatThrownBy(() -> dataSource.setJdbcUrl("jdbc:other:"))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> config.setSchema("other")).isInstanceOf(IllegalStateException.class);

      dataSource.getHikariConfigMXBean().setMaximumPoolSize(17);

      assertThat(dataSource.getMaximumPoolSize()).isEqualTo(17);
      assertThat(statsOf(dataSource).maxSize()).isEqualTo(17);
    }
  }

  private static dev.sluice.pool.PoolStats statsOf(HikariDataSource dataSource) {
    try {
      return dataSource.unwrap(SluicePool.class).stats();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void valuesThatMakeNoSenseBecomeDefaults() {
    HikariConfig config = config();
    config.setMaxLifetime(10);
    config.setKeepaliveTime(10);
    config.setLeakDetectionThreshold(10);
    config.setMinimumIdle(5);
    config.setIdleTimeout(1);

    config.validate();

    assertThat(config.getMaximumPoolSize()).isEqualTo(10);
    assertThat(config.getMaxLifetime()).isEqualTo(1_800_000);
    assertThat(config.getKeepaliveTime()).isZero();
    assertThat(config.getLeakDetectionThreshold()).isZero();
    assertThat(config.getIdleTimeout()).isEqualTo(600_000);
    assertThatThrownBy(() -> config.setConnectionTimeout(1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HikariConfig().validate())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dataSource or dataSourceClassName or jdbcUrl is required.");
  }

  @Test
  void propertiesSetEverythingByName() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("dataSourceClassName", JdbcDataSource.class.getName());
    properties.setProperty("dataSource.url", URL);
    properties.setProperty("dataSource.user", "sa");
    properties.setProperty("maximumPoolSize", "3");
    properties.setProperty("connectionTimeout", "7s");
    properties.setProperty("transactionIsolation", "TRANSACTION_SERIALIZABLE");

    try (HikariDataSource dataSource = new HikariDataSource(new HikariConfig(properties));
        Connection connection = dataSource.getConnection()) {
      assertThat(dataSource.getMaximumPoolSize()).isEqualTo(3);
      assertThat(dataSource.getConnectionTimeout()).isEqualTo(7000);
      assertThat(connection.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
    }
    properties.setProperty("maximumPoolSzie", "3");
    assertThatThrownBy(() -> new HikariConfig(properties))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining("maximumPoolSzie");
  }

  @Test
  void beansAreRegisteredUnderTheKnownNames() throws Exception {
    HikariConfig config = config();
    config.setRegisterMbeans(true);
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName pool = new ObjectName("com.zaxxer.hikari:type=Pool (app)");
    ObjectName settings = new ObjectName("com.zaxxer.hikari:type=PoolConfig (app)");
    try (HikariDataSource dataSource = new HikariDataSource(config)) {
      dataSource.getConnection().close();

      assertThat(server.getAttribute(pool, "ActiveConnections")).isEqualTo(0);
      assertThat(server.getAttribute(settings, "MaximumPoolSize")).isEqualTo(10);
      server.invoke(pool, "softEvictConnections", null, null);
    }
    assertThat(server.isRegistered(pool)).isFalse();
    assertThat(server.isRegistered(settings)).isFalse();
  }

  @Test
  void poolIsSuspendedOnlyIfThatWasAllowed() throws SQLException {
    HikariConfig config = config();
    config.setAllowPoolSuspension(true);
    config.setConnectionTimeout(250);
    try (HikariDataSource dataSource = new HikariDataSource(config);
        HikariDataSource other = new HikariDataSource(config())) {
      dataSource.getHikariPoolMXBean().suspendPool();
      assertThatThrownBy(dataSource::getConnection).isInstanceOf(SQLException.class);
      dataSource.getHikariPoolMXBean().resumePool();
      dataSource.getConnection().close();

      assertThatThrownBy(() -> other.getHikariPoolMXBean().suspendPool())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("app - is not suspendable");
    }
  }

  @Test
  void evictedConnectionIsReplaced() throws SQLException {
    HikariConfig config = config();
    config.setMaximumPoolSize(1);
    try (HikariDataSource dataSource = new HikariDataSource(config)) {
      Connection first = dataSource.getConnection();
      Connection driversOwn = first.unwrap(org.h2.jdbc.JdbcConnection.class);

      dataSource.evictConnection(first);

      try (Connection second = dataSource.getConnection()) {
        assertThat(second.unwrap(org.h2.jdbc.JdbcConnection.class)).isNotSameAs(driversOwn);
      }
    }
  }

  @Test
  void trackerReceivesWhatHappens() throws SQLException {
    AtomicInteger acquired = new AtomicInteger();
    AtomicInteger used = new AtomicInteger();
    AtomicInteger timeouts = new AtomicInteger();
    AtomicReference<PoolStats> stats = new AtomicReference<>();
    HikariConfig config = config();
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(250);
    try (HikariDataSource dataSource = new HikariDataSource(config)) {
      dataSource.setMetricsTrackerFactory(
          (name, sizes) -> {
            stats.set(sizes);
            return new IMetricsTracker() {
              @Override
              public void recordConnectionAcquiredNanos(long nanos) {
                acquired.incrementAndGet();
              }

              @Override
              public void recordConnectionUsageMillis(long millis) {
                used.incrementAndGet();
              }

              @Override
              public void recordConnectionTimeout() {
                timeouts.incrementAndGet();
              }
            };
          });

      try (Connection held = dataSource.getConnection()) {
        assertThat(held.isClosed()).isFalse();
        assertThatThrownBy(dataSource::getConnection).isInstanceOf(SQLException.class);
      }

      assertThat(acquired).as("with the wait that timed out").hasValue(2);
      assertThat(used).hasValue(1);
      assertThat(timeouts).hasValue(1);
      assertThat(stats.get().getMaxConnections()).isEqualTo(1);
      assertThatThrownBy(() -> dataSource.setMetricsTrackerFactory((name, sizes) -> null))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void micrometersRegistryHasTheKnownFigures() throws SQLException {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (HikariDataSource dataSource = new HikariDataSource(config())) {
      dataSource.setMetricRegistry(registry);
      dataSource.getConnection().close();

      assertThat(registry.get("hikaricp.connections.acquire").tag("pool", "app").timer().count())
          .isEqualTo(1);
      assertThat(registry.get("hikaricp.connections.max").gauge().value()).isEqualTo(10);
      assertThat(registry.get("hikaricp.connections").gauge().value()).isPositive();
      assertThat(registry.get("hikaricp.connections.timeout").counter().count()).isZero();
    }
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void suspendedPoolIsNotRunning() {
    HikariConfig config = config();
    config.setAllowPoolSuspension(true);
    try (HikariDataSource dataSource = new HikariDataSource(config)) {
      dataSource.getHikariPoolMXBean().suspendPool();
      assertThat(dataSource.isRunning()).isFalse();
      System.setProperty("com.zaxxer.hikari.throwIfSuspended", "true");
      try {
        assertThatThrownBy(dataSource::getConnection)
            .isInstanceOf(SQLTransientException.class)
            .hasMessage("app - the pool is suspended");
      } finally {
        System.clearProperty("com.zaxxer.hikari.throwIfSuspended");
      }

      dataSource.getHikariPoolMXBean().resumePool();

      assertThat(dataSource.isRunning()).isTrue();
    }
  }

  @Test
  void minimumIdleIsKeptBesideTheLentConnections() throws SQLException {
    HikariConfig config = config();
    config.setMinimumIdle(2);
    config.setMaximumPoolSize(5);
    try (HikariDataSource dataSource = new HikariDataSource(config);
        Connection held = dataSource.getConnection()) {
      assertThat(held.isClosed()).isFalse();

      Eventually.await(
          () -> dataSource.getHikariPoolMXBean().getIdleConnections() == 2, "two are idle");

      assertThat(dataSource.getHikariPoolMXBean().getTotalConnections()).isEqualTo(3);
    }
  }

  @Test
  void timesForEverAreAccepted() throws SQLException {
    HikariConfig config = config();
    config.setInitializationFailTimeout(Long.MAX_VALUE);
    config.setMaxLifetime(Long.MAX_VALUE);
    config.setConnectionTimeout(Long.MAX_VALUE);

    try (HikariDataSource dataSource = new HikariDataSource(config)) {
      dataSource.getConnection().close();
    }
  }

  @Test
  void overrideKeepsAConnectionThatTheRulesWouldClose() throws SQLException {
    FakeDatabase db = FakeDatabase.create();
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(db.url());
    config.setMaximumPoolSize(1);
    config.setExceptionOverrideClassName(Lenient.class.getName());
    try (HikariDataSource dataSource = new HikariDataSource(config)) {
      db.when("Statement.execute").times(1).then(Fault.fail("08006"));
      try (Connection connection = dataSource.getConnection();
          Statement statement = connection.createStatement()) {
        assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
      }

      dataSource.getConnection().close();

      assertThat(db.opened()).isEqualTo(1);
    }
  }

  @Test
  void providerSuppliesTheLogin() throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(URL);
    config.setCredentialsProvider(() -> Credentials.of("sa", ""));

    try (HikariDataSource dataSource = new HikariDataSource(config);
        Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT CURRENT_USER")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualToIgnoringCase("sa");
    }
  }

  @Test
  void jndiMakesTheDataSource() throws Exception {
    Reference reference =
        new Reference(DataSource.class.getName(), HikariJNDIFactory.class.getName(), null);
    reference.add(new StringRefAddr("jdbcUrl", URL));
    reference.add(new StringRefAddr("username", "sa"));
    reference.add(new StringRefAddr("password", ""));
    reference.add(new StringRefAddr("auth", "Container"));

    try (HikariDataSource dataSource =
        (HikariDataSource) NamingManager.getObjectInstance(reference, null, null, null)) {
      dataSource.getConnection().close();
    }
  }

  @Test
  void configurationIsCopiedWhole() throws ReflectiveOperationException {
    HikariConfig config = config();
    config.setSchema("S");
    config.setReadOnly(true);
    config.setMaximumPoolSize(3);
    HikariConfig other = new HikariConfig();

    config.copyStateTo(other);

    for (var getter : HikariConfig.class.getMethods()) {
      if (getter.getName().matches("(get|is)[A-Z].*")
          && getter.getParameterCount() == 0
          && !getter.getName().equals("getClass")) {
        assertThat(getter.invoke(other)).as(getter.getName()).isEqualTo(getter.invoke(config));
      }
    }
  }
}
