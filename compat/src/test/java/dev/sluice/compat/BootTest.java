package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceConfig;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.TestDatabase;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

/** An application context with beans, and the property names that Spring Boot uses. */
class BootTest {

  // tag::spring[]
  @Configuration
  @EnableTransactionManagement
  static class Persistence {
    @Bean // Spring calls close() at the end
    SluiceDataSource dataSource(Environment environment) {
      return Sluice.dataSource(environment.getRequiredProperty("app.url"))
          .user(environment.getProperty("app.user"))
          .password(environment.getProperty("app.password"))
          .maxSize(10)
          .build();
    }

    @Bean
    PlatformTransactionManager transactionManager(DataSource dataSource) {
      return new DataSourceTransactionManager(dataSource);
    }

    @Bean
    JdbcTemplate jdbcTemplate(DataSource dataSource) {
      return new JdbcTemplate(dataSource);
    }
  }

  // end::spring[]

  /** A service whose methods are transactions. */
  static class Books {
    private final JdbcTemplate jdbc;

    Books(JdbcTemplate jdbc) {
      this.jdbc = jdbc;
    }

    @Transactional
    public void add(int id, boolean fail) {
      jdbc.update("INSERT INTO book VALUES (?)", id);
      if (fail) {
        throw new IllegalStateException("no");
      }
    }
  }

  @Test
  void beansWorkAndTheContextClosesThePool() {
    SluiceDataSource pool;
    try (TestDatabase database = Databases.h2();
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
      Map<String, Object> properties =
          Map.of("app.url", database.url(), "app.user", "sa", "app.password", "");
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(new MapPropertySource("test", properties));
      context.register(Persistence.class, Books.class);
      context.refresh();
      pool = context.getBean(SluiceDataSource.class);
      JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
      jdbc.execute("CREATE TABLE book (id INT PRIMARY KEY)");
      Books books = context.getBean(Books.class);

      books.add(1, false);
      assertThatThrownBy(() -> books.add(2, true)).isInstanceOf(IllegalStateException.class);

      assertThat(jdbc.queryForList("SELECT id FROM book", Integer.class)).containsExactly(1);
      assertThat(pool.stats().active()).isZero();
    }
    assertThatThrownBy(pool::getConnection).hasMessageContaining("closed");
  }

  @Test
  void propertiesOfHikariMeanTheSame() {
    Map<String, String> properties =
        Map.of(
            "spring.datasource.hikari.jdbc-url", "jdbc:postgresql://localhost/app",
            "spring.datasource.hikari.username", "app",
            "spring.datasource.hikari.password", "secret",
            "spring.datasource.hikari.maximum-pool-size", "20",
            "spring.datasource.hikari.minimumIdle", "5",
            "spring.datasource.hikari.connection-timeout", "5000",
            "spring.datasource.hikari.idle-timeout", "300000",
            "spring.datasource.hikari.max-lifetime", "1200000",
            "spring.datasource.hikari.pool-name", "orders");

    // tag::hikari[]
    SluiceConfig config =
        Sluice.builder().settings(properties, "spring.datasource.hikari").toConfig();
    // end::hikari[]

    assertThat(config.url()).isEqualTo("jdbc:postgresql://localhost/app");
    assertThat(config.user()).isEqualTo("app");
    assertThat(config.pool().name()).isEqualTo("orders");
    assertThat(config.pool().maxSize()).isEqualTo(20);
    assertThat(config.pool().minSize()).isEqualTo(5);
    assertThat(config.pool().acquireTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.pool().idleTimeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.pool().maxLifetime()).isEqualTo(Duration.ofMinutes(20));
  }

  /** A warning and no failure: an application that ran on HikariCP must run on. */
  @Test
  void misspeltPropertyIsNamed() {
    Map<String, String> properties =
        Map.of(
            "spring.datasource.hikari.jdbc-url", "jdbc:postgresql://localhost/app",
            "spring.datasource.hikari.maximum-pool-sice", "20");

    SluiceConfig config =
        Sluice.builder().settings(properties, "spring.datasource.hikari").toConfig();

    assertThat(config.warnings())
        .anySatisfy(
            warning ->
                assertThat(warning).contains("maximum-pool-sice").contains("maximum-pool-size"));
  }
}
