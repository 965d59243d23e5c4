package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Eventually;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements of SQL's PREPARE in transaction mode: as at PostgreSQL, on whichever server. */
class SqlPrepareTest {
  private static final String ROUND =
      "pool_mode = transaction\nserver_round_robin = 1\nmin_pool_size = 3\n";
  private static final String ON = "[transaction_mode]\nsql_prepare = true\n";

  /** Whether the server has no more statements than it may. */
  private static final String KEPT = "SELECT count(*) <= 2 FROM pg_prepared_statements";

  private static RunningSidecar start(String more) {
    return new RunningSidecar(ROUND + more, "pool_size=3", 1, ON);
  }

  private static Connection simple(RunningSidecar running) throws SQLException {
    return running.connect("preferQueryMode", "simple");
  }

  /** What a query says: its rows, or its error. */
  private static String say(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      StringBuilder said = new StringBuilder();
      for (boolean rows = statement.execute(sql);
          rows || statement.getUpdateCount() >= 0;
          rows = statement.getMoreResults()) {
        if (rows) {
          ResultSet result = statement.getResultSet();
          while (result.next()) {
            said.append(result.getString(1)).append(' ');
          }
        }
        said.append("; ");
      }
      return said.toString();
    } catch (SQLException e) {
      String text = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return e.getSQLState() + " " + text;
    }
  }

  private static List<String> saysAll(Connection connection, List<String> script) {
    return script.stream().map(sql -> sql + " -> " + say(connection, sql)).toList();
  }

  /** Until as many servers have been seen as there are. */
  private static void openAll(RunningSidecar running) throws SQLException {
    openAll(running, 3);
  }

  private static void openAll(RunningSidecar running, int servers) throws SQLException {
    List<Connection> held = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      Connection connection = running.connect();
      connection.setAutoCommit(false);
      say(connection, "SELECT 1");
      held.add(connection);
    }
    for (Connection connection : held) {
      connection.rollback(); // a server in a transaction would be closed with its client
      connection.close();
    }
  }

  private static Stream<List<String>> scripts() {
    return Stream.of(
        List.of(
            "PREPARE p AS SELECT 'made'",
            "EXECUTE p",
            "EXECUTE p",
            "EXECUTE P",
            "EXECUTE \"P\"",
            "PREPARE p AS SELECT 'again'",
            "EXECUTE p",
            "DEALLOCATE p",
            "EXECUTE p",
            "DEALLOCATE p",
            "PREPARE p AS SELECT 'new'",
            "EXECUTE p"),
        List.of(
            "BEGIN",
            "PREPARE p(int, text) AS SELECT $2 || $1 /* ; */",
            "ROLLBACK",
            "EXECUTE p(1, 'survives ')",
            "BEGIN",
            "DEALLOCATE p",
            "ROLLBACK",
            "EXECUTE p(1, 'is gone')"),
        List.of(
            "PREPARE p AS SELECT * FROM nowhere",
            "EXECUTE p",
            "PREPARE p AS SELEKT",
            "EXECUTE p",
            "BEGIN",
            "SELECT 1/0",
            "PREPARE p AS SELECT 1",
            "EXECUTE p",
            "ROLLBACK",
            "EXECUTE p"),
        List.of(
            "PREPARE a AS SELECT 'a'; PREPARE \"b \"\" ; x\" AS SELECT $$b;$$; EXECUTE a",
            "EXECUTE \"b \"\" ; x\"; EXECUTE a",
            "SELECT 1; EXECUTE a; DEALLOCATE a; EXECUTE a",
            "EXECUTE a",
            "DEALLOCATE ALL; PREPARE a AS SELECT 'new'; EXECUTE a",
            "EXECUTE a",
            "EXECUTE \"b \"\" ; x\"",
            "DEALLOCATE PREPARE a; PREPARE a AS SELECT 'newer'",
            "EXECUTE a",
            "DISCARD ALL",
            "EXECUTE a"),
        List.of(
            "CREATE TABLE dropped(x int)",
            "PREPARE p AS SELECT count(*) FROM dropped",
            "PREPARE i(int) AS INSERT INTO dropped VALUES ($1)",
            "EXECUTE i(1)",
            "EXECUTE p",
            "CREATE TABLE copied AS EXECUTE p",
            "SELECT count FROM copied",
            "DROP TABLE copied",
            "DROP TABLE dropped",
            "EXECUTE p",
            "EXECUTE p",
            "EXECUTE p",
            "EXECUTE p"),
        List.of(
            "PREPARE p AS SELECT 1; SELECT 1/0",
            "EXECUTE p",
            "PREPARE q AS SELECT $1::int",
            "EXECUTE q('x')",
            "EXECUTE q(1, 2)",
            "EXECUTE q(7)"));
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void scriptsSayTheSameAsAtTheServer(List<String> script) throws SQLException {
    try (RunningSidecar running = start("")) {
      openAll(running);
      List<String> direct;
      try (Connection server = running.database.connect()) {
        direct = saysAll(server, script);
      }
      try (Connection client = simple(running)) {
        assertThat(saysAll(client, script)).isEqualTo(direct);
      }
    }
  }

  @Test
  void statementsFollowTheirClientsToAllServers() throws SQLException {
    try (RunningSidecar running = start("");
        Connection first = simple(running);
        Connection second = simple(running)) {
      openAll(running);
      say(first, "PREPARE p AS SELECT pg_backend_pid() || ' first'");
      say(second, "PREPARE p AS SELECT pg_backend_pid() || ' second'");
      Set<String> seen = new HashSet<>();
      Eventually.await( // the turn passes on with the pool's clock, which is coarse
          () -> {
            seen.add(say(first, "EXECUTE p"));
            assertThat(say(second, "EXECUTE p")).contains(" second");
            return seen.size() == 3;
          },
          () -> "not on all servers: " + seen);

      assertThat(seen).allMatch(said -> said.contains(" first"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aServerKeepsNoMoreStatementsThanItMay(int servers) throws SQLException {
    String most = ROUND.replace("3", "" + servers) + "max_prepared_statements = 2\n";
    try (RunningSidecar running = new RunningSidecar(most, "pool_size=" + servers, 1, ON);
        Connection client = simple(running)) {
      openAll(running, servers);
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 6; i++) {
          if (round == 0) {
            say(client, "PREPARE p" + i + " AS SELECT 'is " + i + "'");
            assertThat(say(client, KEPT)).as("after PREPARE %d", i).isEqualTo("t ; ");
          }
          assertThat(say(client, "EXECUTE p" + i)).isEqualTo("is " + i + " ; ");
          assertThat(say(client, KEPT)).as("after EXECUTE %d", i).isEqualTo("t ; ");
        }
      }
    }
  }

  @Test
  void namesAreSharedWithTheProtocol() throws SQLException {
    try (RunningSidecar running = start("");
        Connection client =
            running.connect("preferQueryMode", "extendedForPrepared", "prepareThreshold", "1")) {
      openAll(running);
      try (PreparedStatement statement = client.prepareStatement("SELECT ?::int + 1")) {
        for (int i = 0; i < 4; i++) {
          statement.setInt(1, i);
          try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(i + 1);
          }
        }

        for (int i = 0; i < 4; i++) {
          assertThat(say(client, "EXECUTE \"S_1\"(41)")).isEqualTo("42 ; ");
        }
      }
    }
  }

  @Test
  void withoutTheSettingNothingIsTranslated() throws SQLException {
    try (RunningSidecar running = new RunningSidecar(ROUND, "pool_size=3", 1, "");
        Connection client = simple(running)) {
      openAll(running);
      say(client, "PREPARE p AS SELECT 1");

      Eventually.await(
          () -> say(client, "EXECUTE p").startsWith("26000"), "another server gets the query");
    }
  }
}
