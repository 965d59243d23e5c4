package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluicePool;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.jdbc.test.autoconfigure.AutoConfigureTestDatabase;
import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.TestPropertySource;

/** A test that asks for an embedded database gets one, although the application has a pool. */
@JdbcTest
@AutoConfigureTestDatabase(replace = AutoConfigureTestDatabase.Replace.ANY)
@TestPropertySource(
    properties = {
      "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/nobody",
      "spring.flyway.enabled=false",
      "spring.liquibase.enabled=false"
    })
@Tag("without-peers")
class ReplacedSliceTest {
  @SpringBootConfiguration(proxyBeanMethods = false)
  static class Shop {}

  @Test
  void embeddedDatabaseTakesThePoolsPlace(
      @Autowired DataSource dataSource, @Autowired JdbcTemplate jdbc) {
    assertThat(DataSourceUnwrapper.unwrap(dataSource, SluicePool.class)).isNull();
    assertThat(jdbc.queryForObject("SELECT 1", Integer.class)).isEqualTo(1);
  }
}
