package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceConfig;
import dev.sluice.jdbc.SluicePool;
import java.beans.PropertyDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.jdbc.core.JdbcTemplate;

/** What becomes of {@code spring.datasource.hikari.*}. */
@ExtendWith(OutputCaptureExtension.class)
class HikariKeysTest {
  @JdbcApplication
  static class Plain {}

  /** A value, unlike the default, of each property of HikariCP's that a text can set. */
  private static final Map<String, String> EFFECTIVE =
      Map.ofEntries(
          Map.entry("jdbcUrl", "jdbc:h2:mem:keys"),
          Map.entry("username", "sa"),
          Map.entry("password", "secret"),
          Map.entry("driverClassName", "org.h2.Driver"),
          Map.entry("poolName", "shop"),
          Map.entry("maximumPoolSize", "7"),
          Map.entry("minimumIdle", "2"),
          Map.entry("connectionTimeout", "3000"),
          Map.entry("validationTimeout", "2000"),
          Map.entry("idleTimeout", "20000"),
          Map.entry("maxLifetime", "40000"),
          Map.entry("keepaliveTime", "35000"),
          Map.entry("leakDetectionThreshold", "5000"),
          Map.entry("initializationFailTimeout", "-1"),
          Map.entry("connectionInitSql", "SET LOCK_TIMEOUT 1000"),
          Map.entry("connectionTestQuery", "SELECT 1"),
          Map.entry("autoCommit", "false"),
          Map.entry("readOnly", "true"),
          Map.entry("transactionIsolation", "TRANSACTION_SERIALIZABLE"),
          Map.entry("catalog", "KEYS"),
          Map.entry("schema", "PUBLIC"),
          Map.entry("loginTimeout", "4"),
          Map.entry("dataSourceClassName", "org.h2.jdbcx.JdbcDataSource"),
          Map.entry("dataSourceJNDI", "java:comp/env/jdbc/shop"),
          Map.entry("dataSourceProperties.IFEXISTS", "FALSE"));

  /** The others, of which each must cause one warning. */
  private static final Map<String, String> WITHOUT_EFFECT =
      Map.of(
          "allowPoolSuspension", "true",
          "isolateInternalQueries", "true",
          "registerMbeans", "true",
          "exceptionOverrideClassName", "com.example.Override",
          "credentialsProviderClassName", "com.example.Provider",
          "healthCheckProperties.connectivityCheckTimeoutMs", "1000",
          "someKeyOfTomorrow", "1");

  @Test
  void tablesAboveHaveEveryPropertyThatTextCanSet() {
    Set<String> settable = new TreeSet<>();
    for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(HikariDataSource.class)) {
      if (property.getWriteMethod() != null && isText(property.getPropertyType())) {
        settable.add(property.getName());
      }
    }
    Set<String> known = new TreeSet<>();
    EFFECTIVE.keySet().forEach(key -> known.add(key.replaceAll("\\..*", "")));
    WITHOUT_EFFECT.keySet().forEach(key -> known.add(key.replaceAll("\\..*", "")));

    assertThat(settable).hasSizeGreaterThan(25);
    assertThat(known).containsAll(settable);
  }

  private static boolean isText(Class<?> type) {
    return BeanUtils.isSimpleValueType(type) || type == Properties.class;
  }

  @Test
  void keyWithEffectCausesNoWarning() {
    new TreeMap<>(EFFECTIVE)
        .forEach((key, value) -> assertThat(warnings(Map.of(key, value))).as(key).isEmpty());
  }

  @Test
  void keyWithoutEffectCausesOneWarningThatNamesIt() {
    new TreeMap<>(WITHOUT_EFFECT)
        .forEach(
            (key, value) ->
                assertThat(warnings(Map.of(key, value)))
                    .as(key)
                    .singleElement()
                    .asString()
                    .contains("spring.datasource.hikari." + key.replaceAll("\\..*", ""))
                    .contains("has no effect"));
  }

  @Test
  void theSameHoldsForKebabCaseAndAllKeysTogether() {
    Map<String, String> all = new LinkedHashMap<>();
    EFFECTIVE.forEach((key, value) -> all.put(kebab(key), value));
    WITHOUT_EFFECT.forEach((key, value) -> all.put(kebab(key), value));
    all.remove("data-source-class-name");
    all.remove("data-source-j-n-d-i");

    assertThat(warnings(all)).hasSize(WITHOUT_EFFECT.size());
    assertThat(config(all).pool().maxSize()).isEqualTo(7);
    assertThat(config(all).driverProperties()).containsKey("IFEXISTS");
  }

  @Test
  void effectsAreThoseOfHikariCp() {
    SluiceConfig config = config(EFFECTIVE);

    assertThat(config.pool().name()).isEqualTo("shop");
    assertThat(config.pool().maxSize()).isEqualTo(7);
    assertThat(config.pool().minSize()).isEqualTo(2);
    assertThat(config.pool().acquireTimeout()).hasSeconds(3);
    assertThat(config.pool().validationTimeout()).hasSeconds(2);
    assertThat(config.pool().idleTimeout()).hasSeconds(20);
    assertThat(config.pool().maxLifetime()).hasSeconds(40);
    assertThat(config.pool().keepaliveInterval()).hasSeconds(35);
    assertThat(config.pool().leakThreshold()).hasSeconds(5);
    assertThat(config.pool().openTimeout()).hasSeconds(4);
    assertThat(config.initSql()).containsExactly("SET LOCK_TIMEOUT 1000");
    assertThat(config.validationQuery()).isEqualTo("SELECT 1");
    assertThat(config.autoCommit()).isFalse();
    assertThat(config.readOnly()).isTrue();
    assertThat(config.transactionIsolation()).isEqualTo(8);
    assertThat(config.catalog()).isEqualTo("KEYS");
    assertThat(config.schema()).isEqualTo("PUBLIC");
    assertThat(config.user()).isEqualTo("sa");
  }

  @Test
  void extremesThatHikariCpTakesAreTaken() {
    String forEver = String.valueOf(Long.MAX_VALUE);
    SluiceConfig config =
        config(
            Map.of(
                "connectionTimeout",
                String.valueOf(Integer.MAX_VALUE),
                "idleTimeout",
                forEver,
                "maxLifetime",
                forEver,
                "leakDetectionThreshold",
                forEver,
                "keepaliveTime",
                "0",
                "minimumIdle",
                "50",
                "maximumPoolSize",
                "20",
                "poolName",
                "p".repeat(200),
                "connectionInitSql",
                ""));

    assertThat(config.pool().minSize()).isEqualTo(20);
    assertThat(config.pool().maxLifetime()).isEqualTo(Duration.ofDays(3650));
    assertThat(config.initSql()).isEmpty();
  }

  @Test
  void valueThatHikariCpRefusesIsRefused() {
    assertThatThrownBy(() -> config(Map.of("connectionTimeout", "30")))
        .hasMessageContaining("spring.datasource.hikari.connectionTimeout");
  }

  @Test
  void urlOfHikariCpsWinsAndTheDriverOfBootsUrlIsForgotten() {
    try (ConfigurableApplicationContext app =
        Apps.run(
            Plain.class,
            "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/nobody",
            "spring.datasource.hikari.jdbc-url=jdbc:h2:mem:byhikari",
            "spring.datasource.hikari.username=sa")) {
      assertThat(database(app)).isEqualTo("BYHIKARI");
    }
  }

  @Test
  void dataSourceIsMadeFromItsClassAndProperties() throws Exception {
    try (ConfigurableApplicationContext app =
        Apps.run(
            Plain.class,
            Apps.newDatabase(),
            "spring.datasource.hikari.data-source-class-name=" + JdbcDataSource.class.getName(),
            "spring.datasource.hikari.data-source-properties.url=jdbc:h2:mem:byclass",
            "spring.datasource.hikari.data-source-properties.user=sa",
            "spring.datasource.hikari.maximum-pool-size=3")) {
      assertThat(database(app)).isEqualTo("BYCLASS");
      SluicePool pool = app.getBean(DataSource.class).unwrap(SluicePool.class);
      assertThat(pool.config().dataSource()).isInstanceOf(JdbcDataSource.class);
      assertThat(pool.stats().maxSize()).isEqualTo(3);
    }
  }

  @Test
  void applicationLogsEachWarningOnce(CapturedOutput output) {
    try (ConfigurableApplicationContext app =
        Apps.run(
            Plain.class,
            Apps.newDatabase(),
            "spring.datasource.hikari.register-mbeans=true",
            "spring.datasource.hikari.exception-override-class-name=com.example.Override",
            "spring.datasource.hikari.some-key-of-tomorrow=1")) {
      assertThat(app.getBean(JdbcTemplate.class).queryForObject("SELECT 1", Integer.class))
          .isEqualTo(1);
    }
    assertThat(output).containsOnlyOnce("hikari.register-mbeans");
    assertThat(output).containsOnlyOnce("hikari.exception-override-class-name");
    assertThat(output).containsOnlyOnce("hikari.some-key-of-tomorrow");
  }

  private static String database(ConfigurableApplicationContext app) {
    return app.getBean(JdbcTemplate.class).queryForObject("SELECT DATABASE()", String.class);
  }

  private static List<String> warnings(Map<String, String> keys) {
    SluiceBuilder builder = builder();
    List<String> warnings = new ArrayList<>(keys(keys).applyTo(builder));
    builder.toConfig().warnings().stream()
        .filter(warning -> warning.contains(HikariKeys.PREFIX))
        .forEach(warnings::add);
    return warnings;
  }

  private static SluiceConfig config(Map<String, String> keys) {
    SluiceBuilder builder = builder();
    keys(keys).applyTo(builder);
    return builder.toConfig();
  }

  private static SluiceBuilder builder() {
    return Sluice.dataSource("jdbc:h2:mem:keys").user("sa");
  }

  private static HikariKeys keys(Map<String, String> keys) {
    Map<String, Object> properties = new LinkedHashMap<>();
    keys.forEach((key, value) -> properties.put(HikariKeys.PREFIX + "." + key, value));
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
    return HikariKeys.of(environment);
  }

  private static String kebab(String camel) {
    int dot = camel.indexOf('.');
    String head = dot < 0 ? camel : camel.substring(0, dot);
    String tail = dot < 0 ? "" : camel.substring(dot);
    return head.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT) + tail;
  }
}
