package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.devtools.autoconfigure.DevToolsDataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** DevTools throws a database in memory away with the application, so that a restart is clean. */
class DevToolsTest {
  @JdbcApplication
  @ImportAutoConfiguration(DevToolsDataSourceAutoConfiguration.class)
  static class Shop {}

  @Test
  void databaseInMemoryEndsWithTheApplication() throws Exception {
    String url = Apps.newUrl();
    FutureTask<Void> run =
        new FutureTask<>(
            () -> {
              try (ConfigurableApplicationContext app =
                  Apps.run(
                      Shop.class,
                      "spring.datasource.url=" + url,
                      "spring.datasource.username=sa")) {
                app.getBean(JdbcTemplate.class).execute("CREATE TABLE book (id INT)");
              }
              return null;
            });
    new Thread(run, "main").start(); // DevTools is off where a test is on the stack
    run.get(90, TimeUnit.SECONDS);

    try (Connection own = DriverManager.getConnection(url, "sa", "")) {
      assertThat(own.getMetaData().getTables(null, null, "BOOK", null).next()).isFalse();
    }
  }
}
