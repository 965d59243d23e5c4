package com.zaxxer.hikari;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluicePool;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** A Spring Boot application that has this jar instead of HikariCP's. */
class SwappedJarTest {
  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(DataSourceAutoConfiguration.class)
  static class Shop {}

  @Test
  void bootsPropertiesReachThePool() throws SQLException {
    SpringApplication application = new SpringApplication(Shop.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    DataSource dataSource;
    try (ConfigurableApplicationContext app =
        application.run(
            "--spring.datasource.url=jdbc:h2:mem:swapped",
            "--spring.datasource.username=sa",
            "--spring.datasource.name=orders",
            "--spring.datasource.hikari.maximum-pool-size=7",
            "--spring.datasource.hikari.data-source-properties.DB_CLOSE_DELAY=0")) {
      dataSource = app.getBean(DataSource.class);
      try (Connection connection = dataSource.getConnection()) {
        assertThat(connection.isValid(5)).isTrue();
      }

      assertThat(dataSource).isInstanceOf(HikariDataSource.class);
      assertThat(dataSource.unwrap(SluicePool.class).name()).isEqualTo("orders");
      assertThat(dataSource.unwrap(SluicePool.class).stats().maxSize()).isEqualTo(7);
      assertThat(
              app.getBean(DataSourcePoolMetadataProvider.class)
                  .getDataSourcePoolMetadata(dataSource)
                  .getMax())
          .isEqualTo(7);
    }
    assertThat(((HikariDataSource) dataSource).isClosed()).isTrue();
  }
}
