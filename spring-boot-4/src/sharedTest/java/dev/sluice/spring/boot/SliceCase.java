package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluicePool;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** What holds in a slice whose database a test gives, as Testcontainers does. */
abstract class SliceCase {
  private static final String URL = Apps.newUrl();

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry properties) {
    properties.add("spring.datasource.url", () -> URL);
    properties.add("spring.datasource.username", () -> "sa");
    properties.add("spring.datasource.hikari.maximum-pool-size", () -> "3");
    properties.add("spring.flyway.enabled", () -> "false");
    properties.add("spring.liquibase.enabled", () -> "false");
  }

  @Test
  void sliceHasThePoolAndItsProperties(
      @Autowired DataSource dataSource, @Autowired JdbcTemplate jdbc) {
    SluicePool pool = DataSourceUnwrapper.unwrap(dataSource, SluicePool.class);

    assertThat(pool).isNotNull();
    assertThat(pool.config().url()).isEqualTo(URL);
    assertThat(pool.config().pool().maxSize()).isEqualTo(3);
    assertThat(jdbc.queryForObject("SELECT 1", Integer.class)).isEqualTo(1);
    assertThat(pool.stats().acquired()).isPositive();
  }
}
