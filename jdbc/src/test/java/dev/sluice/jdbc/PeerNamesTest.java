package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import dev.sluice.jdbc.config.Names;
import dev.sluice.jdbc.config.Option;
import dev.sluice.pool.HandoutOrder;
import dev.sluice.pool.PoolConfig.WhenExhausted;
import dev.sluice.pool.StartPolicy;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PeerNamesTest {
  private static final Duration FOREVER = Duration.ofMillis(Integer.MAX_VALUE);

  @Test
  void everyPropertyOfHikariIsMappedOrRefused() {
    // No setting of a pool: what its MXBean and the DataSource interface bring along.
    Set<String> notAnOption = Set.of("loginTimeout", "logWriter");
    Set<String> properties =
        Stream.of(HikariConfig.class.getMethods())
            .filter(method -> method.getName().startsWith("set") && method.getParameterCount() == 1)
            .map(Method::getName)
            .map(name -> Character.toLowerCase(name.charAt(3)) + name.substring(4))
            .filter(name -> !notAnOption.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(properties).contains("maximumPoolSize", "keepaliveTime").hasSizeGreaterThan(30);

    assertThat(properties)
        .allMatch(
            name ->
                Names.INSTANCE.knows(name)
                    // The object of properties is spelled dataSource.xyz in a file.
                    || name.equals("dataSourceProperties"));
  }

  @Test
  void aHikariConfigurationMeansTheSameHere() {
    Map<String, Object> hikari = new LinkedHashMap<>();
    hikari.put("jdbcUrl", "jdbc:postgresql://db/app");
    hikari.put("username", "app");
    hikari.put("password", "secret");
    hikari.put("poolName", "orders");
    hikari.put("maximumPoolSize", "20");
    hikari.put("minimumIdle", "5");
    hikari.put("connectionTimeout", "5000");
    hikari.put("validationTimeout", "2500");
    hikari.put("idleTimeout", "300000");
    hikari.put("maxLifetime", 1_200_000L);
    hikari.put("keepaliveTime", "60000");
    hikari.put("leakDetectionThreshold", "30000");
    hikari.put("initializationFailTimeout", "1");
    hikari.put("connectionInitSql", "SET x = 1");
    hikari.put("connectionTestQuery", "SELECT 1");
    hikari.put("autoCommit", "false");
    hikari.put("readOnly", "true");
    hikari.put("transactionIsolation", "TRANSACTION_REPEATABLE_READ");
    hikari.put("catalog", "cat");
    hikari.put("schema", "sch");
    hikari.put("driverClassName", "org.postgresql.Driver");
    hikari.put("registerMbeans", "false");
    hikari.put("allowPoolSuspension", "true");
    hikari.put("isolateInternalQueries", "false");
    hikari.put("dataSource.cachePrepStmts", "true");
    hikari.put("dataSource.socketTimeout", 30);

    SluiceConfig config = Sluice.from(hikari).toConfig();

    assertThat(config.url()).isEqualTo("jdbc:postgresql://db/app");
    assertThat(config.user()).isEqualTo("app");
    assertThat(config.password()).isEqualTo(Secret.of("secret"));
    assertThat(config.pool().name()).isEqualTo("orders");
    assertThat(config.pool().maxSize()).isEqualTo(20);
    assertThat(config.pool().minSize()).isEqualTo(5);
    assertThat(config.pool().acquireTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.pool().validationTimeout()).isEqualTo(Duration.ofMillis(2500));
    assertThat(config.pool().idleTimeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.pool().maxLifetime()).isEqualTo(Duration.ofMinutes(20));
    assertThat(config.pool().keepaliveInterval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.pool().leakThreshold()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.pool().startPolicy()).isEqualTo(StartPolicy.FAIL_FAST);
    assertThat(config.initSql()).containsExactly("SET x = 1");
    assertThat(config.validationQuery()).isEqualTo("SELECT 1");
    assertThat(config.autoCommit()).isFalse();
    assertThat(config.readOnly()).isTrue();
    assertThat(config.transactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
    assertThat(config.catalog()).isEqualTo("cat");
    assertThat(config.schema()).isEqualTo("sch");
    assertThat(config.driverClassName()).isEqualTo("org.postgresql.Driver");
    assertThat(config.driverProperties())
        .isEqualTo(Map.of("cachePrepStmts", Secret.of("true"), "socketTimeout", Secret.of("30")));
  }

  static Stream<Arguments> mapped() {
    return Stream.of(
        // Name, value, our option, our value.
        Arguments.of("connectionTimeout", "0", "acquireTimeout", FOREVER),
        Arguments.of("connectionTimeout", "3s", "acquireTimeout", Duration.ofSeconds(3)),
        Arguments.of("connection-timeout", 250, "acquireTimeout", Duration.ofMillis(250)),
        Arguments.of("minimumIdle", "-1", "minSize", 10),
        Arguments.of("leakDetectionThreshold", 0, "leakThreshold", Duration.ZERO),
        Arguments.of("initializationFailTimeout", 0, "startPolicy", StartPolicy.BACKGROUND),
        Arguments.of("initializationFailTimeout", "-1", "startPolicy", StartPolicy.BACKGROUND),
        Arguments.of("maxTotal", 7, "maxSize", 7),
        Arguments.of("maxActive", 7, "maxSize", 7),
        Arguments.of("minIdle", 2, "minSize", 2),
        Arguments.of("maxWaitMillis", -1, "acquireTimeout", FOREVER),
        Arguments.of("maxWait", 5000, "acquireTimeout", Duration.ofSeconds(5)),
        Arguments.of("minEvictableIdleTimeMillis", -1, "idleTimeout", Duration.ZERO),
        Arguments.of("minEvictableIdleTimeMillis", 60_000, "idleTimeout", Duration.ofMinutes(1)),
        Arguments.of("maxConnLifetimeMillis", "60000", "maxLifetime", Duration.ofMinutes(1)),
        Arguments.of("testOnBorrow", true, "validateAfterIdle", Duration.ZERO),
        Arguments.of("testOnBorrow", false, "validateAfterIdle", Duration.ofSeconds(1)),
        Arguments.of("defaultQueryTimeout", 9, "queryTimeout", Duration.ofSeconds(9)),
        Arguments.of("removeAbandonedTimeout", 60, "leakThreshold", Duration.ofMinutes(1)),
        Arguments.of("lifo", false, "handoutOrder", HandoutOrder.FIFO),
        Arguments.of("blockWhenExhausted", false, "whenExhausted", WhenExhausted.FAIL),
        Arguments.of("maxPoolSize", 3, "maxSize", 3),
        Arguments.of("maxIdleTime", 60, "idleTimeout", Duration.ofMinutes(1)),
        Arguments.of("acquisitionTimeout", "PT2S", "acquireTimeout", Duration.ofSeconds(2)),
        Arguments.of("pool_timeout", 30, "acquireTimeout", Duration.ofSeconds(30)),
        Arguments.of("pool_timeout", 0.5, "acquireTimeout", Duration.ofMillis(500)),
        Arguments.of("pool_recycle", 3600, "maxLifetime", Duration.ofHours(1)),
        Arguments.of("pool_recycle", -1, "maxLifetime", Duration.ZERO),
        Arguments.of("pool_pre_ping", "True", "validateAfterIdle", Duration.ZERO),
        Arguments.of("pool_use_lifo", false, "handoutOrder", HandoutOrder.FIFO),
        Arguments.of("pool_reset_on_return", "commit", "onReturn", SluiceConfig.OnReturn.COMMIT),
        Arguments.of("pool_reset_on_return", false, "onReturn", SluiceConfig.OnReturn.NONE),
        Arguments.of("pool_logging_name", "x", "name", "x"),
        Arguments.of("isolation_level", "READ COMMITTED", "transactionIsolation", 2),
        Arguments.of("pool_size", 5, "maxSize", 5),
        Arguments.of("max_overflow", 5, "maxOverflow", 5),
        Arguments.of("overflow", "5", "maxOverflow", 5),
        Arguments.of("poolclass", "sqlalchemy.pool.NullPool", "maxIdle", 0),
        Arguments.of("poolclass", "QueuePool", "maxIdle", null),
        Arguments.of("maxcached", 5, "maxIdle", 5),
        Arguments.of("maxcached", 0, "maxIdle", null),
        Arguments.of("SetMaxIdleConns", 5, "maxIdle", 5),
        Arguments.of("MaxIdleConns", -1, "maxIdle", 0),
        Arguments.of("reserve_pool_size", 5, "reserveSize", 5),
        Arguments.of("reserve_pool_timeout", 3, "reserveAfter", Duration.ofSeconds(3)),
        Arguments.of("minconn", 2, "minSize", 2),
        Arguments.of("maxconn", 20, "maxSize", 20),
        Arguments.of("timeout", 30, "acquireTimeout", Duration.ofSeconds(30)),
        Arguments.of("max_waiting", 5, "maxWaiters", 5),
        Arguments.of("check", true, "validateAfterIdle", Duration.ZERO),
        Arguments.of("reset", true, "onReturn", SluiceConfig.OnReturn.ROLLBACK),
        Arguments.of("configure", "SET a=1", "initSql", List.of("SET a=1")),
        Arguments.of("open", false, "startPolicy", StartPolicy.LAZY),
        Arguments.of("max_queries", 50_000, "maxUses", 50_000L),
        Arguments.of("max_inactive_connection_lifetime", 300, "idleTimeout", Duration.ofMinutes(5)),
        Arguments.of("max_inactive_connection_lifetime", 0, "idleTimeout", Duration.ZERO),
        Arguments.of("command_timeout", 60, "queryTimeout", Duration.ofMinutes(1)),
        Arguments.of("mincached", 5, "minSize", 5),
        Arguments.of("maxconnections", 20, "maxSize", 20),
        Arguments.of("blocking", true, "whenExhausted", WhenExhausted.WAIT),
        Arguments.of("maxusage", 9, "maxUses", 9L),
        Arguments.of("setsession", List.of("a b", "c d"), "initSql", List.of("a b", "c d")),
        Arguments.of("ping", 1, "validateAfterIdle", Duration.ZERO),
        Arguments.of("ping", 0, "validateAfterIdle", Duration.ofSeconds(1)),
        Arguments.of("min_connections", 5, "minSize", 5),
        Arguments.of("max_connections", 20, "maxSize", 20),
        Arguments.of("check_health", true, "validateAfterIdle", Duration.ZERO),
        Arguments.of("max_age", 3600, "maxLifetime", Duration.ofHours(1)),
        Arguments.of("pre_ping", true, "validateAfterIdle", Duration.ZERO),
        Arguments.of("max_idle", "10m", "idleTimeout", Duration.ofMinutes(10)),
        Arguments.of("default_pool_size", 20, "maxSize", 20),
        Arguments.of("min_pool_size", 5, "minSize", 5),
        Arguments.of("query_wait_timeout", 120, "acquireTimeout", Duration.ofMinutes(2)),
        Arguments.of("server_idle_timeout", 600, "idleTimeout", Duration.ofMinutes(10)),
        Arguments.of("server_lifetime", 3600, "maxLifetime", Duration.ofHours(1)),
        Arguments.of(
            "server_reset_query", "DISCARD ALL", "resetPolicy", ResetPolicy.sql("DISCARD ALL")),
        Arguments.of("server_round_robin", 1, "handoutOrder", HandoutOrder.FIFO),
        Arguments.of("pool", 5, "maxSize", 5),
        Arguments.of("connection_limit", 5, "maxSize", 5),
        Arguments.of("pool_max_conns", 5, "maxSize", 5),
        Arguments.of("pool_max_conn_lifetime", "1h", "maxLifetime", Duration.ofHours(1)),
        Arguments.of("SetMaxOpenConns", 5, "maxSize", 5),
        Arguments.of("ConnMaxLifetime", 60_000_000_000L, "maxLifetime", Duration.ofMinutes(1)),
        Arguments.of("conn_max_idle_time", "1m", "idleTimeout", Duration.ofMinutes(1)));
  }

  @ParameterizedTest(name = "{0} = {1}")
  @MethodSource("mapped")
  void namesAndValuesOfPeersAreTranslated(String name, Object value, String option, Object meant) {
    SluiceConfig config = with(Map.of(name, value));

    assertThat(OptionValues.get(config, Option.find(option))).isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource({
    "dataSourceClassName, org.x.DS, give the url",
    "dataSourceJNDI, java:x, look the DataSource up",
    "exceptionOverrideClassName, X, errorClassifier(...)",
    "credentialsProviderClassName, X, credentials(...)",
    "metricRegistry, x, SluiceMetrics",
    "metricsTrackerFactory, x, SluiceMetrics",
    "healthCheckRegistry, x, health check",
    "threadFactory, x, daemon threads",
    "scheduledExecutor, x, one timer thread",
    "registerMbeans, true, PoolJmx.register",
    "maxshared, 8, never shared",
    "maxconnections, 0, without a limit",
    "poolclass, StaticPool, must be QueuePool or NullPool",
    "pool_mode, transaction, whole sessions",
    "pool_size, 0, without a limit",
    "pool_size, x, from 1 to",
    "max_overflow, -1, from 0 to",
    "max_client_conn, 1000, maxWaiters",
    "echo, true, dev.sluice",
    "reconnect_timeout, 300, backoffMax",
    "checkout_timeout, 5, needs a unit",
    "connectionTimeout, -1, must not be negative",
    "pool_max_conn_lifetime_jitter, 1m, maxLifetimeJitter",
  })
  void whatCannotBeServedIsRefusedWithAReason(String name, String value, String reason) {
    assertThatThrownBy(() -> with(Map.of(name, value)))
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(reason);
  }

  @Test
  void sizeAndOverflowOfSqlAlchemyAreBaseAndOverflow() {
    SluiceConfig config = with(Map.of("pool_size", 10, "max_overflow", 20));

    assertThat(config.pool().maxSize()).isEqualTo(10);
    assertThat(config.pool().maxOverflow()).isEqualTo(20);
  }

  @Test
  void sizesBeyondTheLimitAreRefusedTogether() {
    assertThatThrownBy(() -> with(Map.of("pool_size", 9_990, "max_overflow", 11)))
        .hasMessageContaining(
            "maxSize, maxOverflow and reserveSize must be at most 10000 together");
  }

  /** DBCP and Go count with it, psycopg_pool measures time. */
  @Test
  void maxIdleIsANumberUnlessItsCompanyOrItsUnitSaysTime() {
    assertThat(with(Map.of("max_idle", 8)).pool().maxIdle()).isEqualTo(8);
    assertThat(with(Map.of("max_idle", 60, "max_waiting", 5)).pool().idleTimeout())
        .isEqualTo(Duration.ofMinutes(1));
    assertThatThrownBy(() -> with(Map.of("max_idle", "many")))
        .hasMessageContaining("must be a whole number");
  }

  @Test
  void minimumIdleOfMinusOneFollowsTheMaximum() {
    SluiceConfig config = with(Map.of("maximumPoolSize", 17, "minimumIdle", -1));

    assertThat(config.pool().minSize()).isEqualTo(17);
  }

  @Test
  void aSharedNamesBareNumberHasTheUnitOfItsCompany() {
    assertThat(with(Map.of("maxLifetime", 1_800_000, "maximumPoolSize", 5)).pool().maxLifetime())
        .isEqualTo(Duration.ofMinutes(30));
    assertThat(with(Map.of("max_lifetime", 3600, "max_waiting", 5)).pool().maxLifetime())
        .isEqualTo(Duration.ofHours(1));
    assertThat(with(Map.of("maxAge", 60_000, "maxActive", 5)).pool().maxLifetime())
        .isEqualTo(Duration.ofMinutes(1));
    assertThat(with(Map.of("checkoutTimeout", 5, "pool", 5)).pool().acquireTimeout())
        .isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aSharedNamesBareNumberWithoutOrWithMixedCompanyIsRefused() {
    assertThatThrownBy(() -> with(Map.of("maxLifetime", 3600)))
        .hasMessageContaining("maxLifetime = 3600 needs a unit: write \"3600s\"");
    assertThatThrownBy(
            () -> with(Map.of("maxLifetime", 3600, "maximumPoolSize", 5, "max_waiting", 5)))
        .hasMessageContaining("needs a unit");
    assertThat(with(Map.of("maxLifetime", 0)).pool().maxLifetime()).isEqualTo(Duration.ZERO);
  }

  @Test
  void aDatabaseCanBeGivenInPieces() {
    SluiceConfig config =
        Sluice.from(
                Map.of(
                    "host", "db", "port", 5433, "database", "my app", "user", "u", "password", "p"))
            .toConfig();

    assertThat(config.url()).isEqualTo("jdbc:postgresql://db:5433/my%20app");
    assertThat(Sluice.from(Map.of("scheme", "mysql", "host", "db", "dbname", "x")).toConfig().url())
        .isEqualTo("jdbc:mysql://db/x");
    assertThatThrownBy(() -> Sluice.from(Map.of("port", 1)).toConfig())
        .hasMessageContaining("needs host");
    assertThatThrownBy(() -> Sluice.from(Map.of("host", "db", "url", "jdbc:h2:mem:x")).toConfig())
        .hasMessageContaining("host or url, not both");
    assertThatThrownBy(() -> Sluice.from(Map.of("host", "db", "port", "x")).toConfig())
        .hasMessageContaining("1 to 65535");
  }

  @Test
  void wordsOfANameMayBeJoinedInAnyWay() {
    for (String name :
        Arrays.asList(
            "maxSize",
            "max_size",
            "max-size",
            "MAX_SIZE",
            "MaxSize",
            "maxsize",
            "sluice.maxSize",
            "pool.max-size",
            "SLUICE.MAX_SIZE")) {
      assertThat(with(Map.of(name, 3)).pool().maxSize()).as(name).isEqualTo(3);
    }
  }

  private static SluiceConfig with(Map<String, ?> settings) {
    return Sluice.dataSource("jdbc:h2:mem:x").settings(settings).toConfig();
  }
}
