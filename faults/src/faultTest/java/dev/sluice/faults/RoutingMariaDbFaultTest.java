package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.embedded.EmbeddedServer.Stop;
import dev.sluice.jdbc.HostStatus;
import dev.sluice.jdbc.HostStatus.State;
import dev.sluice.jdbc.RoutingBuilder;
import dev.sluice.jdbc.RoutingDataSource;
import dev.sluice.jdbc.RoutingSession;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Row 42 on MariaDB: a primary and a replica that follows it by GTID. */
class RoutingMariaDbFaultTest extends FaultTest {
  /** Of an application, which must not be allowed to write on a read-only server. */
  private static final String USER = "app";

  private static final String PASSWORD = "app-secret";

  private static EmbeddedServer first;
  private static EmbeddedServer second;
  private RoutingDataSource routing;

  @BeforeEach
  void start() throws SQLException {
    if (second == null) {
      startServers();
    }
    at(first, "DROP TABLE IF EXISTS t");
    at(first, "CREATE TABLE t (n int)");
    route();
  }

  private static void startServers() throws SQLException {
    first = server(1);
    second = server(2);
    at(first, "CREATE USER app@'%' IDENTIFIED BY '" + PASSWORD + "'");
    at(first, "GRANT SELECT, INSERT, CREATE, SLAVE MONITOR ON *.* TO app@'%'");
    at(second, follow(first));
    at(second, "START SLAVE");
    at(second, "SET GLOBAL read_only = 1");
  }

  private void route() throws SQLException {
    routing =
        RoutingDataSource.builder()
            .name("cluster")
            .host(pool(first, "first"))
            .host(pool(second, "second"))
            .acquireTimeout(Timing.LONG)
            .checkInterval(Duration.ofMillis(100))
            .checkTimeout(Timing.MEDIUM)
            .maxLag(Duration.ofMillis(500))
            .build();
    routing.awaitReady(Timing.LONG);
    Eventually.await(() -> host(1).state() == State.REPLICA, () -> routing.stats().toString());
  }

  /** The embedded servers speak no TLS. */
  private static String follow(EmbeddedServer primary) {
    return "CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT="
        + primary.port()
        + ", MASTER_USER='"
        + primary.user()
        + "', MASTER_PASSWORD='"
        + primary.password()
        + "', MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=1, MASTER_SSL=0,"
        + " MASTER_SSL_VERIFY_SERVER_CERT=0";
  }

  private static EmbeddedServer server(int id) {
    return Databases.privateMariaDb(
        Map.of("server-id", "" + id, "log-bin", "log", "log-slave-updates", "1"));
  }

  private static SluiceBuilder pool(EmbeddedServer server, String name) {
    return Sluice.dataSource(server.jdbcUrl())
        .user(USER)
        .password(PASSWORD)
        .name(name)
        .minSize(0)
        .maxSize(3)
        .drainTimeout(Duration.ZERO);
  }

  @AfterEach
  void close() {
    if (routing != null) {
      routing.close();
    }
  }

  /** Ends the servers; the next test starts new ones. */
  @AfterAll
  static void stopServers() {
    if (second != null) {
      second.close();
      second = null;
    }
    if (first != null) {
      first.close();
      first = null;
    }
  }

  private static void at(EmbeddedServer server, String sql) throws SQLException {
    try (Connection connection =
        DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password())) {
      Rig.run(connection, sql);
    }
  }

  private HostStatus host(int number) {
    return routing.stats().hosts().get(number);
  }

  private static void insert(RoutingSession session, int n) throws SQLException {
    try (Connection connection = session.getConnection()) {
      Rig.run(connection, "INSERT INTO t VALUES (" + n + ")");
    }
  }

  /** How many rows a session sees; -1 if another server answers than one of these. */
  private static int count(RoutingSession session, Set<Integer> servers) throws SQLException {
    try (Connection connection = session.replicas().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*), @@server_id FROM t")) {
      rows.next();
      return servers.contains(rows.getInt(2)) ? rows.getInt(1) : -1;
    }
  }

  @Test
  void fault42MariaDbSessionMissesNoneOfItsCommits() throws Exception {
    RoutingSession session = routing.session();
    for (int i = 1; i <= scaled(50); i++) {
      insert(session, i);
      assertThat(count(session, Set.of(1, 2))).isEqualTo(i);
    }
    Eventually.await(() -> count(session, Set.of(2)) == scaled(50), "the replica serves");
    at(second, "STOP SLAVE SQL_THREAD");
    insert(session, 0);

    assertThat(count(session, Set.of(1))).isEqualTo(scaled(50) + 1);

    Eventually.await(
        () -> {
          insert(session, 0);
          return host(1).state() == State.LAGGING;
        },
        () -> host(1).toString());
    at(second, "START SLAVE SQL_THREAD");
    Eventually.await(() -> count(session, Set.of(2)) > 0, "the replica serves again");
  }

  private static void insertAtReplica(RoutingDataSource of) throws SQLException {
    try (Connection reader = of.replicas().getConnection()) {
      Rig.run(reader, "INSERT INTO t VALUES (1)");
    }
  }

  /** The server's own switch does not hold an administrator, but that of the session does. */
  @Test
  void fault42MariaDbReplicaRefusesAnAdministratorToo() throws Exception {
    RoutingBuilder builder = RoutingDataSource.builder().fallBackToPrimary(false);
    for (EmbeddedServer server : List.of(first, second)) {
      builder.host(
          pool(server, "admin" + server.port()).user(server.user()).password(server.password()));
    }
    try (RoutingDataSource ofAdmin = builder.build()) {
      assertThatThrownBy(() -> insertAtReplica(ofAdmin))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("READ ONLY transaction");
    }
  }

  @Test
  void fault42MariaDbReplicaRefusesWritesAndFailoverIsFollowed() throws Exception {
    assertThatThrownBy(() -> insertAtReplica(routing)).hasMessageContaining("--read-only option");
    RoutingSession session = routing.session();
    insert(session, 1);
    assertThat(count(session, Set.of(1, 2))).isEqualTo(1);
    Eventually.await(() -> count(session, Set.of(2)) == 1, "it was replicated");

    first.stop(Stop.KILL);
    at(second, "STOP SLAVE");
    at(second, "RESET SLAVE ALL");
    at(second, "SET GLOBAL read_only = 0");
    Eventually.await(
        () -> routing.stats().primary().equals(Optional.of("second")),
        () -> routing.stats().toString());
    insert(session, 2);

    assertThat(count(session, Set.of(2))).isEqualTo(2);
    first.start(); // it accepts writes too
    Eventually.await(
        () -> host(0).reason().equals("accepts writes, but 'second' is the primary"),
        () -> host(0).toString());
    insert(session, 3);
    assertThat(count(session, Set.of(2))).isEqualTo(3);
    stopServers(); // they have gone different ways
  }
}
