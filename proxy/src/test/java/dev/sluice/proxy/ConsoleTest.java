package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The console through pgjdbc, in both query protocols. */
class ConsoleTest {
  private static final long GENEROUS_SECONDS = 60;

  /** Columns and types as PgBouncer 1.25 has them; t is text, i int4, l int8, n numeric. */
  private static final String TABLES =
      """
      version|version:t
      state|key:t value:t
      config|key:t value:t default:t changeable:t
      databases|name:t host:t port:i database:t force_user:t pool_size:i min_pool_size:i \
      reserve_pool_size:i server_lifetime:i pool_mode:t load_balance_hosts:t max_connections:i \
      current_connections:i max_client_connections:i current_client_connections:i paused:i \
      disabled:i
      pools|database:t user:t cl_active:i cl_waiting:i cl_active_cancel_req:i \
      cl_waiting_cancel_req:i sv_active:i sv_active_cancel:i sv_being_canceled:i sv_idle:i \
      sv_used:i sv_tested:i sv_login:i maxwait:i maxwait_us:i pool_mode:t load_balance_hosts:t
      users|name:t pool_size:t reserve_pool_size:t pool_mode:t max_user_connections:i \
      current_connections:i max_user_client_connections:i current_client_connections:i
      clients|type:t user:t database:t replication:t state:t addr:t port:i local_addr:t \
      local_port:i connect_time:t request_time:t wait:i wait_us:i close_needed:i ptr:t link:t \
      remote_pid:i tls:t application_name:t prepared_statements:i id:l
      servers|type:t user:t database:t replication:t state:t addr:t port:i local_addr:t \
      local_port:i connect_time:t request_time:t wait:i wait_us:i close_needed:i ptr:t link:t \
      remote_pid:i tls:t application_name:t prepared_statements:i id:l
      sockets|type:t user:t database:t replication:t state:t addr:t port:i local_addr:t \
      local_port:i connect_time:t request_time:t wait:i wait_us:i close_needed:i ptr:t link:t \
      remote_pid:i tls:t application_name:t prepared_statements:i id:l recv_pos:i pkt_pos:i \
      pkt_remain:i send_pos:i send_remain:i pkt_avail:i send_avail:i
      lists|list:t items:i
      stats|database:t total_server_assignment_count:n total_xact_count:n total_query_count:n \
      total_received:n total_sent:n total_xact_time:n total_query_time:n total_wait_time:n \
      total_client_parse_count:n total_server_parse_count:n total_bind_count:n \
      total_client_login_count:n avg_server_assignment_count:n avg_xact_count:n \
      avg_query_count:n avg_recv:n avg_sent:n avg_xact_time:n avg_query_time:n avg_wait_time:n \
      avg_client_parse_count:n avg_server_parse_count:n avg_bind_count:n avg_client_login_count:n
      stats_totals|database:t server_assignment_count:n xact_count:n query_count:n \
      bytes_received:n bytes_sent:n xact_time:n query_time:n wait_time:n client_parse_count:n \
      server_parse_count:n bind_count:n client_login_count:n
      stats_averages|database:t server_assignment_count:n xact_count:n query_count:n \
      bytes_received:n bytes_sent:n xact_time:n query_time:n wait_time:n \
      avg_client_parse_count:n avg_server_parse_count:n avg_bind_count:n avg_client_login_count:n
      totals|name:t value:n
      peers|peer_id:i host:t port:i pool_size:i
      peer_pools|peer_id:i cl_active_cancel_req:i cl_waiting_cancel_req:i sv_active_cancel:i \
      sv_login:i
      dns_hosts|hostname:t ttl:l addrs:t
      dns_zones|zonename:t serial:l count:i
      mem|name:t size:i used:i free:i memtotal:i
      """;

  private static String settings() {
    return "pool_mode = transaction\nadmin_users = postgres, sluice\nstats_users = watcher";
  }

  private static RunningSidecar start(String entry) {
    return new RunningSidecar(settings(), entry);
  }

  private static Connection admin(RunningSidecar running, String... properties)
      throws SQLException {
    return running.console(running.database.user(), running.database.password(), properties);
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void everyTableHasTheColumnsAndTypesOfPgBouncer(String protocol) throws SQLException {
    try (RunningSidecar running = start("");
        Connection client = running.connect();
        Connection console = admin(running, "preferQueryMode", protocol)) {
      one(client, "SELECT 1");
      for (String line : TABLES.strip().split("\n", -1)) {
        String[] parts = line.split("\\|", -1);

        assertThat(columns(console, "SHOW " + parts[0])).as(parts[0]).isEqualTo(parts[1]);
      }
      assertThat(columns(console, "show active_sockets;"))
          .isEqualTo(columns(console, "SHOW SOCKETS"));
    }
  }

  @Test
  void valuesComeInBinaryWhenADriverAsksForThem() throws SQLException {
    try (RunningSidecar running = start("");
        Connection client = running.connect();
        Connection console = admin(running, "prepareThreshold", "1");
        var statement = console.prepareStatement("SHOW STATS_TOTALS")) {
      for (int i = 0; i < 12_000; i += 4_000) {
        one(client, "SELECT repeat('x', 4000)");
      }
      for (int round = 0; round < 3; round++) {
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString("database")).isEqualTo("db");
          assertThat(rows.getLong("query_count")).isBetween(3L, 5L); // the driver asks too
          assertThat(rows.getLong("bytes_sent")).isBetween(12_000L, 20_000L);
        }
      }
    }
  }

  @Test
  void theVersionNamesPgBouncerFirst() throws SQLException {
    try (RunningSidecar running = start("");
        Connection console = admin(running)) {
      assertThat(one(console, "SHOW VERSION"))
          .isEqualTo(SidecarVersion.line())
          .startsWith("PgBouncer 1.");
    }
  }

  @Test
  void driversGetAnAnswerToWhatTheyAskOfEveryServer() throws SQLException {
    try (RunningSidecar running = start("");
        Connection console = admin(running);
        Statement statement = console.createStatement()) {
      assertThat(one(console, "SHOW client_encoding")).isEqualTo("UTF-8");
      assertThat(one(console, "show standard_conforming_strings;")).isEqualTo("on");
      statement.execute("SET extra_float_digits = 3");

      assertThat(statement.getWarnings().getMessage()).isEqualTo("SET ignored");
    }
  }

  @Test
  void clientsAndTheirServersShowTheirLinks() throws SQLException {
    try (RunningSidecar running = start("");
        Connection client = running.connect("ApplicationName", "billing");
        Connection console = admin(running)) {
      client.setAutoCommit(false);
      String process = one(client, "SELECT pg_backend_pid()");
      try (Statement statement = console.createStatement();
          ResultSet clients = statement.executeQuery("SHOW CLIENTS")) {
        assertThat(clients.next()).isTrue();
        assertThat(clients.getString("application_name")).isEqualTo("billing");
        assertThat(clients.getString("state")).isEqualTo("active");
        String link = clients.getString("link");
        try (Statement second = console.createStatement();
            ResultSet servers = second.executeQuery("SHOW SERVERS")) {
          assertThat(servers.next()).isTrue();
          assertThat(servers.getString("ptr")).isEqualTo(link);
          assertThat(servers.getString("remote_pid")).isEqualTo(process);
          assertThat(servers.getString("state")).isEqualTo("active");
        }
      }
    }
  }

  // ---- who may do what

  @ParameterizedTest
  @CsvSource({
    "SHOW CLIENTS, true",
    "SHOW STATS, true",
    "SHOW CONFIG, true",
    "SHOW VERSION, true",
    "SHOW FDS, false",
    "RELOAD, false",
    "SET verbose = 1, false",
    "PAUSE, false",
    "PAUSE db, false",
    "RESUME, false",
    "DISABLE db, false",
    "ENABLE db, false",
    "RECONNECT, false",
    "WAIT_CLOSE, false",
    "KILL, false",
    "KILL_CLIENT 1, false",
    "SUSPEND, false",
    "SHUTDOWN, false",
    "SHUTDOWN WAIT_FOR_SERVERS, false",
    "SHUTDOWN WAIT_FOR_CLIENTS, false"
  })
  void aStatsUserMayLookAndNothingElse(String command, boolean may) throws SQLException {
    try (RunningSidecar running = start("");
        Connection console = running.console("watcher", "watching")) {
      String refusal = refusal(console, command);

      assertThat(refusal).isEqualTo(may ? "" : "08P01 ERROR: admin access needed");
      assertThat(refusal(console, "SHOW LISTS")).isEmpty();
    }
  }

  @Test
  void whoHasNoRightDoesNotGetIn() {
    try (RunningSidecar running = start("")) {
      assertThatThrownBy(() -> running.console("somebody", "else").close())
          .hasMessageContaining("not allowed");
      assertThatThrownBy(() -> running.console("watcher", "guess").close())
          .hasMessageContaining("authentication failed");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FROBNICATE, invalid command 'FROBNICATE', 08P01",
    "SHOW NONSENSE, invalid command 'SHOW NONSENSE', 08P01",
    "PAUSE dne, no such database: dne, 08P01",
    "WAIT_CLOSE dne, no such database: dne, 08P01",
    "DISABLE, a database is required, 08P01",
    "DISABLE pgbouncer, cannot disable admin db: pgbouncer, 08P01",
    "RESUME, pooler is not paused/suspended, 08P01",
    "RESUME db, database db is not paused, 08P01",
    "KILL_CLIENT x, invalid client pointer supplied, 08P01",
    "KILL_CLIENT 999999, client not found, 08P01",
    "PAUSE a b, bad arguments, 08P01",
    "SET nonsense = 1, SET failed, 08P01",
    "SET listen_port = 1, SET failed, 08P01",
    "SET verbose, bad arguments, 08P01",
    "SHUTDOWN SOMETIME, invalid command, 08P01"
  })
  void whatCannotBeDoneIsAnErrorAndTheConsoleGoesOn(String command, String text, String state)
      throws SQLException {
    try (RunningSidecar running = start("");
        Connection simple = admin(running, "preferQueryMode", "simple");
        Connection extended = admin(running)) {
      for (Connection console : List.of(simple, extended)) {
        assertThat(refusal(console, command)).startsWith(state).contains(text);
        assertThat(refusal(console, "SHOW LISTS")).isEmpty();
      }
    }
  }

  @Test
  void parametersAreRefusedPolitely() throws SQLException {
    try (RunningSidecar running = start("");
        Connection console = admin(running);
        var statement = console.prepareStatement("KILL_CLIENT ?")) {
      statement.setString(1, "1");

      assertThatThrownBy(statement::execute).hasMessageContaining("take no parameters");
      assertThat(refusal(console, "SHOW LISTS")).isEmpty();
    }
  }

  // ---- control

  @Test
  void pauseWaitsForATransactionAndResumeServesTheWaitingClient() throws Exception {
    try (RunningSidecar running = start("");
        Connection inside = running.connect();
        Connection later = running.connect();
        Connection console = admin(running);
        Connection second = admin(running)) {
      inside.setAutoCommit(false);
      one(inside, "SELECT 1");
      CompletableFuture<String> pausing = inThread(console, "PAUSE");
      Eventually.await(() -> state(second, "paused").equals("yes"), "It is not paused.");
      CompletableFuture<String> waiting = inThread(later, "SELECT 'served'");
      Eventually.await(() -> running.sidecar.waiting() == 1, "The client does not wait.");
      assertThat(pausing).isNotDone();
      assertThat(refusal(second, "PAUSE")).contains("already suspended/paused");

      inside.commit();
      pausing.get(GENEROUS_SECONDS, TimeUnit.SECONDS);
      assertThat(waiting).isNotDone();
      assertThat(refusal(second, "RESUME")).isEmpty();

      assertThat(waiting.get(GENEROUS_SECONDS, TimeUnit.SECONDS)).isEqualTo("served");
      assertThat(state(second, "active")).isEqualTo("yes");
    }
  }

  @Test
  void aDisabledDatabaseTakesNoNewClients() throws SQLException {
    try (RunningSidecar running = start("");
        Connection old = running.connect();
        Connection console = admin(running)) {
      run(console, "DISABLE db");
      assertThatThrownBy(() -> running.connect().close())
          .hasMessageContaining("database \"db\" is disabled");
      assertThat(one(old, "SELECT 1")).isEqualTo("1");
      run(console, "ENABLE db");

      try (Connection another = running.connect()) {
        assertThat(one(another, "SELECT 2")).isEqualTo("2");
      }
    }
  }

  @Test
  void reconnectReplacesTheServersAndWaitCloseWaitsForThat() throws Exception {
    try (RunningSidecar running = start("pool_size=1");
        Connection client = running.connect();
        Connection console = admin(running)) {
      client.setAutoCommit(false);
      String before = one(client, "SELECT pg_backend_pid()");
      run(console, "RECONNECT db");
      CompletableFuture<String> closing = inThread(console, "WAIT_CLOSE db");
      assertThat(one(client, "SELECT pg_backend_pid()")).isEqualTo(before);
      assertThat(closing).isNotDone();
      client.commit();
      closing.get(GENEROUS_SECONDS, TimeUnit.SECONDS);

      assertThat(one(client, "SELECT pg_backend_pid()")).isNotEqualTo(before);
      assertThat(running.log()).contains("closing because: database configuration changed");
    }
  }

  @Test
  void killEndsTheClientsAndPausesTheDatabase() throws Exception {
    try (RunningSidecar running = start("");
        Connection idle = running.connect();
        Connection inside = running.connect();
        Connection console = admin(running)) {
      inside.setAutoCommit(false);
      one(inside, "SELECT 1");
      run(console, "KILL db");

      assertThatThrownBy(() -> one(inside, "SELECT 1")).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> one(idle, "SELECT 1")).isInstanceOf(SQLException.class);
      assertThat(running.log()).contains("closing because: admin forced disconnect");
      assertThat(refusal(console, "RESUME db")).isEmpty();
      try (Connection after = running.connect()) {
        assertThat(one(after, "SELECT 1")).isEqualTo("1");
      }
    }
  }

  @Test
  void killClientEndsOne() throws SQLException {
    try (RunningSidecar running = start("");
        Connection victim = running.connect("ApplicationName", "victim");
        Connection other = running.connect();
        Connection console = admin(running)) {
      run(console, "KILL_CLIENT " + idOf(console, "victim"));

      assertThatThrownBy(() -> one(victim, "SELECT 1")).isInstanceOf(SQLException.class);
      assertThat(one(other, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void suspendHoldsQueriesUntilItsConsoleGoes() throws Exception {
    try (RunningSidecar running = start("");
        Connection client = running.connect()) {
      CompletableFuture<String> waiting;
      try (Connection console = admin(running)) {
        run(console, "SUSPEND");
        assertThat(state(console, "suspended")).isEqualTo("yes");
        waiting = inThread(client, "SELECT 'served'");
        Eventually.await(() -> running.sidecar.waiting() == 1, "The client does not wait.");
      }

      assertThat(waiting.get(GENEROUS_SECONDS, TimeUnit.SECONDS)).isEqualTo("served");
    }
  }

  // ---- configuration

  @Test
  void setChangesASettingAtOnce() throws SQLException {
    try (RunningSidecar running = start("");
        Connection client = running.connect();
        Connection console = admin(running)) {
      one(client, "SELECT 1");
      run(console, "SET default_pool_size = 7");
      run(console, "SET query_timeout = '3'");

      assertThat(setting(console, "default_pool_size")).isEqualTo("7");
      assertThat(setting(console, "query_timeout")).isEqualTo("3");
      assertThatThrownBy(() -> one(client, "SELECT pg_sleep(60)"))
          .hasMessageContaining("query timeout");
    }
  }

  @Test
  void reloadOfABrokenFileKeepsTheOldConfiguration() throws Exception {
    try (RunningSidecar running = start("");
        Connection client = running.connect();
        Connection console = admin(running)) {
      String before = setting(console, "pool_mode");
      Files.writeString(
          running.file, Files.readString(running.file) + "\npool_mode = session\nnonsense = 1\n");

      assertThat(refusal(console, "RELOAD"))
          .isEqualTo("F0000 ERROR: RELOAD failed, see logs for additional details");
      assertThat(setting(console, "pool_mode")).isEqualTo(before);
      assertThat(running.log()).contains("nonsense");
      assertThat(one(client, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void reloadTakesNewSizesNewServersAndRemovals() throws Exception {
    try (RunningSidecar running = start("pool_size=1");
        Connection client = running.connect();
        Connection console = admin(running)) {
      String before = one(client, "SELECT pg_backend_pid()");
      rewrite(running, "pool_size=1", "pool_size=4 application_name=changed");
      run(console, "RELOAD");
      assertThat(one(console, "SHOW DATABASES", "pool_size")).isEqualTo("4");
      assertThat(one(client, "SELECT pg_backend_pid()")).isNotEqualTo(before);
      assertThat(running.log()).contains("database configuration changed");

      rewrite(running, "db = host", "other = host");
      run(console, "RELOAD");
      assertThatThrownBy(() -> one(client, "SELECT 1")).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> running.connect().close())
          .hasMessageContaining("no such database: db");
      assertThat(running.log()).contains("database removed");
    }
  }

  private static void rewrite(RunningSidecar running, String old, String text) throws IOException {
    String ini = Files.readString(running.file);
    assertThat(ini).contains(old);
    Files.writeString(running.file, ini.replace(old, text));
  }

  // ---- the end

  @Test
  void shutdownForServersRefusesWhoWaitsAndEndsAfterTheTransaction() throws Exception {
    try (RunningSidecar running = start("");
        Connection inside = running.connect();
        Connection idle = running.connect();
        Connection console = admin(running)) {
      inside.setAutoCommit(false);
      one(inside, "SELECT 1");
      run(console, "SHUTDOWN WAIT_FOR_SERVERS");
      assertThatThrownBy(() -> one(idle, "SELECT 1")).hasMessageContaining("server shutting down");
      assertThat(refusal(console, "RESUME")).contains("pooler is shutting down");
      assertThat(running.sidecar.ended().toCompletableFuture()).isNotDone();
      inside.commit();

      running.sidecar.ended().toCompletableFuture().get(GENEROUS_SECONDS, TimeUnit.SECONDS);
    }
  }

  @Test
  void shutdownForClientsListensNoMoreAndEndsWithTheLastClient() throws Exception {
    try (RunningSidecar running = start("");
        Connection console = admin(running)) {
      try (Connection last = running.connect()) {
        run(console, "SHUTDOWN WAIT_FOR_CLIENTS");
        assertThat(one(last, "SELECT 1")).isEqualTo("1");
        Eventually.await(() -> refused(running), "The sidecar goes on to listen.");
        assertThat(running.sidecar.ended().toCompletableFuture()).isNotDone();
      }

      running.sidecar.ended().toCompletableFuture().get(GENEROUS_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static boolean refused(RunningSidecar running) {
    try {
      running.connect().close();
      return false;
    } catch (SQLException e) {
      return e.getSQLState().equals("08001");
    }
  }

  @Test
  void shutdownEndsAtOnce() throws Exception {
    try (RunningSidecar running = start("");
        Connection inside = running.connect();
        Connection console = admin(running)) {
      inside.setAutoCommit(false);
      one(inside, "SELECT 1");
      run(console, "SHUTDOWN");

      running.sidecar.ended().toCompletableFuture().get(GENEROUS_SECONDS, TimeUnit.SECONDS);
    }
  }

  // ---- asking

  private static String columns(Connection console, String command) throws SQLException {
    try (Statement statement = console.createStatement();
        ResultSet rows = statement.executeQuery(command)) {
      ResultSetMetaData columns = rows.getMetaData();
      List<String> all = new ArrayList<>();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        String type =
            switch (columns.getColumnTypeName(i)) {
              case "text" -> "t";
              case "int4" -> "i";
              case "int8" -> "l";
              case "numeric" -> "n";
              default -> columns.getColumnTypeName(i);
            };
        all.add(columns.getColumnName(i) + ":" + type);
      }
      return String.join(" ", all);
    }
  }

  private static String state(Connection console, String key) throws SQLException {
    return where(console, "SHOW STATE", "key", key, "value");
  }

  private static String setting(Connection console, String key) throws SQLException {
    return where(console, "SHOW CONFIG", "key", key, "value");
  }

  private static String idOf(Connection console, String application) throws SQLException {
    return where(console, "SHOW CLIENTS", "application_name", application, "id");
  }

  private static String where(
      Connection console, String command, String column, String value, String wanted)
      throws SQLException {
    try (Statement statement = console.createStatement();
        ResultSet rows = statement.executeQuery(command)) {
      while (rows.next()) {
        if (value.equals(rows.getString(column))) {
          return rows.getString(wanted);
        }
      }
    }
    throw new AssertionError(command + " has no row with " + column + " = " + value);
  }

  private static void run(Connection connection, String command) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(command);
    }
  }

  /** The SQLSTATE and the text of the refusal; empty if there was none. */
  private static String refusal(Connection console, String command) {
    try {
      run(console, command);
      return "";
    } catch (SQLException e) {
      return e.getSQLState() + " " + e.getMessage();
    }
  }

  private static String one(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static String one(Connection connection, String sql, String column) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(column);
    }
  }

  /** Runs a command in a thread of its own: the common pool may have only one. */
  private static CompletableFuture<String> inThread(Connection connection, String sql) {
    return CompletableFuture.supplyAsync(
        () -> unchecked(connection, sql), task -> new Thread(task, "asks").start());
  }

  private static String unchecked(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet rows = statement.getResultSet()) {
        rows.next();
        return rows.getString(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
