package dev.sluice.micronaut.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.embedded.PostgresServer;
import dev.sluice.jdbc.SluicePool;
import dev.sluice.micronaut.SluicePools;
import io.micronaut.context.ApplicationContext;
import io.micronaut.jdbc.DataSourceResolver;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An application with Micronaut Data's repositories and transactions, on PostgreSQL. */
@Tag("micronaut-data")
class MicronautDataTest {
  @Test
  void repositoriesAndTransactionsRunOnThePool() throws Exception {
    try (PostgresServer database = PostgresServer.start(Map.of());
        ApplicationContext context =
            ApplicationContext.run(
                Map.of(
                    "datasources.default.url",
                    database.jdbcUrl(),
                    "datasources.default.username",
                    database.user(),
                    "datasources.default.password",
                    database.password(),
                    "datasources.default.maximum-pool-size",
                    3,
                    "datasources.default.schema-generate",
                    "CREATE_DROP",
                    "datasources.default.dialect",
                    "POSTGRES"))) {
      Shelf shelf = context.getBean(Shelf.class);
      Books books = context.getBean(Books.class);
      assertThatThrownBy(() -> shelf.fill(true)).hasMessage("The shelf broke");
      assertThat(books.count()).isZero();
      shelf.fill(false);
      assertThat(books.findAll())
          .extracting(Book::title)
          .containsOnly("Effective Java", "Refactoring");

      SluicePool pool = context.getBean(SluicePools.class).byName().get("default");
      assertThat(pool.stats().active()).isZero();
      assertThat(pool.stats().acquired()).isPositive();
      assertThat(found(context)).isSameAs(pool);
    }
  }

  private static SluicePool found(ApplicationContext context) throws SQLException {
    DataSource wrapped = context.getBean(DataSource.class);
    return context.getBean(DataSourceResolver.class).resolve(wrapped).unwrap(SluicePool.class);
  }
}
