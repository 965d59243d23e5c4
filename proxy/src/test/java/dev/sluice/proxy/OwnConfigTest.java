package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What sluice.toml says takes effect. */
class OwnConfigTest {
  private static final long LIMIT_SECONDS = 60;
  private static final String TRANSACTION = "pool_mode = transaction";

  private static RunningSidecar start(String entry, String toml) {
    return new RunningSidecar(TRANSACTION + "\nadmin_users = other", entry, 1, toml);
  }

  /** Completes with the answer, or with the error's text. */
  private static CompletableFuture<String> ask(Connection connection, String sql) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return one(connection, sql);
          } catch (SQLException e) {
            return String.valueOf(e.getMessage());
          }
        },
        task -> new Thread(task).start());
  }

  private static String answer(CompletableFuture<String> asked) throws Exception {
    return asked.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void metricsAreServedAtTheAddress() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    try (RunningSidecar running = start("", "metrics_address = \"127.0.0.1:" + port + "\"")) {
      HttpURLConnection http =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + "/readyz").toURL().openConnection();

      assertThat(http.getResponseCode()).isEqualTo(200);
      assertThat(running.log()).contains("metrics at http://127.0.0.1:" + port);
    }
  }

  @Test
  void oneMoreThanMayWaitIsRefusedAtOnce() throws Exception {
    try (RunningSidecar running = start("pool_size=1", "overload.max_waiting = 1");
        Connection holder = running.connect();
        Connection waiter = running.connect();
        Connection refused = running.connect()) {
      holder.setAutoCommit(false);
      one(holder, "SELECT 1");
      CompletableFuture<String> waiting = ask(waiter, "SELECT 'served'");
      Eventually.await(() -> running.sidecar.waiting() == 1, "Nobody waits.");

      assertThat(answer(ask(refused, "SELECT 1"))).contains("FATAL").contains("1");
      assertThat(waiting).isNotDone();
      holder.commit();
      assertThat(answer(waiting)).isEqualTo("served");
    }
  }

  /** The same load without overload control refuses nobody. */
  @Test
  void anOverloadedPoolRefusesThoseWhoMayBeRefused() throws Exception {
    String control = "[overload]\ntarget = 0.02\ninterval = 0.1\n";

    assertThat(refused(control)).isNotEmpty().allMatch(error -> error.contains("overload"));
    assertThat(refused("")).isEmpty();
    assertThat(refused(control + "[users.postgres]\nsheddable = false\n")).isEmpty();
  }

  /** The last answer; an error ends it. Who asks again meets a queue that has stood for a while. */
  private static CompletableFuture<String> askThrice(Connection connection, String sql) {
    return ask(connection, sql)
        .thenCompose(first -> first.equals("ok") ? ask(connection, sql) : done(first))
        .thenCompose(second -> second.equals("ok") ? ask(connection, sql) : done(second));
  }

  private static CompletableFuture<String> done(String error) {
    return CompletableFuture.completedFuture(error);
  }

  /** Twelve clients ask one server, which takes 100 ms for each; returns the errors. */
  private static List<String> refused(String toml) throws Exception {
    try (RunningSidecar running = start("pool_size=1", toml)) {
      List<Connection> clients = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        clients.add(running.connect());
      }
      List<CompletableFuture<String>> asked = new ArrayList<>();
      for (Connection client : clients) {
        asked.add(askThrice(client, "SELECT 'ok' FROM pg_sleep(0.1)"));
      }
      List<String> errors = new ArrayList<>();
      for (CompletableFuture<String> each : asked) {
        String answer = answer(each);
        if (!answer.equals("ok")) {
          errors.add(answer);
        }
      }
      for (Connection client : clients) {
        client.close();
      }
      return errors;
    }
  }

  @Test
  void aUserWithPriorityIsServedFirst() throws Exception {
    try (RunningSidecar running =
            start(
                "pool_size=1 user=postgres password=postgres-embedded",
                "users.somebody.priority = 3");
        Connection holder = running.connect();
        Connection low = running.connect("user", "other", "password", "secret");
        Connection high = running.connect("user", "somebody", "password", "else")) {
      one(holder, "SELECT 1 FROM (SELECT 1) AS x");
      try (Statement statement = holder.createStatement()) {
        statement.execute("CREATE SEQUENCE turns");
      }
      holder.setAutoCommit(false);
      one(holder, "SELECT 1");
      CompletableFuture<String> first = ask(low, "SELECT nextval('turns')");
      Eventually.await(() -> running.sidecar.waiting() == 1, "Nobody waits.");
      CompletableFuture<String> second = ask(high, "SELECT nextval('turns')");
      Eventually.await(() -> running.sidecar.waiting() == 2, "Nobody waits.");
      holder.commit();

      assertThat(answer(second)).isEqualTo("1");
      assertThat(answer(first)).isEqualTo("2");
    }
  }

  @Test
  void theLogNamesWhoHoldsATransactionOpen() throws Exception {
    String toml = "[report]\ntransaction = 0.3\nidle_transaction = 0.2\n";
    try (RunningSidecar running = start("pool_size=2", toml);
        Connection client = running.connect("ApplicationName", "ledger")) {
      client.setAutoCommit(false);
      String process = one(client, "SELECT pg_backend_pid()");
      String who =
          ": db/postgres@127\\.0\\.0\\.1:\\d+ %s for \\d+ s, application ledger, server process "
              + process;
      awaitLog(running, who.formatted("idle in a transaction"));
      awaitLog(running, who.formatted("transaction or query"));
      one(client, "SELECT 1");
      one(client, "SELECT 1 FROM pg_sleep(0.5)");
      client.commit();

      assertThat(running.log().split("transaction or query for", -1)).hasSize(2);
    }
  }

  private static void awaitLog(RunningSidecar running, String pattern) {
    Eventually.await(
        () -> running.log().lines().anyMatch(line -> line.matches(".*" + pattern + ".*")),
        "The log has no " + pattern);
  }

  @Test
  void aReloadReadsTheFileAgainOrChangesNothing() throws Exception {
    try (RunningSidecar running = start("", "report.transaction = 5\n");
        Connection console = running.console("other", "secret", "preferQueryMode", "simple");
        Statement statement = console.createStatement()) {
      Path file = running.file.resolveSibling("sluice.toml");
      assertThat(shown(console)).containsEntry("report.transaction", "5");

      Files.writeString(file, "report.transaction = 6\nreport.nonsense = 1\n");
      assertThatThrownBy(() -> statement.execute("RELOAD")).hasMessageContaining("RELOAD failed");
      assertThat(running.log()).contains("unknown key \"nonsense\"");
      assertThat(shown(console)).containsEntry("report.transaction", "5");

      Files.writeString(file, "report.transaction = 6\n");
      statement.execute("RELOAD");
      assertThat(shown(console)).containsEntry("report.transaction", "6");
    }
  }

  private static Map<String, String> shown(Connection console) throws SQLException {
    Map<String, String> shown = new HashMap<>();
    try (Statement statement = console.createStatement();
        ResultSet rows = statement.executeQuery("SHOW SLUICE")) {
      while (rows.next()) {
        shown.put(rows.getString("key"), rows.getString("value"));
      }
    }
    return shown;
  }

  @Test
  void aFileThatCannotBeUsedStopsTheStartAndFailsTheCheck(@TempDir Path folder) throws Exception {
    Path ini =
        Files.writeString(folder.resolve("p.ini"), "[databases]\n[pgbouncer]\nauth_type=any\n");
    Path toml = Files.writeString(folder.resolve("other.toml"), "nonsense = 1\n");

    assertThat(run(ini.toString(), "--config=" + toml))
        .startsWith("1 ")
        .contains("other.toml:1: unknown key \"nonsense\"");
    assertThat(run("--check", ini.toString(), "--config", toml.toString()))
        .startsWith("1 ")
        .contains("ERROR ")
        .contains("other.toml:1: unknown key \"nonsense\"");
    assertThat(run("--check", ini.toString())).startsWith("0 ");
    Files.move(toml, folder.resolve("sluice.toml"));
    assertThat(run("--check", ini.toString())).startsWith("1 ").contains("sluice.toml:1: ");
  }

  /** The exit code, and what was said. */
  private static String run(String... arguments) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    return Main.run(out, out, arguments) + " " + said.toString(StandardCharsets.UTF_8);
  }
}
