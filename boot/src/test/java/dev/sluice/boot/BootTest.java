package dev.sluice.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.NoLeaks;
import dev.sluice.testkit.TestDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/** A Spring Boot application with web, Spring Data JPA and Flyway, on PostgreSQL. */
class BootTest {

  // tag::boot[]
  @Configuration
  static class Persistence {
    @Bean // the only bean that Boot needs: it finds the transaction manager that JPA requires
    SluiceDataSource dataSource(Environment environment) {
      Map<String, String> options =
          Binder.get(environment)
              .bind("app.datasource", Bindable.mapOf(String.class, String.class))
              .get();
      return Sluice.from(options).build(); // Boot closes it
    }
  }

  // end::boot[]

  /** What must not be added: the transaction manager of an application without JPA. */
  @Configuration
  static class PlainJdbcTransactions {
    @Bean
    PlatformTransactionManager transactionManager(DataSource dataSource) {
      return new DataSourceTransactionManager(dataSource);
    }
  }

  @RegisterExtension final NoLeaks leaks = new NoLeaks();

  private final TestDatabase database = Databases.postgres();

  /** So that starting it is not taken for a leak of the first test's. */
  @BeforeAll
  static void startServer() {
    Databases.sharedPostgres();
  }

  @AfterEach
  void dropDatabase() {
    database.close();
  }

  @Test
  void bookThatIsPostedIsInTheTable() throws Exception {
    SluiceDataSource pool;
    try (ConfigurableApplicationContext app = start(List.of(Persistence.class))) {
      pool = app.getBean(SluiceDataSource.class);

      int status = post(app, "Effective Java");

      assertThat(status).isEqualTo(200);
      assertThat(titles()).containsExactly("Effective Java");
      assertThat(app.getBean(PlatformTransactionManager.class))
          .isInstanceOf(JpaTransactionManager.class);
      assertThat(pool.stats().active()).isZero();
    }
    assertThatThrownBy(pool::getConnection).hasMessageContaining("closed");
  }

  @Test
  void optionsAreReadFromTheApplicationsProperties() {
    try (ConfigurableApplicationContext app =
        start(
            List.of(Persistence.class),
            "app.datasource.name=orders",
            "app.datasource.max-size=7",
            "app.datasource.acquire-timeout=5s",
            "app.datasource.driver.ApplicationName=shop")) {

      SluiceDataSource pool = app.getBean(SluiceDataSource.class);

      assertThat(pool.config().pool().name()).isEqualTo("orders");
      assertThat(pool.config().pool().maxSize()).isEqualTo(7);
      assertThat(pool.config().pool().acquireTimeout()).hasSeconds(5);
      assertThat(pool.config().driverProperties()).containsKey("ApplicationName");
    }
  }

  /**
   * Why the documents warn of it: nobody flushes what JPA was told to save, and nobody complains.
   * With an open session in view, Spring commits it after the transaction, apart from it.
   */
  @Test
  void transactionManagerForPlainJdbcMakesBootLoseTheBook() throws Exception {
    try (ConfigurableApplicationContext app =
        start(
            List.of(Persistence.class, PlainJdbcTransactions.class),
            "spring.jpa.open-in-view=false")) {

      int status = post(app, "Effective Java");

      assertThat(status).isEqualTo(200);
      assertThat(titles()).isEmpty();
    }
  }

  private ConfigurableApplicationContext start(
      List<Class<?>> configurations, String... properties) {
    List<Class<?>> sources = new ArrayList<>(configurations);
    sources.add(Shop.class);
    List<String> all = new ArrayList<>(List.of(properties));
    all.add("app.datasource.url=" + database.url());
    all.add("app.datasource.user=" + database.user());
    all.add("app.datasource.password=" + database.password());
    all.add("server.port=0");
    all.add("server.address=127.0.0.1");
    SpringApplication application = new SpringApplication(sources.toArray(Class<?>[]::new));
    String[] arguments = all.stream().map(property -> "--" + property).toArray(String[]::new);
    return application.run(arguments);
  }

  private static int post(ConfigurableApplicationContext app, String title) throws IOException {
    String port = app.getEnvironment().getRequiredProperty("local.server.port");
    URI uri = URI.create("http://127.0.0.1:" + port + "/books");
    HttpURLConnection request = (HttpURLConnection) uri.toURL().openConnection();
    try {
      request.setRequestProperty("Connection", "close");
      request.setRequestProperty("Content-Type", "text/plain");
      request.setDoOutput(true);
      try (OutputStream body = request.getOutputStream()) {
        body.write(title.getBytes(StandardCharsets.UTF_8));
      }
      return request.getResponseCode();
    } finally {
      request.disconnect();
    }
  }

  /** What is in the table, as a connection of the test's own sees it. */
  private List<String> titles() throws SQLException {
    List<String> titles = new ArrayList<>();
    try (Connection own = database.connect();
        Statement statement = own.createStatement();
        ResultSet rows = statement.executeQuery("SELECT title FROM book")) {
      while (rows.next()) {
        titles.add(rows.getString(1));
      }
    }
    return titles;
  }
}
