package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.RoutingDataSource;
import dev.sluice.jdbc.SluicePool;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

/** Several pools in one application, and reads that go to replicas. */
class PoolsTest {
  private static final String WHERE = "SELECT DATABASE()";

  // tag::pools[]
  @Configuration
  static class Audit {
    @Bean(defaultCandidate = false)
    @Qualifier("audit")
    JdbcTemplate auditTemplate(@Qualifier("audit") DataSource dataSource) {
      return new JdbcTemplate(dataSource);
    }
  }

  // end::pools[]

  @JdbcApplication
  @Import(Audit.class)
  static class Shop {
    @Bean
    Pools pools(
        DataSource main,
        SluicePool mainPool,
        @Qualifier("audit") DataSource audit,
        @Qualifier("audit") SluicePool auditPool) {
      return new Pools(main, mainPool, audit, auditPool);
    }
  }

  record Pools(DataSource main, SluicePool mainPool, DataSource audit, SluicePool auditPool) {}

  @JdbcApplication
  static class Plain {}

  // tag::routing[]
  @Service
  static class Books {
    private final JdbcTemplate jdbc;

    Books(JdbcTemplate jdbc) {
      this.jdbc = jdbc;
    }

    @Transactional(readOnly = true)
    public String read() { // on a replica
      return jdbc.queryForObject(WHERE, String.class);
    }

    @Transactional
    public String write() { // on the primary
      return jdbc.queryForObject(WHERE, String.class);
    }
  }

  // end::routing[]

  @JdbcApplication
  @EnableTransactionManagement(proxyTargetClass = true)
  @Import(Books.class)
  static class Library {}

  @Test
  void namedPoolsStandBesideBootsOwn() {
    SluicePool audit;
    try (ConfigurableApplicationContext app =
        Apps.run(
            Shop.class,
            "spring.datasource.url=jdbc:h2:mem:main",
            "spring.datasource.name=main",
            "sluice.max-size=7",
            "sluice.pools.audit.url=jdbc:h2:mem:audit",
            "sluice.pools.audit.user=sa",
            "sluice.pools.audit.max-size=2")) {
      Pools pools = app.getBean(Pools.class);
      audit = pools.auditPool();

      assertThat(pools.main()).isSameAs(pools.mainPool()).isNotSameAs(pools.audit());
      assertThat(pools.audit()).isSameAs(pools.auditPool());
      assertThat(pools.mainPool().config().pool().maxSize()).isEqualTo(7);
      assertThat(audit.config().pool().maxSize()).isEqualTo(2);
      assertThat(audit.name()).isEqualTo("audit");
      assertThat(
              app.getBean("auditTemplate", JdbcTemplate.class).queryForObject(WHERE, String.class))
          .isEqualTo("AUDIT");
      assertThat(
              app.getBean("jdbcTemplate", JdbcTemplate.class).queryForObject(WHERE, String.class))
          .isEqualTo("MAIN");
      assertThat(app.getBean(SluicePools.class).byName()).containsOnlyKeys("main", "audit");
    }
    assertThat(audit.isClosed()).isTrue();
  }

  @Test
  void primaryPoolTakesThePlaceOfBootsOwn() {
    try (ConfigurableApplicationContext app =
        Apps.run(
            Plain.class,
            "sluice.pools.orders.url=jdbc:h2:mem:orders",
            "sluice.pools.orders.primary=true",
            "sluice.pools.audit.url=jdbc:h2:mem:audit2")) {
      assertThat(app.getBeansOfType(DataSource.class))
          .containsOnlyKeys("ordersDataSource", "auditDataSource");
      assertThat(app.getBean(JdbcTemplate.class).queryForObject(WHERE, String.class))
          .isEqualTo("ORDERS");
    }
  }

  @Test
  void readOnlyTransactionRunsOnTheReplica() {
    RoutingDataSource routing;
    try (ConfigurableApplicationContext app =
        Apps.run(
            Library.class,
            "spring.datasource.url=jdbc:h2:mem:primary",
            "spring.datasource.username=sa",
            "spring.datasource.name=books",
            "spring.datasource.hikari.maximum-pool-size=4",
            "sluice.replicas.near.url=jdbc:h2:mem:replica",
            "sluice.replicas.near.max-size=3")) {
      Books books = app.getBean(Books.class);
      routing = (RoutingDataSource) app.getBean(DataSource.class);

      assertThat(books.read()).isEqualTo("REPLICA");
      assertThat(books.write()).isEqualTo("PRIMARY");
      assertThat(app.getBean(SluicePools.class).byName()).containsOnlyKeys("books", "books-near");
      assertThat(
              app.getBean("sluicePoolMetadataProvider", DataSourcePoolMetadataProvider.class)
                  .getDataSourcePoolMetadata(routing)
                  .getMax())
          .isEqualTo(7);
    }
    assertThat(routing.isClosed()).isTrue();
  }
}
