package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluicePool;
import dev.sluice.spring.boot.crac.Core;
import dev.sluice.testkit.Eventually;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A checkpoint that {@code org.crac} is asked for, through Spring, to the pool. Only the image of
 * the process is missing, for which there is no JVM here.
 */
@Tag("crac")
class CheckpointTest {
  @JdbcApplication
  static class Shop {}

  @Test
  void checkpointFindsNoConnectionAndCallersWaitForTheRestore() throws Exception {
    String url = Apps.newUrl();
    try (ConfigurableApplicationContext app =
            Apps.run(
                Shop.class,
                "spring.datasource.url=" + url,
                "spring.datasource.username=sa",
                "sluice.min-size=2",
                "sluice.acquire-timeout=60s");
        Connection own = DriverManager.getConnection(url, "sa", "")) {
      JdbcTemplate jdbc = app.getBean(JdbcTemplate.class);
      SluicePool pool = (SluicePool) app.getBean(DataSource.class);
      jdbc.execute("SELECT 1");
      Eventually.await(() -> pool.stats().size() == 2, "the minimum is open");
      AtomicReference<CompletableFuture<Integer>> caller = new AtomicReference<>();
      Core.whileFrozen(
          () -> {
            assertThat(pool.stats().size()).isZero();
            assertThat(sessions(own)).isEqualTo(1);
            caller.set(
                CompletableFuture.supplyAsync(
                    () -> jdbc.queryForObject("SELECT 42", Integer.class)));
            Eventually.await(() -> pool.stats().waiting() == 1, "a caller waits");
            assertThat(pool.stats().size()).as("nothing is opened for it yet").isZero();
          });

      org.crac.Core.checkpointRestore();

      assertThat(caller.get().get(60, TimeUnit.SECONDS)).isEqualTo(42);
      Eventually.await(() -> pool.stats().size() == 2, "the minimum is open again");
      assertThat(sessions(own)).isEqualTo(3);
    }
  }

  private static int sessions(Connection own) {
    try (Statement statement = own.createStatement();
        ResultSet count =
            statement.executeQuery("SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS")) {
      count.next();
      return count.getInt(1);
    } catch (java.sql.SQLException e) {
      throw new AssertionError(e);
    }
  }
}
