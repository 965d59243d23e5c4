package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;

/** What an application says that cannot start. */
@ExtendWith(OutputCaptureExtension.class)
class FailuresTest {
  @JdbcApplication
  static class Shop {
    @Bean
    InitializingBean clerk(JdbcTemplate jdbc) {
      return () -> jdbc.execute("SELECT 1");
    }
  }

  @Test
  void invalidOptionsAreListedWithWhatToDo(CapturedOutput output) {
    start(Apps.newDatabase(), "sluice.max-sise=5", "sluice.acquire-timeout=soon");

    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("The connection pool cannot be configured")
        .contains("sluice.max-sise is not an option")
        .contains("sluice.acquire-timeout")
        .contains("Correct these properties");
  }

  @Test
  void databaseThatIsDownIsNamed(CapturedOutput output) {
    start(
        "spring.datasource.url=jdbc:postgresql://127.0.0.1:1/shop?ApplicationName=shop",
        "spring.datasource.hikari.connection-timeout=1000");

    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("The application needs its database to start")
        .contains("reaches it at jdbc:postgresql://127.0.0.1:1/shop.")
        .contains("sluice.start-retry=60s");
  }

  @Test
  void loginThatIsRefusedIsSaidToBeOne(CapturedOutput output) throws Exception {
    String url = Apps.newUrl();
    try (Connection first = DriverManager.getConnection(url, "sa", "right")) {
      assertThat(first.isValid(5)).isTrue();
      start(
          "spring.datasource.url=" + url,
          "spring.datasource.username=sa",
          "spring.datasource.password=wrong",
          "sluice.acquire-timeout=2s");
    }
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("Correct spring.datasource.username and spring.datasource.password");
  }

  private static void start(String... properties) {
    assertThatThrownBy(() -> Apps.run(Shop.class, properties).close())
        .isInstanceOf(RuntimeException.class);
  }
}
