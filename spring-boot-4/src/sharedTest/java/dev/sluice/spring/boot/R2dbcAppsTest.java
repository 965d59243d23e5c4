package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolListener;
import dev.sluice.r2dbc.SluiceConnectionFactory;
import dev.sluice.testkit.Eventually;
import io.micrometer.core.instrument.MeterRegistry;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.r2dbc.ConnectionFactoryDecorator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.ReactiveTransactionManager;
import reactor.core.publisher.Mono;

/** Reactive applications, with r2dbc-pool on the class path and without it. */
@Tag("without-peers")
class R2dbcAppsTest {
  private static final String URL = "spring.r2dbc.url=r2dbc:h2:mem:///";

  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Shop {}

  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Own {
    @Bean
    ConnectionFactory own() {
      return ConnectionFactories.get("r2dbc:h2:mem:///own");
    }
  }

  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Customized {
    @Bean
    List<String> seen() {
      return new CopyOnWriteArrayList<>();
    }

    @Bean
    ConnectionFactoryDecorator watch(List<String> seen) {
      return driver -> new Watched(driver, seen);
    }

    @Bean
    SluiceR2dbcBuilderCustomizer customizer() {
      return builder -> builder.name("orders").leakThreshold(Duration.ofSeconds(7));
    }

    @Bean
    PoolListener listener(List<String> seen) {
      return new PoolListener() {
        @Override
        public void opened(long resourceId, Duration took) {
          seen.add("opened");
        }
      };
    }
  }

  /** A driver whose connections note what is asked of them. */
  private record Watched(ConnectionFactory driver, List<String> seen) implements ConnectionFactory {
    @Override
    public Publisher<? extends Connection> create() {
      return Mono.from(driver.create()).map(this::watched);
    }

    private Connection watched(Connection connection) {
      return (Connection)
          Proxy.newProxyInstance(
              Connection.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, arguments) -> {
                if (arguments != null) {
                  seen.add(method.getName() + " " + arguments[0]);
                }
                try {
                  return method.invoke(connection, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
      return driver.getMetadata();
    }
  }

  private static PoolConfig configOf(ConfigurableApplicationContext app) {
    return app.getBean(SluiceConnectionFactory.class).config();
  }

  private static Object one(ConfigurableApplicationContext app) {
    return Objects.requireNonNull(
        app.getBean(DatabaseClient.class)
            .sql("SELECT 1")
            .map(row -> Objects.requireNonNull(row.get(0)))
            .one()
            .block());
  }

  @Test
  void r2dbcPoolIsThereOrNotAsTheBuildSays() {
    boolean present;
    try {
      Class.forName("io.r2dbc.pool.ConnectionPool");
      present = true;
    } catch (ClassNotFoundException e) {
      present = false;
    }

    assertThat(present).isNotEqualTo(Boolean.getBoolean("peers.excluded"));
  }

  @Test
  void applicationGetsThePoolWithoutAnyKey() {
    SluiceConnectionFactory pool;
    try (ConfigurableApplicationContext app = Apps.run(Shop.class)) {
      pool = app.getBean(SluiceConnectionFactory.class);

      assertThat(one(app)).isEqualTo(1);
      assertThat(pool.stats().acquired()).isEqualTo(1);
      assertThat(app.getBeansOfType(ConnectionFactory.class)).containsOnlyKeys("connectionFactory");
      assertThat(app.getBeansOfType(DataSource.class)).isEmpty();
      assertThat(app.getBean(ReactiveTransactionManager.class)).isNotNull();
    }
    assertThat(pool.isDisposed()).isTrue();
  }

  @Test
  void everyKeyIsUnderstood() {
    try (ConfigurableApplicationContext app =
        Apps.run(
            Shop.class,
            URL + "keys",
            "spring.r2dbc.pool.enabled=true",
            "spring.r2dbc.pool.acquire-retry=3",
            "spring.r2dbc.pool.initial-size=2",
            "spring.r2dbc.pool.max-size=7",
            "spring.r2dbc.pool.min-idle=3",
            "spring.r2dbc.pool.max-acquire-time=4s",
            "spring.r2dbc.pool.max-create-connection-time=2500",
            "spring.r2dbc.pool.max-idle-time=PT5M",
            "spring.r2dbc.pool.max-life-time=20m",
            "spring.r2dbc.pool.max-validation-time=600ms",
            "spring.r2dbc.pool.validation-depth=local",
            "spring.r2dbc.pool.validation-query=SELECT 1")) {
      PoolConfig config = configOf(app);

      assertThat(config.warmUp()).isEqualTo(2);
      assertThat(config.maxSize()).isEqualTo(7);
      assertThat(config.minSize()).isEqualTo(3);
      assertThat(config.acquireTimeout()).hasSeconds(4);
      assertThat(config.openTimeout()).hasMillis(2_500);
      assertThat(config.idleTimeout()).hasMinutes(5);
      assertThat(config.maxLifetime()).hasMinutes(20);
      assertThat(config.validationTimeout()).hasMillis(600);
      assertThat(one(app)).isEqualTo(1);
      assertThat(app.getBean(ReactiveTransactionManager.class)).isNotNull();
    }
  }

  @Test
  void keysComeFromEnvironmentVariablesToo() {
    try (ConfigurableApplicationContext app =
        Apps.run(
            Shop.class,
            Map.of("SPRING_R2DBC_POOL_MAXSIZE", "6", "SPRING_R2DBC_POOL_MAXIDLETIME", "90s"),
            URL + "variables")) {
      assertThat(configOf(app).maxSize()).isEqualTo(6);
      assertThat(configOf(app).idleTimeout()).hasSeconds(90);
    }
  }

  @Test
  void validationQueryIsTheOneThatRuns() {
    try (ConfigurableApplicationContext app =
        Apps.run(Customized.class, URL + "query", "spring.r2dbc.pool.validation-query=SELECT 42")) {
      checkIdleConnection(app);

      awaitSeen(app, "createStatement SELECT 42");
      assertThat(seen(app)).doesNotContain("validate REMOTE");
    }
  }

  @Test
  void validationDepthIsTheOneThatIsAskedFor() {
    try (ConfigurableApplicationContext remote = Apps.run(Customized.class, URL + "deep");
        ConfigurableApplicationContext local =
            Apps.run(
                Customized.class, URL + "shallow", "spring.r2dbc.pool.validation-depth=LOCAL")) {
      checkIdleConnection(remote);
      checkIdleConnection(local);

      awaitSeen(remote, "validate REMOTE");
      awaitSeen(local, "validate LOCAL");
      assertThat(seen(local)).doesNotContain("validate REMOTE");
    }
  }

  /** A caller may get a connection that was just opened while the idle one is being checked. */
  private static void awaitSeen(ConfigurableApplicationContext app, String call) {
    Eventually.await(() -> seen(app).contains(call), () -> call + " is not among " + seen(app));
  }

  /** A connection that was just opened is not checked, so there must be one. */
  private static void checkIdleConnection(ConfigurableApplicationContext app) {
    assertThat(one(app)).isEqualTo(1);
    assertThat(healthy(app)).isTrue();
  }

  private static boolean healthy(ConfigurableApplicationContext app) {
    return Boolean.TRUE.equals(
        Mono.from(app.getBean(SluiceConnectionFactory.class).checkHealth(Duration.ofSeconds(30)))
            .block());
  }

  @SuppressWarnings("unchecked")
  private static List<String> seen(ConfigurableApplicationContext app) {
    return (List<String>) app.getBean("seen");
  }

  @Test
  void valueThatMakesNoSenseIsNamed() {
    assertThatThrownBy(
            () -> Apps.run(Shop.class, URL + "bad", "spring.r2dbc.pool.acquire-retry=-1").close())
        .rootCause()
        .hasMessageContaining("acquireRetry");
  }

  @Test
  void beansOfTheApplicationArePartOfTheConfiguration() {
    try (ConfigurableApplicationContext app = Apps.run(Customized.class, URL + "beans")) {
      assertThat(one(app)).isEqualTo(1);
      assertThat(configOf(app).name()).isEqualTo("orders");
      assertThat(configOf(app).leakThreshold()).hasSeconds(7);
      // The pool calls its listeners on a worker, perhaps after the borrower is served.
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(seen(app)).contains("opened", "validate LOCAL"));
    }
  }

  @Test
  void urlThatAsksForThePoolGetsSluiceAndItsOptions() {
    SluiceConnectionFactory pool;
    try (ConfigurableApplicationContext app =
        Apps.run(
            Shop.class,
            "spring.r2dbc.url=r2dbc:pool:h2:mem:///url?maxSize=3",
            "spring.r2dbc.properties.poolName=till")) {
      pool = app.getBean(SluiceConnectionFactory.class);
      assertThat(pool.config().maxSize()).isEqualTo(3);
      assertThat(pool.config().name()).isEqualTo("till");
      assertThat(one(app)).isEqualTo(1);
    }
    assertThat(pool.isDisposed()).isTrue();
  }

  @Test
  void optionOfTheUrlWinsOverAKey() {
    try (ConfigurableApplicationContext app =
        Apps.run(
            Shop.class,
            "spring.r2dbc.url=r2dbc:sluice:h2:mem:///wins?maxSize=3",
            "spring.r2dbc.pool.max-size=9",
            "spring.r2dbc.pool.min-idle=2")) {
      assertThat(configOf(app).maxSize()).isEqualTo(3);
      assertThat(configOf(app).minSize()).isEqualTo(2);
    }
  }

  /** Boot says so, whichever pool it is. */
  @Test
  void poolUrlAndKeysTogetherAreRefused() {
    assertThatThrownBy(
            () ->
                Apps.run(
                        Shop.class,
                        "spring.r2dbc.url=r2dbc:pool:h2:mem:///both",
                        "spring.r2dbc.pool.max-size=9")
                    .close())
        .rootCause()
        .hasMessageContaining("onnection");
  }

  @Test
  void poolThatIsSwitchedOffLeavesTheDriver() {
    try (ConfigurableApplicationContext app =
        Apps.run(Shop.class, URL + "off", "spring.r2dbc.pool.enabled=false")) {
      ConnectionFactory factory = app.getBean(ConnectionFactory.class);
      assertThat(R2dbcPools.behind(factory)).isNull();
      assertThat(factory.getClass().getName()).doesNotContain("pool");
      assertThat(one(app)).isEqualTo(1);
    }
  }

  @Test
  void connectionFactoryOfTheApplicationStays() {
    try (ConfigurableApplicationContext app = Apps.run(Own.class, "spring.r2dbc.pool.max-size=4")) {
      assertThat(app.getBeansOfType(ConnectionFactory.class)).containsOnlyKeys("own");
      assertThat(one(app)).isEqualTo(1);
    }
  }

  @Test
  void metersHaveBootsNamesAndSluicesOwn() {
    try (ConfigurableApplicationContext app =
        Apps.run(Shop.class, URL + "meters", "spring.r2dbc.pool.max-size=4")) {
      MeterRegistry meters = app.getBean(MeterRegistry.class);
      Connection held = acquire(app);

      assertThat(gauge(meters, "acquired")).isEqualTo(1);
      assertThat(gauge(meters, "allocated")).isGreaterThanOrEqualTo(1);
      assertThat(gauge(meters, "idle")).isGreaterThanOrEqualTo(0);
      assertThat(gauge(meters, "pending")).isZero();
      assertThat(gauge(meters, "max.allocated")).isEqualTo(4);
      assertThat(gauge(meters, "max.pending")).isPositive();
      assertThat(meters.getMeters())
          .anyMatch(
              meter ->
                  meter.getId().getName().startsWith("sluice.")
                      && "r2dbc".equals(meter.getId().getTag("pool")));

      Mono.from(held.close()).block();
      assertThat(gauge(meters, "acquired")).isZero();
    }
  }

  private static double gauge(MeterRegistry meters, String name) {
    return meters.get("r2dbc.pool." + name).tag("name", "connectionFactory").gauge().value();
  }

  private static Connection acquire(ConfigurableApplicationContext app) {
    return Objects.requireNonNull(
        Mono.from(app.getBean(SluiceConnectionFactory.class).create()).block());
  }

  @Test
  void healthOfAPoolThatIsMerelyBusyIsUpAndSaysFull() throws Exception {
    try (ConfigurableApplicationContext app =
        SpringApplication.run(
            Shop.class,
            "--" + URL + "health",
            "--spring.r2dbc.pool.max-size=1",
            "--management.endpoint.health.show-details=always",
            "--server.address=127.0.0.1",
            "--server.port=0")) {
      assertThat(health(app).body())
          .contains("\"r2dbc\":{")
          .contains("\"pool\":\"r2dbc\"")
          .contains("\"state\":\"ok\"");

      Connection held = acquire(app);
      HttpResponse<String> full = health(app);
      Mono.from(held.close()).block();

      assertThat(full.statusCode()).isEqualTo(200);
      assertThat(full.body()).contains("\"state\":\"full\"").contains("\"active\":1");
    }
  }

  private static HttpResponse<String> health(ConfigurableApplicationContext app) throws Exception {
    String port = app.getEnvironment().getRequiredProperty("local.server.port");
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/health"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void applicationThatStopsWaitsForItsBorrowers() throws Exception {
    ConfigurableApplicationContext app = Apps.run(Shop.class, URL + "graceful");
    SluiceConnectionFactory pool = app.getBean(SluiceConnectionFactory.class);
    List<String> events = Collections.synchronizedList(new ArrayList<>());
    Connection held = acquire(app);
    CountDownLatch closing = new CountDownLatch(1);
    app.addApplicationListener(event -> closing.countDown());
    ExecutorService borrower = Executors.newSingleThreadExecutor();
    try {
      Future<?> work =
          borrower.submit(
              () -> {
                closing.await();
                TimeUnit.MILLISECONDS.sleep(100); // work that goes on after the end has begun
                events.add("still lends " + !pool.isDisposed());
                Mono.from(held.close()).block();
                events.add("returned");
                return null;
              });

      app.close();

      events.add("closed");
      work.get(60, TimeUnit.SECONDS);
      assertThat(events).containsExactly("still lends true", "returned", "closed");
      assertThat(pool.isDisposed()).isTrue();
    } finally {
      borrower.shutdownNow();
    }
  }

  /** As Spring does for a checkpoint. */
  @Test
  void reactivePoolThatIsDisconnectedHasNoConnectionUntilItStarts() {
    try (ConfigurableApplicationContext app =
        Apps.run(Shop.class, URL + "checkpoint;DB_CLOSE_DELAY=-1")) {
      SluiceConnectionFactory pool = app.getBean(SluiceConnectionFactory.class);
      PoolLifecycle lifecycle =
          new PoolLifecycle(() -> List.of(new OperatedR2dbcPool(pool)), app, true);
      assertThat(one(app)).isEqualTo(1);

      lifecycle.stop();
      assertThat(pool.stats().size()).isZero();

      lifecycle.start();
      assertThat(one(app)).isEqualTo(1);
    }
  }
}
