package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.embedded.PostgresServer;
import dev.sluice.jdbc.SluicePool;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** Flyway and Liquibase, each with a user of its own, on PostgreSQL. */
class MigrationTest {
  @JdbcApplication
  @WithMigrations
  static class Shop {}

  @Test
  void migrationsRunAsTheirOwnUsersAndTheApplicationAsIts() throws Exception {
    try (EmbeddedServer server = PostgresServer.start(Map.of())) {
      try (Connection admin =
              DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
          Statement statement = admin.createStatement()) {
        statement.execute("CREATE ROLE clerk LOGIN PASSWORD 'clerk'");
        statement.execute("CREATE ROLE flyway LOGIN SUPERUSER PASSWORD 'flyway'");
        statement.execute("CREATE ROLE liquibase LOGIN SUPERUSER PASSWORD 'liquibase'");
      }
      try (ConfigurableApplicationContext app =
          Apps.run(
              Shop.class,
              "spring.datasource.url=" + server.jdbcUrl(),
              "spring.datasource.username=clerk",
              "spring.datasource.password=clerk",
              "spring.flyway.user=flyway",
              "spring.flyway.password=flyway",
              "spring.flyway.locations=classpath:migrations",
              "spring.liquibase.user=liquibase",
              "spring.liquibase.password=liquibase",
              "spring.liquibase.change-log=classpath:changelog.sql",
              "spring.flyway.baseline-on-migrate=true",
              "spring.flyway.baseline-version=0")) {
        JdbcTemplate jdbc = app.getBean(JdbcTemplate.class);

        assertThat(owner(jdbc, "book")).isEqualTo("flyway");
        assertThat(owner(jdbc, "author")).isEqualTo("liquibase");
        assertThat(jdbc.queryForObject("SELECT current_user", String.class)).isEqualTo("clerk");
        SluicePool pool = (SluicePool) app.getBean(DataSource.class);
        assertThat(pool.config().user()).isEqualTo("clerk");
        assertThat(pool.stats().active()).isZero();
      }
    }
  }

  private static String owner(JdbcTemplate jdbc, String table) {
    return jdbc.queryForObject(
        "SELECT tableowner FROM pg_tables WHERE tablename = ?", String.class, table);
  }
}
