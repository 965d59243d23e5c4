package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.Credentials;
import dev.sluice.jdbc.CredentialsSource;
import dev.sluice.jdbc.PoolSizing;
import dev.sluice.jdbc.Secret;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceConfig;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.PoolGroup;
import dev.sluice.pool.SizingAdvice;
import dev.sluice.testkit.Timing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/production.md shows. */
class ProductionTest extends FrameworkTest {
  private static final Pattern TOML = Pattern.compile("(?ms)^```toml\\n(.*?)^```$");

  @Test
  void recommendedSettingsAreAcceptedWithoutAWarning(@TempDir Path folder) throws Exception {
    Matcher toml = TOML.matcher(Files.readString(Path.of("../docs/production.md")));
    assertThat(toml.find()).isTrue();
    Path file = Files.writeString(folder.resolve("app.toml"), toml.group(1));

    SluiceConfig config = Sluice.fromFile(file).toConfig();

    assertThat(config.warnings()).isEmpty();
    assertThat(config.driverProperties()).containsKey("socketTimeout");
  }

  @Test
  void sizesAreComputed() {
    // tag::sizing[]
    int busy = PoolSizing.littlesLaw(400, Duration.ofMillis(20), 0.7); // 400 requests/s: 12
    int share = PoolSizing.perInstance(100, 10, 6); // 100 connections, 10 reserved, 6 instances: 15
    int maxSize = Math.min(busy, share);
    // end::sizing[]

    assertThat(busy).isEqualTo(12);
    assertThat(share).isEqualTo(15);
    assertThat(maxSize).isEqualTo(12);
  }

  @Test
  void poolsShareACap() {
    SluiceBuilder orders = Sluice.dataSource("jdbc:postgresql://db/app").name("orders");
    SluiceBuilder reports = Sluice.dataSource("jdbc:postgresql://db/app").name("reports");

    // tag::group[]
    PoolGroup server = PoolGroup.of("server", 50);
    orders.group(server);
    reports.group(server);
    // end::group[]

    assertThat(orders.toConfig().pool().group()).containsExactly(server);
    assertThat(reports.toConfig().pool().group()).containsExactly(server);
  }

  @Test
  void readinessIsAnswered() throws Exception {
    SluiceDataSource ds = pool();

    // tag::ready[]
    ds.awaitReady(Duration.ofSeconds(30)); // once: waits for the minimum, or throws the cause
    boolean ready = ds.checkHealth(Duration.ofMillis(500)); // at each probe
    // end::ready[]

    assertThat(ready).isTrue();
  }

  @Test
  void instancesAreComparedWithTheServersLimit() {
    String url = database.url();

    // tag::instances[]
    SluiceBuilder options = Sluice.dataSource(url).maxSize(15).expectedInstances(6);
    // end::instances[]

    assertThat(options.toConfig().expectedInstances()).isEqualTo(6);
  }

  @Test
  void poolAdvisesOnItsSize() throws Exception {
    SluiceDataSource ds = pool();
    ds.getConnection().close();

    // tag::advice[]
    SizingAdvice advice = ds.advice();
    if (advice.confidence() != SizingAdvice.Confidence.NONE) {
      System.out.println(advice.text()); // maxSize 17 would do instead of 50: the callers limit …
      int size = advice.advisedSize(); // also limit, gain, trial, busy, waiting, useTime, waitTime
      ds.resize(Math.min(ds.config().pool().minSize(), size), size);
    }
    // end::advice[]

    assertThat(advice.confidence()).isEqualTo(SizingAdvice.Confidence.NONE);
    assertThat(advice.size()).isEqualTo(2);
  }

  @Test
  void poolInFullUseIsHealthy() throws Exception {
    SluiceDataSource ds = pool(b -> b.minSize(1).maxSize(1));

    try (Connection held = ds.getConnection()) {
      // Not on this thread, which would wait for itself.
      assertThat(CompletableFuture.supplyAsync(() -> ds.checkHealth(Timing.SHORT)).get()).isTrue();
      assertThat(held.isClosed()).isFalse();
    }
  }

  @Test
  void tokensAreAskedFor() throws Exception {
    String url = database.url();
    String user = database.user();
    Supplier<String> tokens = database::password;

    // tag::iam[]
    CredentialsSource iam =
        () ->
            Credentials.of(user, Secret.of(tokens.get()))
                .expiringAt(Instant.now().plus(Duration.ofMinutes(15)));
    SluiceDataSource ds = Sluice.dataSource(url).credentials(iam).build();
    // end::iam[]

    try (ds) {
      assertThat(ds.checkHealth(Timing.LONG)).isTrue();
    }
  }

  @Test
  void workIsDoneOnAnExecutorOfOnesOwn() throws Exception {
    SluiceDataSource ds = pool();
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      // tag::async[]
      CompletableFuture<Integer> answer =
          ds.getConnectionAsync()
              .thenApplyAsync(
                  connection -> {
                    try (connection;
                        Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("SELECT 42")) {
                      row.next();
                      return row.getInt(1);
                    } catch (SQLException e) {
                      throw new CompletionException(e);
                    }
                  },
                  executor);
      // end::async[]

      assertThat(answer.get()).isEqualTo(42);
    } finally {
      executor.shutdown();
    }
  }

  @Test
  void waitingFutureIsCompletedOnAThreadOfThePool() throws Exception {
    SluiceDataSource ds = pool(b -> b.minSize(1).maxSize(1));
    Connection held = ds.getConnection();
    CompletableFuture<String> thread =
        ds.getConnectionAsync()
            .thenApply(
                connection -> {
                  try (connection) {
                    return Thread.currentThread().getName();
                  } catch (SQLException e) {
                    throw new CompletionException(e);
                  }
                });

    held.close();

    assertThat(thread.get()).startsWith("sluice-");
  }

  @Test
  void idleConnectionCompletesTheFutureOnTheCallersThread() throws Exception {
    SluiceDataSource ds = pool(b -> b.minSize(1).maxSize(1).validateAfterIdle(Duration.ofHours(1)));
    ds.getConnection().close();

    CompletableFuture<Connection> future = ds.getConnectionAsync();

    assertThat(future).isDone();
    future.get().close();
  }
}
