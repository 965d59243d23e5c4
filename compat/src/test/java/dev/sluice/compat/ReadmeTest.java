package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.PoolStats;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What README.md shows. */
class ReadmeTest extends FrameworkTest {

  private static SluiceBuilder configured() {
    // tag::configure[]
    SluiceBuilder app =
        Sluice.dataSource("jdbc:postgresql://localhost/app")
            .name("app")
            .user("app")
            .password("secret")
            .minSize(2)
            .maxSize(10)
            .acquireTimeout(Duration.ofSeconds(5));
    // end::configure[]
    return app;
  }

  @Test
  void snippetWorks() throws Exception {
    SluiceBuilder app = configured();
    assertThat(app.toConfig().pool().maxSize()).isEqualTo(10);
    app.url(database.url()).user(database.user()).password(database.password());

    // tag::use[]
    try (SluiceDataSource ds = app.build()) {
      try (Connection c = ds.getConnection();
          Statement s = c.createStatement()) {
        s.execute("SELECT 1");
      }
      boolean valid = ds.inTransaction(c -> c.isValid(1)); // commits, or rolls back and rethrows
      PoolStats stats = ds.stats(); // active, idle, waiting, size, and counters
      // end::use[]
      assertThat(valid).isTrue();
      assertThat(stats.maxSize()).isEqualTo(10);
      assertThat(stats.active()).as("pasted as it is, it returns what it takes").isZero();
      // tag::use[]
    }
    // end::use[]
  }
}
