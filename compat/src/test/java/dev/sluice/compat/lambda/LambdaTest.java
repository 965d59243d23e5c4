package dev.sluice.compat.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.TestDatabase;
import dev.sluice.testkit.Timing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A function under the runtime of AWS Lambda, in a process of its own. */
class LambdaTest {
  /** More than {@code validateAfterIdle}. */
  private static final Duration LONGER_THAN_UNCHECKED = Duration.ofMillis(1_500);

  @TempDir Path folder;

  @Test
  void eventsShareOneConnection() throws Exception {
    try (TestDatabase database = Databases.postgres();
        LambdaService lambda = new LambdaService()) {
      Process environment = start(lambda, database.url(), database.user(), database.password());
      try {
        assertThat(answer(lambda.invoke("\"tea\""))).isEqualTo("\"stock of tea\"");
        assertThat(answer(lambda.invoke("\"salt\""))).isEqualTo("\"stock of salt\"");

        assertThat(connections(database)).isEqualTo(1);
      } finally {
        end(environment);
      }
      Eventually.await(() -> connections(database) == 0, "the environment's connection ends");
    }
  }

  /** Between events Lambda freezes the process; meanwhile servers and firewalls end connections. */
  @Test
  void connectionThatEndedWhileTheProcessWasFrozenIsReplaced() throws Exception {
    try (TestDatabase database = Databases.postgres();
        LambdaService lambda = new LambdaService()) {
      Process environment = start(lambda, database.url(), database.user(), database.password());
      try {
        assertThat(answer(lambda.invoke("\"tea\""))).isEqualTo("\"stock of tea\"");
        signal("STOP", environment);
        long frozen = System.nanoTime();
        endConnections(database);
        Eventually.await(
            () -> System.nanoTime() - frozen > LONGER_THAN_UNCHECKED.toNanos(), "time passes");
        CompletableFuture<String> answer = lambda.invoke("\"salt\"");
        signal("CONT", environment);

        assertThat(answer(answer)).isEqualTo("\"stock of salt\"");
      } finally {
        end(environment);
      }
    }
  }

  @Test
  void databaseInTheProcessWorksToo() throws Exception {
    try (LambdaService lambda = new LambdaService()) {
      Process environment = start(lambda, "jdbc:h2:mem:stock", "sa", "sa");
      try {
        assertThat(answer(lambda.invoke("\"tea\""))).isEqualTo("\"stock of tea\"");
      } finally {
        end(environment);
      }
    }
  }

  private Process start(LambdaService lambda, String url, String user, String password)
      throws IOException {
    Path log = Files.createTempFile(folder, "lambda", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    AWSLambda.class.getName(),
                    Stock.class.getName() + "::handleRequest"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "AWS_LAMBDA_RUNTIME_API",
                lambda.address(),
                "AWS_LAMBDA_FUNCTION_NAME",
                "stock",
                "LAMBDA_TASK_ROOT",
                folder.toString(),
                "SLUICE_URL",
                url,
                "SLUICE_USER",
                user,
                "SLUICE_PASSWORD",
                password));
    Process environment = builder.start();
    CompletableFuture<Void> unused =
        environment
            .onExit()
            .thenRun(() -> lambda.fail("the environment ended; it wrote to " + log));
    return environment;
  }

  private static String answer(CompletableFuture<String> answer) throws Exception {
    return answer.get(Timing.LONG.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void signal(String name, Process process) throws Exception {
    String id = String.valueOf(process.pid());
    assertThat(new ProcessBuilder("kill", "-" + name, id).inheritIO().start().waitFor()).isZero();
  }

  private static void end(Process process) throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  private static final String OTHERS =
      " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

  private static int connections(TestDatabase database) throws SQLException {
    return number(database, "SELECT count(*)" + OTHERS);
  }

  private static void endConnections(TestDatabase database) throws SQLException {
    number(database, "SELECT count(pg_terminate_backend(pid))" + OTHERS);
    Eventually.await(() -> connections(database) == 0, "all connections are ended");
  }

  private static int number(TestDatabase database, String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getInt(1);
    }
  }
}
