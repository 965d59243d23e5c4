package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluiceDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.junit.jupiter.api.Test;

/** The migrations of Flyway and Liquibase, each of them twice. */
class MigrationTest extends FrameworkTest {

  private static String titles(SluiceDataSource pool) throws SQLException {
    return pool.withConnection(
        (Connection c) -> {
          try (Statement statement = c.createStatement();
              ResultSet rows = statement.executeQuery("SELECT title FROM book")) {
            rows.next();
            String title = rows.getString(1);
            return rows.next() ? "more than one" : title;
          }
        });
  }

  @Test
  void flywayMigratesOnce() throws SQLException {
    SluiceDataSource dataSource = pool();
    // tag::flyway[]
    Flyway flyway =
        Flyway.configure()
            .dataSource(dataSource)
            .locations("classpath:dev/sluice/compat/migrations")
            .load();
    flyway.migrate();
    // end::flyway[]

    MigrateResult second = flyway.migrate();

    assertThat(flyway.info().applied()).hasSize(2);
    assertThat(second.migrationsExecuted).isZero();
    assertThat(flyway.validateWithResult().validationSuccessful).isTrue();
    assertThat(titles(dataSource)).isEqualTo("Effective Java");
  }

  @Test
  void liquibaseUpdatesOnce() throws Exception {
    SluiceDataSource dataSource = pool();

    update(dataSource);
    update(dataSource);

    assertThat(titles(dataSource)).isEqualTo("Effective Java");
    assertThat(dataSource.stats().opened()).isLessThanOrEqualTo(2);
  }

  private static void update(SluiceDataSource dataSource) throws SQLException, LiquibaseException {
    // tag::liquibase[]
    try (Connection connection = dataSource.getConnection();
        Liquibase liquibase =
            new Liquibase(
                "dev/sluice/compat/changelog.sql",
                new ClassLoaderResourceAccessor(),
                new JdbcConnection(connection))) {
      liquibase.update();
    }
    // end::liquibase[]
  }
}
