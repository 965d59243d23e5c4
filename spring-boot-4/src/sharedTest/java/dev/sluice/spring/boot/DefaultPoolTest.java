package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sluice.jdbc.ErrorClassifier;
import dev.sluice.jdbc.SluiceDataSourceBean;
import dev.sluice.jdbc.SluicePool;
import dev.sluice.pool.StartPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** Which pool an application gets, and what configures it. */
@ExtendWith(OutputCaptureExtension.class)
@Tag("without-peers")
class DefaultPoolTest {
  private static final String HIKARI = "com.zaxxer.hikari.HikariDataSource";

  @JdbcApplication
  static class Shop {
    @Bean
    Clerk clerk(SluicePool pool, ObjectProvider<SluicePool> provider, Optional<SluicePool> one) {
      return new Clerk(List.of(pool, provider.getObject(), one.orElseThrow()));
    }
  }

  @JdbcApplication
  static class Plain {}

  @JdbcApplication
  static class Built {
    @Bean
    DataSource shopDatabase() {
      return DataSourceBuilder.create().url(Apps.newUrl()).build();
    }
  }

  @JdbcApplication
  static class Customized {
    @Bean
    ErrorClassifier classifier() {
      return error -> null;
    }

    @Bean
    SluiceBuilderCustomizer customizer() {
      return (bean, builder) -> builder.maxSize(3).name(bean);
    }
  }

  record Clerk(List<SluicePool> pools) {}

  @Test
  void hikariCpIsThereOrNotAsTheBuildSays() {
    assertThat(isPresent(HIKARI)).isNotEqualTo(Boolean.getBoolean("peers.excluded"));
  }

  @Test
  void applicationGetsSluiceWithoutAnyChange() {
    SluiceDataSourceBean pool;
    try (ConfigurableApplicationContext app = Apps.run(Shop.class, Apps.newDatabase())) {
      pool = (SluiceDataSourceBean) app.getBean(DataSource.class);

      assertThat(app.getBean(JdbcTemplate.class).queryForObject("SELECT 1", Integer.class))
          .isEqualTo(1);
      assertThat(pool.stats().acquired()).isEqualTo(1);
      assertThat(app.getBeansOfType(DataSource.class)).containsOnlyKeys("dataSource");
      assertThat(app.getBean(Clerk.class).pools()).containsOnly(pool);
    }
    assertThat(pool.isClosed()).isTrue();
  }

  @Test
  void embeddedDatabaseNeedsNoUrl() {
    try (ConfigurableApplicationContext app = Apps.run(Plain.class)) {
      assertThat(app.getBean(DataSource.class)).isInstanceOf(SluiceDataSourceBean.class);
      assertThat(app.getBean(JdbcTemplate.class).queryForObject("SELECT 1", Integer.class))
          .isEqualTo(1);
    }
  }

  @Test
  void typeOfTheApplicationsOwnWins() {
    try (ConfigurableApplicationContext app =
        Apps.run(
            Plain.class,
            Apps.newDatabase(),
            "spring.datasource.type=" + SimpleDriverDataSource.class.getName())) {
      assertThat(app.getBean(DataSource.class)).isInstanceOf(SimpleDriverDataSource.class);
      assertThat(app.getBeanProvider(SluicePool.class).getIfAvailable()).isNull();
      assertThat(app.getBean(SluicePools.class).byName()).isEmpty();
    }
  }

  @Test
  void typeThatNamesHikariCpIsSluiceWhereHikariCpWasTakenAway(CapturedOutput output) {
    boolean there = isPresent(HIKARI);
    try (ConfigurableApplicationContext app =
        Apps.run(
            Plain.class,
            Apps.newDatabase(),
            "spring.datasource.type=" + HIKARI,
            "logging.level.dev.sluice=info")) {
      DataSource dataSource = app.getBean(DataSource.class);

      assertThat(dataSource.getClass().getName())
          .isEqualTo(there ? HIKARI : SluiceDataSourceBean.class.getName());
      assertThat(app.getBeansOfType(SluicePool.class)).hasSize(there ? 0 : 1);
    }
    assertThat(output)
        .contains(
            there
                ? "To use Sluice, remove that key or exclude the dependency com.zaxxer:HikariCP"
                : "spring.datasource.type names HikariCP, which is not on the class path");
  }

  @Test
  void typeThatNamesHikariCpIsNoWarningWhereSluiceIsSwitchedOff(CapturedOutput output) {
    assumeThat(isPresent(HIKARI)).isTrue();
    try (ConfigurableApplicationContext app =
        Apps.run(
            Plain.class,
            Apps.newDatabase(),
            "sluice.enabled=false",
            "spring.datasource.type=" + HIKARI)) {
      assertThat(app.getBean(DataSource.class).getClass().getName()).isEqualTo(HIKARI);
    }
    assertThat(output).doesNotContain("names HikariCP");
  }

  @Test
  void builderThatLostItsPoolSaysWhatToDo(CapturedOutput output) {
    assumeThat(isPresent(HIKARI)).isFalse();
    assertThatThrownBy(() -> Apps.run(Built.class).close()).isInstanceOf(RuntimeException.class);

    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("none is on the class path")
        .contains(".type(dev.sluice.jdbc.SluiceDataSourceBean.class)")
        .contains("dev.sluice:sluice-hikari");
  }

  @Test
  void sluiceCanBeSwitchedOff() {
    try (ConfigurableApplicationContext app = Apps.run(Plain.class, "sluice.enabled=false")) {
      assertThat(app.getBean(DataSource.class)).isNotInstanceOf(SluiceDataSourceBean.class);
    }
  }

  @Test
  void poolHasTheDataSourcesName() {
    assertThat(poolOf("spring.datasource.name=orders").name()).isEqualTo("orders");
    assertThat(
            poolOf("spring.datasource.name=orders", "spring.datasource.hikari.pool-name=shop")
                .name())
        .isEqualTo("shop");
    assertThat(poolOf("spring.datasource.hikari.pool-name=shop", "sluice.name=till").name())
        .isEqualTo("till");
  }

  @Test
  void ownOptionsWinOverHikariCps() {
    SluicePool pool =
        poolOf(
            "spring.datasource.hikari.maximum-pool-size=7",
            "spring.datasource.hikari.connectionTimeout=3000",
            "sluice.max-size=8",
            "sluice.start-policy=background",
            "sluice.init-sql[0]=SET LOCK_TIMEOUT 1000",
            "sluice.init-sql[1]=SET LOCK_TIMEOUT 2000",
            "sluice.driver.IFEXISTS=FALSE");

    assertThat(pool.config().pool().maxSize()).isEqualTo(8);
    assertThat(pool.config().pool().acquireTimeout()).hasSeconds(3);
    assertThat(pool.config().pool().startPolicy()).isEqualTo(StartPolicy.BACKGROUND);
    assertThat(pool.config().initSql())
        .containsExactly("SET LOCK_TIMEOUT 1000", "SET LOCK_TIMEOUT 2000");
    assertThat(pool.config().driverProperties()).containsKey("IFEXISTS");
  }

  @Test
  void environmentVariablesAreReadInTheFormsThatBootKnows() {
    Map<String, Object> variables =
        Map.of(
            "SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE", "7",
            "SPRING_DATASOURCE_HIKARI_CONNECTION_TIMEOUT", "3000",
            "SLUICE_MIN_SIZE", "2",
            "SLUICE_SERVICE_HOST", "10.0.0.1",
            "SLUICE_PGBOUNCER", "/usr/sbin/pgbouncer",
            "SLUICE_INIT_SQL_0", "SELECT 1",
            "SLUICE_PORT", "tcp://10.0.0.1:80");
    try (ConfigurableApplicationContext app =
        Apps.run(Plain.class, variables, Apps.newDatabase())) {
      SluicePool pool = (SluicePool) app.getBean(DataSource.class);

      assertThat(pool.config().pool().maxSize()).isEqualTo(7);
      assertThat(pool.config().pool().acquireTimeout()).hasSeconds(3);
      assertThat(pool.config().pool().minSize()).isEqualTo(2);
      assertThat(pool.config().initSql()).containsExactly("SELECT 1");
      assertThat(pool.stats().maxSize()).isEqualTo(7);
    }
  }

  @Test
  void beansOfTheApplicationArePartOfTheConfiguration() {
    try (ConfigurableApplicationContext app =
        Apps.run(Customized.class, Apps.newDatabase(), "sluice.max-size=9")) {
      SluicePool pool = (SluicePool) app.getBean(DataSource.class);

      assertThat(pool.config().errorClassifier()).isSameAs(app.getBean(ErrorClassifier.class));
      assertThat(pool.config().pool().maxSize()).isEqualTo(3);
      assertThat(pool.name()).isEqualTo("dataSource");
    }
  }

  @Test
  void unknownOptionOfSluicesOwnStopsTheApplication() {
    assertThatThrownBy(
            () -> {
              try (ConfigurableApplicationContext app =
                  Apps.run(Plain.class, Apps.newDatabase(), "sluice.max-sise=5")) {
                app.getBean(JdbcTemplate.class).execute("SELECT 1");
              }
            })
        .rootCause()
        .hasMessageContaining("sluice.max-sise is not an option")
        .hasMessageContaining("max-size");
  }

  private static SluicePool poolOf(String... properties) {
    String[] all = java.util.Arrays.copyOf(properties, properties.length + 1);
    all[properties.length] = Apps.newDatabase();
    try (ConfigurableApplicationContext app = Apps.run(Plain.class, all)) {
      app.getBean(JdbcTemplate.class).execute("SELECT 1");
      return (SluicePool) app.getBean(DataSource.class);
    }
  }

  private static boolean isPresent(String type) {
    return org.springframework.util.ClassUtils.isPresent(type, null);
  }
}
