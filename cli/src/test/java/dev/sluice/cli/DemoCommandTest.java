package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.TestDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class DemoCommandTest {
  private static final String ESCAPE = "\u001b";

  private record Run(int exit, String out, String err) {}

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int exit = command.execute(arguments);
    return new Run(exit, out.toString(), err.toString());
  }

  private static Run demoOn(TestDatabase database, String password) {
    return run(
        "demo",
        "--url=" + database.url(),
        "--user=" + database.user(),
        "--password=" + password,
        "--seconds=2",
        "--callers=8",
        "--size=2");
  }

  static Stream<Named<Supplier<TestDatabase>>> databases() {
    return Stream.of(
        Named.<Supplier<TestDatabase>>of("PostgreSQL", Databases::postgres),
        Named.<Supplier<TestDatabase>>of("MariaDB", Databases::mariaDb),
        Named.<Supplier<TestDatabase>>of("H2", Databases::h2));
  }

  private static void execute(TestDatabase database, String sql) throws SQLException {
    try (Connection c = database.connect();
        Statement s = c.createStatement()) {
      s.execute(sql);
    }
  }

  private static boolean hasTable(TestDatabase database) throws SQLException {
    try (Connection c = database.connect();
        ResultSet tables = c.getMetaData().getTables(c.getCatalog(), null, "%", null)) {
      while (tables.next()) {
        if (tables.getString("TABLE_NAME").equalsIgnoreCase("sluice_demo")) {
          return true;
        }
      }
      return false;
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void demoRunsOnTheUsersDatabaseAndLeavesNothingThere(Supplier<TestDatabase> kind)
      throws SQLException {
    try (TestDatabase database = kind.get()) {
      Run run = demoOn(database, database.password());

      assertThat(run.err()).isEmpty();
      assertThat(run.exit()).isZero();
      assertThat(run.out())
          .contains("a pool of 2; 8 callers on ")
          .contains("with pool")
          .contains("without pool")
          .contains("What the pool gave")
          .contains("  2 connections opened for ")
          .doesNotContain(ESCAPE);
      assertThat(hasTable(database)).isFalse();
    }
  }

  @Test
  void demoStartsADatabaseOfItsOwn() {
    Run run = run("demo", "--seconds=2", "--callers=8", "--size=2");

    assertThat(run.err()).isEmpty();
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("PostgreSQL 18").contains("(embedded)");
  }

  @Test
  void sidecarServesMoreClientsThanTheServerWould() {
    Run run = run("demo", "--sidecar", "--seconds=3", "--callers=130", "--size=4");

    assertThat(run.err()).isEmpty();
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains("a sidecar with 4 server connections; 130 clients on ")
        .contains("with sidecar")
        .contains("  130 of 130 clients served, instead of ")
        .contains("PostgreSQL refused the others: FATAL: sorry, too many clients already")
        .contains("  4 server connections instead of ")
        .doesNotContain("failed with the sidecar")
        .doesNotContain(ESCAPE);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void tableThatItDidNotCreateIsNotTouched(Supplier<TestDatabase> kind) throws SQLException {
    try (TestDatabase database = kind.get()) {
      execute(database, "CREATE TABLE sluice_demo (mine INT)");

      Run run = demoOn(database, database.password());

      assertThat(run.exit()).isEqualTo(1);
      assertThat(run.err())
          .isEqualToIgnoringNewLines(
              "sluice: The database has a table sluice_demo already, and the demo touches no table"
                  + " that it did not create. If an earlier demo left it, drop it and try again.");
      assertThat(hasTable(database)).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void wrongPasswordIsOneSentenceThatDoesNotShowIt(Supplier<TestDatabase> kind) {
    try (TestDatabase database = kind.get()) {
      Run run = demoOn(database, "canary-4711");

      assertThat(run.exit()).isEqualTo(1);
      assertThat(run.err().lines())
          .singleElement()
          .asString()
          .startsWith("sluice: The database at jdbc:")
          .contains("does not let user '" + database.user() + "' in: ");
      assertThat(run.out() + run.err()).doesNotContain("4711");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdbc:postgresql://127.0.0.1:1/x", "jdbc:mariadb://127.0.0.1:1/x"})
  void databaseThatIsDownIsOneSentence(String url) {
    Run run = run("demo", "--url=" + url, "--user=u", "--password=canary-4711");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err().lines())
        .singleElement()
        .asString()
        .startsWith("sluice: The database at " + url + " cannot be reached: ");
    assertThat(run.out() + run.err()).doesNotContain("4711");
  }

  @Test
  void databaseThatGoesAwayEndsTheDemo() throws Exception {
    try (EmbeddedServer server = Databases.privatePostgres(Map.of())) {
      CompletableFuture<Run> run =
          CompletableFuture.supplyAsync(
              () ->
                  run(
                      "demo",
                      "--url=" + server.jdbcUrl(),
                      "--user=" + server.user(),
                      "--password=" + server.password(),
                      "--seconds=120",
                      "--callers=8",
                      "--size=2"));
      Eventually.await(() -> updates(server) > 0, "the crowd has written");

      server.stop(EmbeddedServer.Stop.IMMEDIATE);

      Run ended = run.get(90, TimeUnit.SECONDS);
      assertThat(ended.exit()).isEqualTo(1);
      assertThat(ended.err()).startsWith("sluice: ");
      assertThat(ended.out()).doesNotContain("What the pool gave");
    }
  }

  private static int updates(EmbeddedServer server) {
    try (Connection c =
            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
        Statement s = c.createStatement();
        ResultSet r = s.executeQuery("SELECT SUM(n) FROM sluice_demo")) {
      r.next();
      return r.getInt(1);
    } catch (SQLException e) {
      return 0; // the table is not there yet
    }
  }

  @Test
  void databaseWithoutADriverIsNamedWithThoseThatHaveOne() {
    Run run = run("demo", "--url=jdbc:nobody://x/y");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .contains("There is no JDBC driver for jdbc:nobody:")
        .contains("PostgreSQL, MariaDB, MySQL, and H2");
  }

  @Test
  void impossibleOptionsAreRefusedWithTheirReason() {
    for (List<String> bad :
        List.of(
            List.of("--seconds=1", "--seconds is 1, and must be between 2 and 86400."),
            List.of("--callers=0", "--callers is 0"),
            List.of("--size=x", "Invalid value for option '--size'"),
            List.of("--user=me", "--user and --password go with --url"),
            List.of("--sidecar --url=x", "--sidecar starts a PostgreSQL of its own"))) {
      Run run = run(("demo " + bad.get(0)).split(" ", -1));

      assertThat(run.exit()).isEqualTo(2);
      assertThat(run.err()).contains(bad.get(1));
    }
  }

  @Test
  void commandAloneShowsWhatItCanDo() {
    Run run = run();

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("Try 'sluice demo'").contains("Usage: sluice");
    assertThat(run("--help").out()).contains("demo").contains("./sluice bench");
    assertThat(run("--version").out()).startsWith("sluice ");
  }
}
