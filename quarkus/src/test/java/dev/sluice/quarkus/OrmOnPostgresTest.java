package dev.sluice.quarkus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluicePool;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The same application on PostgreSQL, which counts the connections at its end. */
@QuarkusTest
@TestProfile(OrmOnPostgresTest.OnPostgres.class)
class OrmOnPostgresTest extends OrmTest {

  /** Builds the application for PostgreSQL. */
  public static final class OnPostgres implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("quarkus.datasource.db-kind", "postgresql");
    }

    @Override
    public List<TestResourceEntry> testResources() {
      return List.of(new TestResourceEntry(Postgres.class));
    }
  }

  /** Agroal's own pool is never made. */
  @Test
  void allConnectionsOfTheApplicationAreSluices() throws Exception {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(Postgres.CONNECTIONS)) {
      row.next();
      int others = row.getInt(1);

      assertThat(1 + others).isEqualTo(dataSource.unwrap(SluicePool.class).stats().size());
    }
  }
}
