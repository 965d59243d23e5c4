package dev.sluice.micronaut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.SluicePool;
import dev.sluice.pool.PoolConfig;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import io.micronaut.inject.qualifiers.Qualifiers;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The pools that an application's configuration makes. */
class DataSourceTest {
  private static ApplicationContext start(Map<String, Object> properties) {
    return ApplicationContext.run(properties);
  }

  private static SluicePool pool(ApplicationContext context, String name) {
    return context.getBean(SluicePools.class).byName().get(name);
  }

  private static int one(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT 1")) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  void poolLogsWhereTheApplicationDoes() {
    assertThat(System.getLogger("dev.sluice.pool").getClass().getName()).startsWith("org.slf4j.");
  }

  @Test
  void dependencyMakesThePoolAndTheContextClosesIt() throws SQLException {
    SluicePool pool;
    try (ApplicationContext context =
        start(Map.of("datasources.default.url", "jdbc:h2:mem:plain"))) {
      DataSource dataSource = context.getBean(DataSource.class);
      pool = pool(context, "default");
      assertThat(one(dataSource)).isEqualTo(1);
      assertThat(dataSource.unwrap(SluicePool.class)).isSameAs(pool);
      assertThat(context.getBeansOfType(DataSource.class)).hasSize(1);
      assertThat(pool.name()).isEqualTo("default");
      assertThat(pool.isClosed()).isFalse();
    }
    assertThat(pool.isClosed()).isTrue();
  }

  @Test
  void databaseInMemoryWhereNoUrlIsGiven() throws SQLException {
    try (ApplicationContext context = start(Map.of("datasources.default.pool-name", "memory"))) {
      assertThat(one(context.getBean(DataSource.class))).isEqualTo(1);
      assertThat(pool(context, "default").name()).isEqualTo("memory");
    }
  }

  @Test
  void hikarisKeysHaveTheirMeaning() {
    try (ApplicationContext context =
        start(
            Map.of(
                "datasources.default.jdbc-url",
                "jdbc:h2:mem:hikari",
                "datasources.default.maximum-pool-size",
                7,
                "datasources.default.minimumIdle",
                2,
                "datasources.default.connection-timeout",
                4000,
                "datasources.default.auto-commit",
                false,
                // of Micronaut Data
                "datasources.default.schema-generate",
                "NONE",
                "datasources.default.dialect",
                "H2"))) {
      SluicePool pool = pool(context, "default");
      PoolConfig config = pool.config().pool();
      assertThat(config.maxSize()).isEqualTo(7);
      assertThat(config.minSize()).isEqualTo(2);
      assertThat(config.acquireTimeout()).isEqualTo(Duration.ofSeconds(4));
      assertThat(pool.config().autoCommit()).isFalse();
    }
  }

  @Test
  void ownOptionsWin() {
    try (ApplicationContext context =
        start(
            Map.of(
                "datasources.default.url", "jdbc:h2:mem:own",
                "datasources.default.maximum-pool-size", 7,
                "datasources.default.sluice.max-size", 5,
                "datasources.default.sluice.acquireTimeout", "2s",
                "datasources.default.sluice.driver.LOCK_TIMEOUT", "1234"))) {
      PoolConfig config = pool(context, "default").config().pool();
      assertThat(config.maxSize()).isEqualTo(5);
      assertThat(config.acquireTimeout()).isEqualTo(Duration.ofSeconds(2));
    }
  }

  @Test
  void unknownOptionStopsTheApplicationAndNamesTheNearest() {
    assertThatThrownBy(
            () ->
                start(
                    Map.of(
                        "datasources.default.url",
                        "jdbc:h2:mem:typo",
                        "datasources.default.sluice.max-siz",
                        5)))
        .rootCause()
        .hasMessageContaining("datasources.default.sluice.max-siz")
        .hasMessageContaining("max-size");
  }

  /** An environment variable's name says neither where a dot was nor where a hyphen. */
  @Test
  void environmentVariables() {
    try (ApplicationContext context =
        ApplicationContext.builder()
            .propertySources(
                PropertySource.of(
                    "variables",
                    Map.of(
                        "DATASOURCES_DEFAULT_URL", "jdbc:h2:mem:variables",
                        "DATASOURCES_DEFAULT_MAXIMUM_POOL_SIZE", "7",
                        "DATASOURCES_DEFAULT_SLUICE_ACQUIRE_TIMEOUT", "2s"),
                    PropertyConvention.ENVIRONMENT_VARIABLE,
                    PropertySource.Origin.of("the test")))
            .start()) {
      PoolConfig config = pool(context, "default").config().pool();
      assertThat(config.maxSize()).isEqualTo(7);
      assertThat(config.acquireTimeout()).isEqualTo(Duration.ofSeconds(2));
    }
  }

  // tag::micronaut[]
  @Singleton
  static class Operator {
    private final SluicePools pools;

    Operator(SluicePools pools) {
      this.pools = pools;
    }

    void grow() {
      pools.byName().get("default").resize(2, 20);
    }
  }

  // end::micronaut[]

  @Test
  void poolsAreOperatedByABean() {
    try (ApplicationContext context =
        start(Map.of("datasources.default.url", "jdbc:h2:mem:operated"))) {
      context.getBean(Operator.class).grow();
      assertThat(pool(context, "default").stats().maxSize()).isEqualTo(20);
    }
  }

  @Test
  void severalDataSourcesByTheirNames() throws SQLException {
    try (ApplicationContext context =
        start(
            Map.of(
                "datasources.default.url", "jdbc:h2:mem:main",
                "datasources.audit.url", "jdbc:h2:mem:audit",
                "datasources.audit.sluice.max-size", 2,
                "datasources.off.url", "jdbc:h2:mem:off",
                "datasources.off.enabled", false))) {
      assertThat(context.getBeansOfType(DataSource.class)).hasSize(2);
      assertThat(context.getBean(SluicePools.class).byName()).containsOnlyKeys("audit", "default");
      SluicePool audit = pool(context, "audit");
      assertThat(audit.config().pool().maxSize()).isEqualTo(2);
      DataSource dataSource = context.getBean(DataSource.class, Qualifiers.byName("audit"));
      assertThat(dataSource.unwrap(SluicePool.class)).isSameAs(audit);
      assertThat(one(dataSource)).isEqualTo(1);
    }
  }
}
