package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.r2dbc.SluiceConnectionFactory;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.r2dbc.ConnectionFactoryOptionsBuilderCustomizer;
import org.springframework.boot.test.autoconfigure.data.r2dbc.DataR2dbcTest;
import org.springframework.context.annotation.Bean;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.test.context.TestPropertySource;

/** {@code @DataR2dbcTest} as it is, with and without r2dbc-pool. */
@DataR2dbcTest
@TestPropertySource(
    properties = {"spring.r2dbc.url=r2dbc:h2:mem:///", "spring.r2dbc.pool.max-size=3"})
@Tag("without-peers")
class DataR2dbcSliceTest {
  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Shop {
    @Bean
    ConnectionFactoryOptionsBuilderCustomizer database() {
      return options -> options.option(ConnectionFactoryOptions.DATABASE, "slice");
    }
  }

  @Test
  void thePoolOfTheApplicationIsThereAndConfigured(
      @Autowired ConnectionFactory factory, @Autowired DatabaseClient client) {
    assertThat(factory).isInstanceOf(SluiceConnectionFactory.class);
    assertThat(((SluiceConnectionFactory) factory).config().maxSize()).isEqualTo(3);
    assertThat(
            client
                .sql("SELECT CURRENT_CATALOG")
                .map(row -> String.valueOf(row.get(0)))
                .one()
                .block())
        .isEqualToIgnoringCase("slice");
  }
}
