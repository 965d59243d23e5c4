package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluicePool;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;

/** A database that connection details describe, as those of Testcontainers and Compose do. */
@Tag("without-peers")
class ServiceConnectionTest {
  @JdbcApplication
  static class Shop {
    @Bean
    TestConnectionDetails details() {
      return new TestConnectionDetails("jdbc:h2:mem:container");
    }
  }

  @Test
  void detailsSayWhereTheDatabaseIsAndPropertiesTheRest() {
    try (ConfigurableApplicationContext app =
        Apps.run(
            Shop.class,
            "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/nobody",
            "spring.datasource.hikari.jdbc-url=jdbc:postgresql://127.0.0.1:1/nobody",
            "spring.datasource.hikari.username=nobody",
            "spring.datasource.hikari.maximum-pool-size=3",
            "sluice.url=jdbc:postgresql://127.0.0.1:1/nobody",
            "sluice.password=wrong")) {
      assertThat(app.getBean(JdbcTemplate.class).queryForObject("SELECT DATABASE()", String.class))
          .isEqualTo("CONTAINER");
      SluicePool pool = (SluicePool) app.getBean(DataSource.class);
      assertThat(pool.config().user()).isEqualTo("sa");
      assertThat(pool.stats().maxSize()).isEqualTo(3);
    }
  }
}
