package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluicePool;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** {@code spring.datasource.connection-fetch=lazy}, which is new in Boot 4.1. */
@Tag("without-peers")
class LazyConnectionTest {
  @JdbcApplication
  static class Shop {
    @Bean
    Till till(SluicePool pool) {
      return new Till(pool);
    }
  }

  record Till(SluicePool pool) {}

  @Test
  void transactionWithoutStatementTakesNoConnection() {
    try (ConfigurableApplicationContext app =
        Apps.run(Shop.class, Apps.newDatabase(), "spring.datasource.connection-fetch=lazy")) {
      SluicePool pool = app.getBean(Till.class).pool();
      JdbcTemplate jdbc = app.getBean(JdbcTemplate.class);
      TransactionTemplate transaction =
          new TransactionTemplate(app.getBean(PlatformTransactionManager.class));
      jdbc.execute("SELECT 1");
      long before = pool.stats().acquired();

      transaction.executeWithoutResult(status -> {});

      assertThat(app.getBean(DataSource.class)).isInstanceOf(LazyConnectionDataSourceProxy.class);
      assertThat(pool.stats().acquired()).isEqualTo(before);

      transaction.executeWithoutResult(status -> jdbc.execute("SELECT 1"));

      assertThat(pool.stats().acquired()).isEqualTo(before + 1);
      assertThat(app.getBean(SluicePools.class).byName()).containsValue(pool);
    }
  }
}
