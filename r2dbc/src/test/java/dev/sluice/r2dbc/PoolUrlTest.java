package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.StartPolicy;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** The pool by URL and by the SPI's options, under r2dbc-pool's names. */
class PoolUrlTest {
  private static PoolConfig configOf(String query) {
    SluiceConnectionFactory pool =
        (SluiceConnectionFactory) ConnectionFactories.get("r2dbc:pool:h2:mem:///options?" + query);
    try {
      return pool.config();
    } finally {
      pool.dispose();
    }
  }

  @Test
  void poolUrlsFindSluiceAndTheDriverBelow() {
    for (String name : List.of("pool", "sluice")) {
      ConnectionFactory found =
          ConnectionFactories.get("r2dbc:" + name + ":h2:mem:///urls?maxSize=3");
      assertThat(found).isInstanceOf(SluiceConnectionFactory.class);
      SluiceConnectionFactory pool = (SluiceConnectionFactory) found;
      assertThat(pool.unwrap().getMetadata().getName()).isEqualTo("H2");
      assertThat(pool.getMetadata().getName()).isEqualTo("H2");
      Connection connection = Recorder.of(pool.create()).one();
      assertThat(Postgres.query(connection, "SELECT 41 + 1")).isEqualTo("42");
      Recorder.await(connection.close());
      pool.dispose();
    }
  }

  @Test
  void theSixteenOptionsAreReadByName() {
    assertThat(PoolUrl.names())
        .containsExactlyInAnyOrder(
            "acquireRetry",
            "backgroundEvictionInterval",
            "initialSize",
            "maxSize",
            "minIdle",
            "maxAcquireTime",
            "maxCreateConnectionTime",
            "maxIdleTime",
            "maxLifeTime",
            "maxValidationTime",
            "poolName",
            "registerJmx",
            "postAllocate",
            "preRelease",
            "validationQuery",
            "validationDepth");
    PoolConfig config =
        configOf(
            "acquireRetry=2&backgroundEvictionInterval=PT1S&initialSize=3&maxSize=7&minIdle=2"
                + "&maxAcquireTime=PT4S&maxCreateConnectionTime=5s&maxIdleTime=6m&maxLifeTime=1h"
                + "&maxValidationTime=700ms&poolName=eight&registerJmx=false"
                + "&validationQuery=SELECT%201&validationDepth=local");
    assertThat(config.warmUp()).isEqualTo(3);
    assertThat(config.startPolicy()).isEqualTo(StartPolicy.BACKGROUND);
    assertThat(config.maxSize()).isEqualTo(7);
    assertThat(config.minSize()).isEqualTo(2);
    assertThat(config.acquireTimeout()).isEqualTo(Duration.ofSeconds(4));
    assertThat(config.openTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.idleTimeout()).isEqualTo(Duration.ofMinutes(6));
    assertThat(config.maxLifetime()).isEqualTo(Duration.ofHours(1));
    assertThat(config.validationTimeout()).isEqualTo(Duration.ofMillis(700));
    assertThat(config.name()).isEqualTo("eight");
  }

  @Test
  void negativeDurationsMeanNoLimit() {
    PoolConfig config = configOf("maxAcquireTime=PT-1S&maxIdleTime=PT-1S&maxLifeTime=-PT1S");
    assertThat(config.acquireTimeout()).isGreaterThan(Duration.ofDays(3_000));
    assertThat(config.idleTimeout()).isZero();
    assertThat(config.maxLifetime()).isZero();
  }

  @Test
  void zeroMeansAtOnce() {
    PoolConfig config = configOf("maxIdleTime=PT0S&maxLifeTime=PT0S&maxAcquireTime=PT0S");
    assertThat(config.maxIdle()).isZero();
    assertThat(config.maxUses()).isEqualTo(1);
    assertThat(config.acquireTimeout()).isZero();
  }

  @Test
  void subscribersAreServedInOrder() {
    assertThat(configOf("maxSize=2").fairness()).isEqualTo(dev.sluice.pool.Fairness.STRICT);
  }

  @Test
  void anInitialSizeRaisesAMaximumThatNobodySet() {
    assertThat(configOf("initialSize=12").maxSize()).isEqualTo(12);
    assertThat(configOf("initialSize=3").maxSize()).isEqualTo(10);
    assertThat(configOf("maxSize=-1").maxSize()).isEqualTo(PoolConfig.MAX_SIZE_LIMIT);
  }

  @Test
  void whatIsWrongIsNamed() {
    assertThatThrownBy(() -> configOf("maxSize=many")).hasMessageContaining("maxSize");
    assertThatThrownBy(() -> configOf("maxIdleTime=soon"))
        .hasMessageContaining("maxIdleTime")
        .hasMessageContaining("PT30S");
    assertThatThrownBy(() -> configOf("postAllocate=x")).hasMessageContaining("postAllocate");
    assertThatThrownBy(() -> configOf("acquireRetry=-1")).hasMessageContaining("acquireRetry");
    assertThatThrownBy(() -> configOf("minIdle=20&maxSize=10")).hasMessageContaining("minSize");
    assertThatThrownBy(() -> configOf("registerJmx=perhaps")).hasMessageContaining("registerJmx");
    assertThatThrownBy(() -> ConnectionFactories.get("r2dbc:pool:nothing:///x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nothing");
    assertThatThrownBy(
            () ->
                SluiceConnectionFactory.builder(
                    ConnectionFactoryOptions.builder()
                        .option(ConnectionFactoryOptions.DRIVER, "pool")
                        .build()))
        .hasMessageContaining("names no driver");
  }

  @Test
  void aFrameworkMakesTheDriverFromTheOptionsWithoutThePools() {
    List<ConnectionFactoryOptions> asked = new ArrayList<>();
    FakeR2dbc driver = new FakeR2dbc();

    SluiceConnectionFactory pool =
        SluiceConnectionFactory.builder(
                ConnectionFactoryOptions.parse("r2dbc:pool:h2:mem:///made?maxSize=2&x=y"),
                below -> {
                  asked.add(below);
                  return driver;
                })
            .build();
    pool.dispose();

    assertThat(pool.unwrap()).isSameAs(driver);
    assertThat(pool.config().maxSize()).isEqualTo(2);
    assertThat(asked).hasSize(1);
    assertThat(asked.get(0).getValue(ConnectionFactoryOptions.DRIVER)).isEqualTo("h2");
    assertThat(asked.get(0).hasOption(Option.valueOf("maxSize"))).isFalse();
    assertThat(asked.get(0).getValue(Option.valueOf("x"))).isEqualTo("y");
  }

  @Test
  void optionsGivenAsObjectsIncludeTheHooks() {
    List<String> seen = new ArrayList<>();
    Function<Connection, Publisher<Void>> before =
        connection -> Mono.fromRunnable(() -> seen.add("before"));
    Function<Connection, Publisher<Void>> after =
        connection -> Mono.fromRunnable(() -> seen.add("after"));
    SluiceConnectionFactory pool =
        (SluiceConnectionFactory)
            ConnectionFactories.get(
                ConnectionFactoryOptions.parse("r2dbc:pool:h2:mem:///hooks")
                    .mutate()
                    .option(Option.valueOf("postAllocate"), before)
                    .option(Option.valueOf("preRelease"), after)
                    .option(Option.valueOf("maxSize"), 2)
                    .option(Option.valueOf("maxAcquireTime"), Duration.ofSeconds(50))
                    .build());
    Connection connection = Recorder.of(pool.create()).one();
    Recorder.await(connection.close());
    pool.dispose();
    assertThat(seen).containsExactly("before", "after");
    assertThat(pool.config().maxSize()).isEqualTo(2);
  }

  @Test
  void jmxShowsThePoolUnderTheOtherOnesNames() throws Exception {
    var server = ManagementFactory.getPlatformMBeanServer();
    ObjectName name = new ObjectName("io.r2dbc.pool:type=ConnectionPool,name=shown");
    SluiceConnectionFactory pool =
        (SluiceConnectionFactory)
            ConnectionFactories.get("r2dbc:pool:h2:mem:///jmx?poolName=shown&registerJmx=true");
    Connection connection = Recorder.of(pool.create()).one();
    assertThat(server.getAttribute(name, "AcquiredSize")).isEqualTo(1);
    assertThat(server.getAttribute(name, "MaxAllocatedSize")).isEqualTo(10);
    assertThat(server.getAttribute(name, "PendingAcquireSize")).isEqualTo(0);
    Recorder.await(connection.close());
    pool.dispose();
    assertThat(server.isRegistered(name)).isFalse();
  }
}
