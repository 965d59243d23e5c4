package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.jdbc.config.DurationText;
import dev.sluice.jdbc.config.Option;
import dev.sluice.pool.Fairness;
import dev.sluice.pool.HandoutOrder;
import dev.sluice.pool.NestedAcquire;
import dev.sluice.pool.Overload;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolConfig.WhenExhausted;
import dev.sluice.pool.PoolGroup;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.StartPolicy;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SluiceBuilderTest {
  private static final DataSource SOME =
      (DataSource)
          Proxy.newProxyInstance(
              SluiceBuilderTest.class.getClassLoader(),
              new Class<?>[] {DataSource.class},
              (proxy, method, args) ->
                  switch (method.getName()) {
                    case "toString" -> "some data source";
                    case "hashCode" -> 1;
                    case "equals" ->
                        System.identityHashCode(proxy) == System.identityHashCode(args[0]);
                    default -> throw new UnsupportedOperationException(method.getName());
                  });

  @Test
  void theExampleOfTheDocumentationWorks() {
    SluiceConfig config =
        Sluice.dataSource("jdbc:postgresql://localhost/app")
            .name("app")
            .user("app")
            .password("secret")
            .minSize(2)
            .maxSize(10)
            .acquireTimeout(Duration.ofSeconds(5))
            .toConfig();

    assertThat(config.url()).isEqualTo("jdbc:postgresql://localhost/app");
    assertThat(config.user()).isEqualTo("app");
    assertThat(config.password()).isEqualTo(Secret.of("secret"));
    assertThat(config.pool().name()).isEqualTo("app");
    assertThat(config.pool().minSize()).isEqualTo(2);
    assertThat(config.pool().acquireTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.warnings()).isEmpty();
  }

  /** One setting for each option, with the value that it must give. */
  static Stream<Arguments> everyOption() {
    CredentialsSource credentials = () -> Credentials.of("u", null);
    ErrorClassifier classifier = e -> null;
    ConnectionValidator validator = (connection, info, timeout) -> true;
    PoolListener listener = new PoolListener() {};
    PoolGroup group = PoolGroup.of("server", 50);
    ConnectionHooks hooks = new ConnectionHooks() {};
    ClassLoader loader = SluiceBuilderTest.class.getClassLoader();
    return Stream.of(
        Arguments.of("url", "jdbc:h2:mem:y", "jdbc:h2:mem:y"),
        Arguments.of("user", "me", "me"),
        Arguments.of("password", "pw", Secret.of("pw")),
        Arguments.of("credentials", credentials, credentials),
        Arguments.of("retireOnCredentialChange", true, true),
        Arguments.of("dataSource", SOME, SOME),
        Arguments.of("driverClassName", "x.Y", "x.Y"),
        Arguments.of("requiredRole", "primary", SluiceConfig.Role.PRIMARY),
        Arguments.of("minSize", 3, 3),
        Arguments.of("maxSize", "1_0", 10),
        Arguments.of("maxOverflow", 5, 5),
        Arguments.of("reserveSize", "2", 2),
        Arguments.of("reserveAfter", "3s", Duration.ofSeconds(3)),
        Arguments.of("minSpare", 3, 3),
        Arguments.of("maxIdle", 6, 6),
        Arguments.of("group", group, List.of(group)),
        Arguments.of("warmUp", 4L, 4),
        Arguments.of("maxWaiters", "5", 5),
        Arguments.of("maxConcurrentOpens", 6, 6),
        Arguments.of("expectedInstances", "6", 6),
        Arguments.of("acquireTimeout", "7s", Duration.ofSeconds(7)),
        Arguments.of("openTimeout", "PT8S", Duration.ofSeconds(8)),
        Arguments.of("validationTimeout", "9ms", Duration.ofMillis(9)),
        Arguments.of("resetTimeout", Duration.ofSeconds(10), Duration.ofSeconds(10)),
        Arguments.of("closeTimeout", "11s", Duration.ofSeconds(11)),
        Arguments.of("drainTimeout", "0", Duration.ZERO),
        Arguments.of("queryTimeout", "12s", Duration.ofSeconds(12)),
        Arguments.of("idleTimeout", "off", Duration.ZERO),
        Arguments.of("maxLifetime", false, Duration.ZERO),
        Arguments.of("maxLifetimeJitter", "0.25", 0.25),
        Arguments.of("maxUses", 50_000_000_000L, 50_000_000_000L),
        Arguments.of("validateAfterIdle", "never", DurationText.LONGEST),
        Arguments.of("validationQuery", "SELECT 1", "SELECT 1"),
        Arguments.of("validator", validator, validator),
        Arguments.of("healthCheckInterval", "never", Duration.ZERO),
        Arguments.of("keepaliveInterval", "14s", Duration.ofSeconds(14)),
        Arguments.of("resumeGuard", "no", false),
        Arguments.of("strictResumeGuard", "yes", true),
        Arguments.of("startPolicy", "fail-fast", StartPolicy.FAIL_FAST),
        Arguments.of("startRetry", "30s", Duration.ofSeconds(30)),
        Arguments.of("backoffMin", "15ms", Duration.ofMillis(15)),
        Arguments.of("backoffMax", "16s", Duration.ofSeconds(16)),
        Arguments.of("autoCommit", "false", false),
        Arguments.of("readOnly", "on", true),
        Arguments.of("transactionIsolation", "read committed", 2),
        Arguments.of("catalog", "c", "c"),
        Arguments.of("schema", "s", "s"),
        Arguments.of("initSql", "SET a = 1", List.of("SET a = 1")),
        Arguments.of("hooks", hooks, hooks),
        Arguments.of("hookTimeout", "16s", Duration.ofSeconds(16)),
        Arguments.of("onReturn", "commit", SluiceConfig.OnReturn.COMMIT),
        Arguments.of("openTransactionOnReturn", "WARN", SluiceConfig.OpenTransaction.WARN),
        Arguments.of("restoreState", false, false),
        Arguments.of("resetPolicy", "verified", ResetPolicy.VERIFIED),
        Arguments.of("errorClassifier", classifier, classifier),
        Arguments.of("leakThreshold", "17s", Duration.ofSeconds(17)),
        Arguments.of("leakReclaim", false, false),
        Arguments.of("leakStackSampling", 18, 18),
        Arguments.of("assertReturned", "true", true),
        Arguments.of("slowLeaseThreshold", "19s", Duration.ofSeconds(19)),
        Arguments.of("slowAcquireThreshold", "20s", Duration.ofSeconds(20)),
        Arguments.of("nestedAcquire", "warn", NestedAcquire.WARN),
        Arguments.of("strictClose", "yes", true),
        Arguments.of("requestBoundaries", "yes", true),
        Arguments.of("statementCacheSize", "50", 50),
        Arguments.of("transactionPooler", "yes", true),
        Arguments.of("listener", listener, List.of(listener)),
        Arguments.of("name", "orders", "orders"),
        Arguments.of("handoutOrder", "fifo", HandoutOrder.FIFO),
        Arguments.of("fairness", "strict", Fairness.STRICT),
        Arguments.of("whenExhausted", "Fail", WhenExhausted.FAIL),
        Arguments.of("overload", "50ms/2s", Overload.CODEL),
        Arguments.of("classLoader", loader, loader),
        Arguments.of("shutdownHook", "true", true));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("everyOption")
  void everyOptionCanBeSetByNameAndSurvivesTheBuilder(String key, Object raw, Object value) {
    Map<String, Object> settings = new LinkedHashMap<>();
    if (!key.equals("url") && !key.equals("dataSource")) {
      settings.put("url", "jdbc:h2:mem:x");
    }
    settings.put(key, raw);

    SluiceConfig config = Sluice.from(settings).toConfig();

    Option option = Option.find(key);
    assertThat(OptionValues.get(config, option)).isEqualTo(value);
    assertThat(OptionValues.get(config.toBuilder().toConfig(), option)).isEqualTo(value);
  }

  @Test
  void theListAboveHasEveryOption() {
    assertThat(everyOption().map(arguments -> arguments.get()[0]).collect(Collectors.toList()))
        .isEqualTo(Stream.of(Option.values()).map(Option::key).collect(Collectors.toList()));
  }

  @Test
  void everyOptionOfTheEngineHasASetterAndAName() {
    List<String> engine =
        Stream.of(PoolConfig.class.getMethods())
            .filter(method -> method.getDeclaringClass() == PoolConfig.class)
            .filter(method -> method.getParameterCount() == 0)
            .map(Method::getName)
            .filter(name -> !List.of("builder", "toBuilder").contains(name))
            .toList();
    assertThat(engine).hasSizeGreaterThan(25);

    for (String option : engine) {
      assertThat(Option.find(option)).as(option).isNotNull();
    }
  }

  @Test
  void everyOptionHasAPublicSetter() {
    for (Option option : Option.values()) {
      List<Class<?>> taken = new ArrayList<>();
      for (Method method : SluiceBuilder.class.getMethods()) {
        if (method.getName().equals(option.key()) && method.getParameterCount() == 1) {
          taken.add(method.getParameterTypes()[0]);
        }
      }
      assertThat(taken).as(option.key()).isNotEmpty();
    }
  }

  @Test
  void whatIsSetLaterReplacesWhatWasSetBefore() {
    SluiceBuilder builder = Sluice.dataSource("jdbc:h2:mem:x;sluice.maxSize=7");

    assertThat(builder.toConfig().pool().maxSize()).isEqualTo(7);
    assertThat(builder.settings(Map.of("max_size", 8)).toConfig().pool().maxSize()).isEqualTo(8);
    assertThat(builder.maxSize(9).toConfig().pool().maxSize()).isEqualTo(9);
  }

  @Test
  void aBuiltConfigurationDoesNotFollowItsBuilder() {
    SluiceBuilder builder = Sluice.dataSource("jdbc:h2:mem:x").driverProperty("a", "1");
    SluiceConfig config = builder.toConfig();

    builder.driverProperty("b", "2").maxSize(3).listener(new PoolListener() {});

    assertThat(config.driverProperties()).containsOnlyKeys("a");
    assertThat(config.listeners()).isEmpty();
    assertThat(config.pool().maxSize()).isEqualTo(10);
    assertThatThrownBy(() -> config.driverProperties().put("c", Secret.of("x")))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "READ_UNCOMMITTED, 1",
    "TRANSACTION_READ_UNCOMMITTED, 1",
    "read uncommitted, 1",
    "TRANSACTION_READ_COMMITTED, 2",
    "read-committed, 2",
    "2, 2",
    "RepeatableRead, 4",
    "4, 4",
    "serializable, 8",
    "TRANSACTION_SERIALIZABLE, 8",
    "snapshot, 4096",
  })
  void isolationsHaveNamesAndNumbers(String text, int level) {
    assertThat(with(Map.of("transactionIsolation", text)).toConfig().transactionIsolation())
        .isEqualTo(level);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "maxSize|0|maxSize = \"0\" must be a whole number from 1 to 10,000",
        "maxSize|ten|maxSize = \"ten\" must be a whole number from 1 to 10,000",
        "maxSize|10.5|must be a whole number",
        "maxSize|99999999999999999999|must be a whole number",
        "minSize|-1|must be a whole number from 0 to 10,000",
        "maxUses|-1|must be a whole number from 0",
        "maxLifetimeJitter|0.95|must be a number from 0.0 to 0.9",
        "maxLifetimeJitter|NaN|must be a number from 0.0 to 0.9",
        "maxLifetimeJitter|0x1p-2|must be a number from 0.0 to 0.9",
        "acquireTimeout|30|acquireTimeout = \"30\" needs a unit: write \"30s\" for seconds",
        "acquireTimeout|off|must be a duration",
        "acquireTimeout|-5s|must not be negative",
        "acquireTimeout|9999d|at most 3650 days",
        "openTimeout|0|openTimeout must be above 0",
        "leakReclaim|perhaps|leakReclaim = \"perhaps\" must be true or false",
        "handoutOrder|LIF|must be one of LIFO, FIFO; did you mean LIFO?",
        "startPolicy|eager|must be one of LAZY, BACKGROUND, FAIL_FAST",
        "resetPolicy|deep|must be FAST, VERIFIED, CLEAN, or a list of SQL",
        "overload|50ms|must be codel, or target and interval",
        "overload|2s/50ms|0 < target < interval",
        "initSql|' '|must not contain an empty statement",
        "validationQuery|' '|validationQuery must not be empty",
        "name|' '|name must have 1 to 100 characters",
        "transactionIsolation|3|must be READ_UNCOMMITTED (1)",
        "dataSource|x|must be a DataSource, which can only be set in code",
        "credentials|x|must be a CredentialsSource",
        "url|nonsense|must begin with jdbc:",
        "url|jdcb:postgresql://h/x|did you mean jdbc:?",
        "url|jdbc:postgres://h/x|did you mean jdbc:postgresql:?",
        "colour|blue|colour is not an option; docs/configuration.md lists the options",
        "max_sise|1|max_sise is not an option; did you mean max_size?",
        "MAX_SISE|1|did you mean MAX_SIZE?",
        "max-sise|1|did you mean max-size?",
        "maxSise|1|did you mean maxSize?",
        "maximumPoolSizes|1|did you mean maximumPoolSize?",
      })
  void whatWillNotDoSaysWhatWould(String key, String value, String message) {
    Map<String, Object> settings = new LinkedHashMap<>(Map.of(key, value));
    settings.putIfAbsent("url", "jdbc:h2:mem:x");

    assertThatThrownBy(() -> Sluice.from(settings).toConfig())
        .isInstanceOf(SluiceConfigException.class)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void allProblemsAreReportedTogether() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("max_sise", 1);
    settings.put("acquire_timeout", 30);
    settings.put("leakReclaim", true);
    settings.put("onReturn", "forget");

    SluiceConfigException all =
        catchThrowableOfType(
            SluiceConfigException.class,
            () ->
                Sluice.from(settings).dataSource(SOME).url("jdbc:h2:mem:x").minSize(11).toConfig());

    assertThat(all.problems()).hasSize(6);
    assertThat(all)
        .hasMessageStartingWith("pool 'pool': invalid configuration, for 6 reasons:\n  - ")
        .hasMessageContaining("max_sise is not an option")
        .hasMessageContaining("acquire_timeout = 30 needs a unit")
        .hasMessageContaining("leakReclaim needs a leakThreshold")
        .hasMessageContaining("onReturn = \"forget\" must be one of ROLLBACK, COMMIT, NONE")
        .hasMessageContaining("minSize must be from 0 to maxSize (10), is 11")
        .hasMessageContaining("url and dataSource are both given");
  }

  @Test
  void twoSpellingsWithDifferentValuesAreAnErrorThatNamesBoth() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("maxSize", 10);
    settings.put("maximum-pool-size", 20);

    assertThatThrownBy(() -> with(settings).toConfig())
        .hasMessageContaining(
            "maximum-pool-size = 20 contradicts maxSize = 10: both mean maxSize, give one of them");
  }

  @Test
  void twoSpellingsWithTheSameValueAreFine() {
    SluiceConfig config =
        with(Map.of("connectionTimeout", 5000, "acquire_timeout", "5s", "acquireTimeout", "PT5S"))
            .toConfig();

    assertThat(config.pool().acquireTimeout()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aUrlsOwnOptionContradictsOneBesideIt() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("url", "postgresql://u:pw1@h/x?max_size=5");
    settings.put("maxSize", 10);
    settings.put("password", "pw2");

    assertThatThrownBy(() -> Sluice.from(settings).toConfig())
        .hasMessageContaining("url: max_size = \"5\" contradicts maxSize = 10")
        .hasMessageContaining("url: password = *** contradicts password = ***");
  }

  @Test
  void impossibleCombinationsAreRefused() {
    assertThatThrownBy(() -> Sluice.builder().toConfig()).hasMessageContaining("url is missing");
    assertThatThrownBy(() -> Sluice.dataSource(SOME).driverClassName("x").toConfig())
        .hasMessageContaining("driverClassName has no effect with a dataSource");
    assertThatThrownBy(() -> Sluice.dataSource(SOME).driverProperty("p", "x").toConfig())
        .hasMessageContaining("driver properties [p] have no effect with a dataSource");
    assertThatThrownBy(
            () ->
                with(Map.of())
                    .password("x")
                    .credentials(() -> Credentials.of("u", null))
                    .toConfig())
        .hasMessageContaining("password and credentials are both given");
    assertThatThrownBy(() -> with(Map.of()).transactionIsolation(3).toConfig())
        .hasMessageContaining("transactionIsolation must be one of");
    assertThatThrownBy(() -> with(Map.of()).queryTimeout(Duration.ofSeconds(-1)).toConfig())
        .hasMessageContaining("queryTimeout must be from 0 to 3650 days, is -1s");
    assertThatThrownBy(() -> with(Map.of()).openTimeout(Duration.ofSeconds(-1)).toConfig())
        .hasMessageContaining("openTimeout must be above 0 and at most 3650 days, is -1s");
    assertThatThrownBy(
            () -> with(Map.of()).maxLifetime(Duration.ofSeconds(Long.MAX_VALUE)).toConfig())
        .hasMessageContaining("maxLifetime must be from 0 to 3650 days, is 106751991167300d");
    assertThatThrownBy(() -> with(Map.of()).name("a\nb").toConfig())
        .hasMessageContaining("no control characters");
    assertThatThrownBy(
            () ->
                with(Map.of())
                    .idleTimeout(Duration.ofHours(2))
                    .maxLifetime(Duration.ofHours(1))
                    .toConfig())
        .hasMessageContaining("idleTimeout (2h) must not exceed maxLifetime (1h)");
  }

  @Test
  void defaultsGiveWayToWhatWasChosen() {
    PoolConfig young = with(Map.of()).maxLifetime(Duration.ofMinutes(1)).toConfig().pool();
    assertThat(young.idleTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(young.keepaliveInterval()).isEqualTo(Duration.ofSeconds(30));

    PoolConfig restful = with(Map.of()).idleTimeout(Duration.ofHours(2)).toConfig().pool();
    assertThat(restful.maxLifetime()).isEqualTo(Duration.ofHours(2));

    PoolConfig patient = with(Map.of()).backoffMin(Duration.ofMinutes(1)).toConfig().pool();
    assertThat(patient.backoffMax()).isEqualTo(Duration.ofMinutes(1));

    PoolConfig hasty = with(Map.of()).backoffMax(Duration.ofMillis(10)).toConfig().pool();
    assertThat(hasty.backoffMin()).isEqualTo(Duration.ofMillis(10));

    PoolConfig eternal = with(Map.of()).maxLifetime(Duration.ZERO).toConfig().pool();
    assertThat(eternal.idleTimeout()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void userAndPasswordAmongDriverPropertiesAreTheLogin() {
    SluiceConfig config =
        with(Map.of("dataSource.user", "me", "dataSource.password", "pw", "driver.x", "y"))
            .toConfig();

    assertThat(config.user()).isEqualTo("me");
    assertThat(config.password()).isEqualTo(Secret.of("pw"));
    assertThat(config.driverProperties()).containsOnlyKeys("x");
  }

  @Test
  void nestedMapsAndPropertiesAreRead() {
    Properties defaults = new Properties();
    defaults.setProperty("pool.max_size", "4");
    Properties properties = new Properties(defaults);
    properties.setProperty("sluice.name", "n");

    SluiceConfig nested =
        with(Map.of("pool", Map.of("max_size", 3, "driver", Map.of("x", "y")))).toConfig();
    SluiceConfig flat = Sluice.from(properties).url("jdbc:h2:mem:x").toConfig();

    assertThat(nested.pool().maxSize()).isEqualTo(3);
    assertThat(nested.driverProperties()).containsOnlyKeys("x");
    assertThat(flat.pool().maxSize()).isEqualTo(4);
    assertThat(flat.pool().name()).isEqualTo("n");
  }

  @Test
  void aPrefixPicksOnePoolOfAMap() {
    Map<String, Object> settings =
        Map.of("a.max_size", 3, "b.max_size", 4, "unrelated", true, "ab.max_size", 5);

    assertThat(
            Sluice.dataSource("jdbc:h2:mem:x").settings(settings, "b").toConfig().pool().maxSize())
        .isEqualTo(4);
  }

  @Test
  void nullValuesArePassedOver() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("max_size", null);

    assertThat(with(settings).toConfig().pool().maxSize()).isEqualTo(10);
  }

  @Test
  void credentialsAreFixedUnlessASourceIsGiven() throws Exception {
    SluiceConfig fixed = with(Map.of()).user("u").password("p").toConfig();
    SluiceConfig vault =
        with(Map.of()).user("u").credentials(() -> Credentials.of(null, Secret.of("v"))).toConfig();

    assertThat(fixed.credentials().get()).isEqualTo(Credentials.of("u", Secret.of("p")));
    assertThat(vault.credentials().get()).isEqualTo(Credentials.of("u", Secret.of("v")));
  }

  @Test
  void fixedSizeKeepsAsManyAsTheMaximumWheneverThatIsSet() {
    SluiceBuilder builder = Sluice.dataSource("jdbc:h2:mem:x").fixedSize().maxSize(7);

    assertThat(builder.toConfig().pool().minSize()).isEqualTo(7);
    assertThat(builder.maxSize(9).toConfig().pool().minSize()).isEqualTo(9);
  }

  @Test
  void presetsAreFunctionsOfTheBuilder() {
    PoolConfig medium = with(Map.of()).preset(PoolPresets::medium).maxSize(15).toConfig().pool();
    assertThat(medium.minSize()).isEqualTo(10);
    assertThat(medium.maxSize()).isEqualTo(15);

    PoolConfig small = PoolPresets.small(with(Map.of())).toConfig().pool();
    assertThat(List.of(small.minSize(), small.maxSize())).containsExactly(5, 10);
    PoolConfig large = PoolPresets.large(with(Map.of())).toConfig().pool();
    assertThat(List.of(large.minSize(), large.maxSize())).containsExactly(20, 50);

    SluiceConfig serverless = PoolPresets.serverless(with(Map.of())).toConfig();
    assertThat(serverless.pool().maxSize()).isEqualTo(1);
    assertThat(serverless.pool().minSize()).isZero();
    assertThat(serverless.pool().healthCheckInterval()).isZero();
    assertThat(serverless.pool().keepaliveInterval()).isZero();
    assertThat(serverless.pool().startPolicy()).isEqualTo(StartPolicy.LAZY);
    assertThat(serverless.pool().resumeGuard()).isTrue();
    assertThat(serverless.pool().strictResumeGuard()).isTrue();
    assertThat(serverless.warnings()).isEmpty();
  }

  @Test
  void jdbcsConstantsAreTheIsolations() {
    assertThat(
            with(Map.of("transactionIsolation", Connection.TRANSACTION_SERIALIZABLE))
                .toConfig()
                .transactionIsolation())
        .isEqualTo(8);
  }

  private static SluiceBuilder with(Map<String, ?> settings) {
    return Sluice.dataSource("jdbc:h2:mem:x").settings(settings);
  }
}
