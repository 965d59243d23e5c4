package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.StartPolicy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
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

  @JdbcApplication
  static class OwnPool {
    @Bean
    SluiceDataSource own(@Value("${silent.port}") int port) {
      return Sluice.dataSource("jdbc:postgresql://127.0.0.1:" + port + "/shop")
          .name("own")
          .startPolicy(StartPolicy.FAIL_FAST)
          .openTimeout(Duration.ofMillis(300))
          .closeTimeout(Duration.ofMillis(100))
          .build();
    }
  }

  @JdbcApplication
  static class Reports {
    @Bean
    InitializingBean report(@Qualifier("reports") DataSource reports) {
      return () -> reports.getConnection().close();
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

  @Test
  void hostThatIsUnknownIsNamed(CapturedOutput output) {
    start(
        "spring.datasource.url=jdbc:postgresql://database.invalid/shop",
        "sluice.acquire-timeout=1s");

    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("The application needs its database to start")
        .contains("database.invalid")
        .contains("reaches it at jdbc:postgresql://database.invalid/shop.");
  }

  @Test
  void databaseThatDoesNotAnswerIsSaidToBeSlow(CapturedOutput output) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      start(
          "spring.datasource.url=jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/shop",
          "sluice.acquire-timeout=500ms",
          "sluice.close-timeout=100ms");
    }
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("The application needs its database to start")
        .contains("Make the database answer sooner");
  }

  /** A pool that the application builds as a bean, which must have a connection at once. */
  @Test
  void poolThatCannotOpenItsFirstConnectionSaysSo(CapturedOutput output) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(
              () -> Apps.run(OwnPool.class, "silent.port=" + silent.getLocalPort()).close())
          .isInstanceOf(RuntimeException.class);
    }
    assertThat(output.getAll())
        .containsSubsequence(
            "APPLICATION FAILED TO START",
            "Description:",
            "pool 'own' did not start",
            "opening took longer than openTimeout",
            "Action:",
            "Check that the database runs");
  }

  @Test
  void poolOfANameIsAdvisedByItsOwnKeys(CapturedOutput output) throws Exception {
    String url = Apps.newUrl();
    try (Connection first = DriverManager.getConnection(url, "sa", "right")) {
      assertThat(first.isValid(5)).isTrue();
      assertThatThrownBy(
              () ->
                  Apps.run(
                          Reports.class,
                          Apps.newDatabase(),
                          "sluice.pools.reports.url=" + url,
                          "sluice.pools.reports.user=sa",
                          "sluice.pools.reports.acquire-timeout=1s")
                      .close())
          .isInstanceOf(RuntimeException.class);
    }
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("Correct sluice.pools.reports.user and sluice.pools.reports.password");
  }

  private static void start(String... properties) {
    assertThatThrownBy(() -> Apps.run(Shop.class, properties).close())
        .isInstanceOf(RuntimeException.class);
  }
}
