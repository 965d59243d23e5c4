package dev.sluice.quarkus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluiceDataSource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** An application with JDBC alone, on PostgreSQL, which counts the connections at its end. */
@QuarkusTest
@TestProfile(PlainTest.Plain.class)
class PlainTest {

  /** Builds the application without a data source of Quarkus'. */
  public static final class Plain implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "quarkus.arc.exclude-types", "dev.sluice.quarkus.orm.*",
          "quarkus.datasource.jdbc", "false",
          "quarkus.hibernate-orm.enabled", "false",
          "sluice.name", "orders",
          "sluice.acquire-timeout", "5s");
    }

    @Override
    public List<TestResourceEntry> testResources() {
      return List.of(new TestResourceEntry(Postgres.class));
    }
  }

  @Inject DataSource dataSource;
  @Inject SluiceDataSource pool;

  @Test
  void dataSourceOfTheApplicationIsThePool() throws Exception {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT 42")) {
      row.next();
      assertThat(row.getInt(1)).isEqualTo(42);
      assertThat(pool.stats().active()).isEqualTo(1);
    }

    assertThat(pool.config().pool().name()).isEqualTo("orders");
    assertThat(pool.config().pool().acquireTimeout()).hasSeconds(5);
    assertThat(pool.leases()).isEmpty();
  }
}
