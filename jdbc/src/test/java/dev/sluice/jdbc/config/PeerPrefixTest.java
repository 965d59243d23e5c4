package dev.sluice.jdbc.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceConfig;
import dev.sluice.pool.StartPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Under a peer's prefix the peer's rules hold. */
class PeerPrefixTest {
  private static final String SPRING = "spring.datasource.hikari";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "hikari, max-lifetime, 600000, maxLifetime, 10m",
    "hikari, idle-timeout, 60000, idleTimeout, 1m",
    "hikari, validation-timeout, 2500, validationTimeout, 2500ms",
    "hikari, keepaliveTime, 60000, keepaliveInterval, 1m",
    "dbcp2, max-conn-lifetime-millis, 600000, maxLifetime, 10m",
    "dbcp2, removeAbandonedTimeout, 60, leakThreshold, 1m",
    "tomcat, max-age, 600000, maxLifetime, 10m",
    "tomcat, suspect-timeout, 60, slowLeaseThreshold, 1m",
    "druid, phy-timeout-millis, 600000, maxLifetime, 10m",
    "druid, query-timeout, 60, queryTimeout, 1m",
    "c3p0, maxConnectionAge, 600, maxLifetime, 10m",
    "c3p0, checkoutTimeout, 5000, acquireTimeout, 5s",
    "oracleucp, connection-wait-timeout, 5, acquireTimeout, 5s",
    "agroal, acquisitionTimeout, PT5S, acquireTimeout, 5s",
    // Sluice's own names take the peer's unit, too.
    "hikari, slow-acquire-threshold, 5000, slowAcquireThreshold, 5s",
    "oracleucp, open_timeout, 5, openTimeout, 5s",
  })
  void knownBug40AKeyAloneHasThePeersUnit(
      String peer, String key, String value, String option, String meant) throws Exception {
    SluiceConfig config = read("spring.datasource." + peer, Map.of(key, value));

    assertThat(config.toString()).contains(option + "=" + meantText(meant) + ",");
    assertThat(config.warnings()).isEmpty();
  }

  private static String meantText(String meant) throws BadValue {
    return DurationText.format(DurationText.parse(meant));
  }

  @Test
  void knownBug40UnknownKeysOfAPeerAreAWarningUnderItsPrefixAlone() {
    SluiceConfig config = read(SPRING, Map.of("maximumPoolSise", "5", "max-total", "5"));

    assertThat(config.warnings())
        .anyMatch(
            w ->
                w.contains(SPRING + ".maximumPoolSise is not an option of HikariCP")
                    && w.contains("did you mean maximumPoolSize?"))
        .anyMatch(w -> w.contains(SPRING + ".max-total is not an option of HikariCP"));
    assertThatThrownBy(() -> Sluice.from(Map.of("maximumPoolSise", 5)).toConfig())
        .hasMessageContaining("maximumPoolSise is not an option; did you mean maximumPoolSize?");
  }

  @Test
  void knownBug40WhatHikariAcceptsIsAcceptedWithAWarningThatSaysWhatHappens() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("maximum-pool-size", 5);
    settings.put("minimum-idle", 20);
    settings.put("max-lifetime", 600_000);
    settings.put("idle-timeout", 900_000);
    settings.put("keepalive-time", 600_000);
    settings.put("leak-detection-threshold", 1_000);
    settings.put("register-mbeans", true);

    SluiceConfig config = read(SPRING, settings);

    assertThat(config.pool().minSize()).isEqualTo(5);
    assertThat(config.pool().idleTimeout()).isEqualTo(Duration.ZERO);
    assertThat(config.pool().keepaliveInterval()).isEqualTo(Duration.ZERO);
    assertThat(config.pool().leakThreshold()).isEqualTo(Duration.ZERO);
    assertThat(config.warnings())
        .anyMatch(w -> w.contains("minimum-idle = 20 is above the maximum, 5"))
        .anyMatch(w -> w.contains("idle-timeout = 15m is longer than maxLifetime, 10m"))
        .anyMatch(w -> w.contains("keepalive-time = 10m is no shorter than maxLifetime, 10m"))
        .anyMatch(w -> w.contains("leak-detection-threshold = 1s is less than 2 s"))
        .anyMatch(
            w ->
                w.contains("register-mbeans has no effect: register the pool by PoolJmx.register"));
  }

  @Test
  void hikarisMinimumFollowsItsMaximumAndItsStartFailsFast() {
    assertThat(read(SPRING, Map.of("maximum-pool-size", 20)).pool().minSize()).isEqualTo(20);
    assertThat(read(SPRING, Map.of("username", "u")).pool().minSize()).isEqualTo(10);
    SluiceConfig both =
        Sluice.dataSource("jdbc:h2:mem:x")
            .settings(Map.of(SPRING + ".minimum-idle", -1), SPRING)
            .maxSize(7)
            .toConfig();
    assertThat(both.pool().minSize()).isEqualTo(7);
    assertThat(both.pool().startPolicy()).isEqualTo(StartPolicy.FAIL_FAST);
    SluiceConfig never = read(SPRING, Map.of("initialization-fail-timeout", -1));
    assertThat(never.pool().startPolicy()).isEqualTo(StartPolicy.BACKGROUND);
    assertThat(never.startRetry()).isZero();
    SluiceConfig patient = read(SPRING, Map.of("initialization-fail-timeout", 60_000));
    assertThat(patient.pool().startPolicy()).isEqualTo(StartPolicy.FAIL_FAST);
    assertThat(patient.startRetry()).isEqualTo(Duration.ofMinutes(1));
    assertThat(Sluice.from(Map.of("url", "jdbc:h2:mem:x")).toConfig().pool().minSize())
        .isEqualTo(1);
  }

  @Test
  void minimumIdleOfMinusOneMeansTheBuildersMaximum() {
    for (int size : new int[] {5, 20}) {
      assertThat(
              Sluice.dataSource("jdbc:h2:mem:x")
                  .maxSize(size)
                  .settings(Map.of("minimumIdle", -1))
                  .toConfig()
                  .pool()
                  .minSize())
          .isEqualTo(size);
    }
  }

  @Test
  void whatHikariRefusesIsRefused() {
    assertThatThrownBy(() -> read(SPRING, Map.of("connection-timeout", 30)))
        .hasMessageContaining("connection-timeout = 30 means 30 ms, as in HikariCP")
        .hasMessageContaining("did you mean \"30s\"?");
  }

  @Test
  void knownBug40ATypicalFileOfDbcpIsRead() throws IOException {
    SluiceConfig config =
        file(
            """
            driverClassName=org.h2.Driver
            url=jdbc:h2:mem:x
            username=sa
            password=
            connectionProperties=A=1;B=2
            initialSize=5
            maxTotal=20
            maxIdle=10
            minIdle=5
            maxWaitMillis=10000
            testOnBorrow=true
            validationQuery=SELECT 1
            timeBetweenEvictionRunsMillis=60000
            poolPreparedStatements=true
            removeAbandonedOnBorrow=true
            defaultTransactionIsolation=READ_COMMITTED
            """);

    assertThat(config.pool().maxSize()).isEqualTo(20);
    assertThat(config.pool().maxIdle()).isEqualTo(10);
    assertThat(config.pool().warmUp()).isEqualTo(5);
    assertThat(config.pool().startPolicy()).isEqualTo(StartPolicy.BACKGROUND);
    assertThat(config.pool().leakReclaim()).isTrue();
    assertThat(config.pool().leakThreshold()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.driverProperties()).containsOnlyKeys("A", "B");
    assertThat(config.warnings())
        .anyMatch(w -> w.contains(":14: poolPreparedStatements has no effect"));
  }

  @Test
  void knownBug40TypicalFilesOfTomcatDruidAndC3p0AreRead() throws IOException {
    SluiceConfig tomcat =
        file(
            """
            url=jdbc:h2:mem:x
            testWhileIdle=true
            testOnBorrow=true
            validationQuery=SELECT 1
            validationInterval=30000
            timeBetweenEvictionRunsMillis=30000
            maxActive=100
            initialSize=10
            maxWait=10000
            removeAbandonedTimeout=60
            minEvictableIdleTimeMillis=30000
            minIdle=10
            logAbandoned=true
            removeAbandoned=true
            jmxEnabled=true
            jdbcInterceptors=ConnectionState;StatementFinalizer
            """);
    assertThat(tomcat.pool().maxSize()).isEqualTo(100);
    assertThat(tomcat.pool().validateAfterIdle()).isEqualTo(Duration.ofSeconds(30));
    SluiceConfig druid =
        file(
            """
            url=jdbc:h2:mem:x
            username=u
            password=p
            filters=stat
            maxActive=20
            initialSize=1
            maxWait=6000
            minIdle=1
            timeBetweenEvictionRunsMillis=60000
            minEvictableIdleTimeMillis=300000
            testWhileIdle=true
            testOnBorrow=false
            testOnReturn=false
            poolPreparedStatements=true
            maxPoolPreparedStatementPerConnectionSize=20
            asyncInit=true
            connectionProperties=druid.stat.slowSqlMillis=5000;A=1
            """);
    assertThat(druid.pool().acquireTimeout()).isEqualTo(Duration.ofSeconds(6));
    assertThat(druid.driverProperties()).containsOnlyKeys("A");
    SluiceConfig c3p0 =
        file(
            """
            c3p0.jdbcUrl=jdbc:h2:mem:x
            c3p0.initialPoolSize=3
            c3p0.minPoolSize=5
            c3p0.maxPoolSize=20
            c3p0.acquireIncrement=5
            c3p0.maxIdleTime=1800
            c3p0.maxStatements=50
            c3p0.checkoutTimeout=3000
            c3p0.testConnectionOnCheckout=true
            """);
    assertThat(c3p0.pool().minSize()).isEqualTo(5);
    assertThat(c3p0.pool().acquireTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(c3p0.pool().validateAfterIdle()).isEqualTo(Duration.ZERO);
  }

  private SluiceConfig file(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("pool.properties"), text);
    return Sluice.fromFile(file).toConfig();
  }

  private static SluiceConfig read(String prefix, Map<String, ?> settings) {
    Map<String, Object> map = new LinkedHashMap<>();
    settings.forEach((key, value) -> map.put(prefix + "." + key, value));
    return Sluice.dataSource("jdbc:h2:mem:x").settings(map, prefix).toConfig();
  }
}
