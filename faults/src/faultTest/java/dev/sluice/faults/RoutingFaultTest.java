package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.embedded.EmbeddedServer.Stop;
import dev.sluice.embedded.PostgresServer;
import dev.sluice.jdbc.HostStatus;
import dev.sluice.jdbc.HostStatus.State;
import dev.sluice.jdbc.ReadYourWrites;
import dev.sluice.jdbc.RoutingBuilder;
import dev.sluice.jdbc.RoutingDataSource;
import dev.sluice.jdbc.RoutingSession;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.StallMeter;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Row 42: a primary and a standby of PostgreSQL, between which the routing chooses. */
class RoutingFaultTest extends FaultTest {
  private static final Duration WAIT = Timing.LONG;

  private static PostgresServer first;
  private static PostgresServer second;
  private RoutingDataSource routing;

  @BeforeEach
  void start() throws SQLException {
    if (second == null) {
      // A commit is acknowledged when the standby has it, so that a failover loses none.
      first =
          PostgresServer.start(
              Map.of("synchronous_commit", "on", "synchronous_standby_names", "standby"));
      second = PostgresServer.startStandby(first, Map.of());
    }
    at(first, "DROP TABLE IF EXISTS t");
    at(first, "CREATE TABLE t (writer int, n int, port int DEFAULT inet_server_port())");
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

  private void route(UnaryOperator<RoutingBuilder> options) throws SQLException {
    RoutingBuilder builder =
        RoutingDataSource.builder()
            .name("cluster")
            .host(pool(first, "first"))
            .host(pool(second, "second"))
            .acquireTimeout(WAIT)
            .checkInterval(Duration.ofMillis(100))
            .checkTimeout(Timing.MEDIUM);
    routing = options.apply(builder).build();
    routing.awaitReady(WAIT);
    Eventually.await(() -> state(1) == State.REPLICA, () -> routing.stats().toString());
  }

  private static SluiceBuilder pool(PostgresServer server, String name) {
    return Sluice.dataSource(server.jdbcUrl())
        .user(server.user())
        .password(server.password())
        .name(name)
        .minSize(0)
        .maxSize(5)
        .drainTimeout(Duration.ZERO);
  }

  private static Connection straight(PostgresServer server) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
  }

  private static void at(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = straight(server)) {
      Rig.run(connection, sql);
    }
  }

  private static int numberAt(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = straight(server)) {
      return Rig.number(connection, sql);
    }
  }

  private HostStatus host(int number) {
    return routing.stats().hosts().get(number);
  }

  private State state(int number) {
    return host(number).state();
  }

  private static void insert(RoutingSession session, int writer, int n) throws SQLException {
    try (Connection connection = session.getConnection()) {
      Rig.run(connection, "INSERT INTO t (writer, n) VALUES (" + writer + ", " + n + ")");
    }
  }

  /** Reads as a read-only transaction does. */
  private static int read(RoutingSession session, String sql) throws SQLException {
    try (Connection connection = session.getConnection()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      int number = Rig.number(connection, sql);
      connection.commit();
      return number;
    }
  }

  private int portOfReader(RoutingSession session) throws SQLException {
    return read(session, "SELECT inet_server_port()");
  }

  /** Writes one row after the other, and reads after each whether all of its rows are there. */
  private final class Client {
    private final int number;
    private final RoutingSession session = routing.session();
    private final AtomicInteger committed = new AtomicInteger();
    private volatile boolean stop;
    private volatile long longest;

    Client(int number) {
      this.number = number;
    }

    /** Returns how many reads there were. */
    int run() throws SQLException {
      int reads = 0;
      for (int n = 1; !stop; n++) {
        long began = System.nanoTime();
        try {
          insert(session, number, n);
          committed.incrementAndGet();
        } catch (SQLException e) {
          requireLostConnection(e); // it may or may not have been committed
        }
        try {
          int found = read(session, "SELECT count(*) FROM t WHERE writer = " + number);
          assertThat(found)
              .as("client %d at row %d", number, n)
              .isGreaterThanOrEqualTo(committed.get());
          reads++;
        } catch (SQLException e) {
          requireLostConnection(e);
        }
        longest = Math.max(longest, System.nanoTime() - began);
      }
      return reads;
    }

    /** A host that fails breaks the connections that are in use, and nothing else goes wrong. */
    private void requireLostConnection(SQLException e) throws SQLException {
      String state = String.valueOf(e.getSQLState());
      boolean isLost = state.startsWith("57P") || state.equals("08006") || state.equals("08003");
      if (!isLost) {
        throw e;
      }
    }
  }

  private static void awaitRows(List<Client> clients, int more) {
    int[] goals = clients.stream().mapToInt(client -> client.committed.get() + more).toArray();
    Eventually.await(
        () -> {
          for (int i = 0; i < goals.length; i++) {
            if (clients.get(i).committed.get() < goals[i]) {
              return false;
            }
          }
          return true;
        },
        "every client has committed " + more + " rows more");
  }

  @Test
  void fault42PromotionUnderLoadLosesNothingToWhoAskedWritesNothingElsewhereAndServesAll()
      throws Exception {
    route(b -> b.readYourWrites(ReadYourWrites.byPosition(Duration.ofMillis(20))));
    List<Client> clients = new ArrayList<>();
    List<CompletableFuture<Integer>> running = new ArrayList<>();
    for (int i = 0; i < scaled(4); i++) {
      Client client = new Client(i);
      clients.add(client);
      running.add(async("client", client::run));
    }
    awaitRows(clients, scaled(20));
    assertThat(routing.stats().reads()).as("reads of the standby").isPositive();

    long failed = System.nanoTime();
    first.stop(Stop.KILL);
    at(second, "SELECT pg_promote()");
    awaitRows(clients, scaled(10));
    Numbers.note("failover of a routing", Duration.ofNanos(System.nanoTime() - failed));
    assertThat(routing.stats().primary()).contains("second");
    first.start(); // as a primary, which it no longer is
    int before = numberAt(first, "SELECT count(*) FROM t");
    Eventually.await(() -> host(0).reason().contains("timeline 1"), () -> host(0).toString());
    awaitRows(clients, scaled(10));

    clients.forEach(client -> client.stop = true);
    for (int i = 0; i < clients.size(); i++) {
      Client client = clients.get(i);
      assertThat(result(running.get(i))).as("reads").isPositive();
      assertThat(Duration.ofNanos(client.longest))
          .as("one write and one read")
          .isLessThan(WAIT.plus(StallMeter.since(failed)));
      assertThat(numberAt(second, "SELECT count(*) FROM t WHERE writer = " + i))
          .isGreaterThanOrEqualTo(client.committed.get());
    }
    assertThat(numberAt(first, "SELECT count(*) FROM t")).as("at the old one").isEqualTo(before);
    assertThat(numberAt(second, "SELECT count(*) FROM t WHERE port = " + second.port()))
        .as("written at the new one")
        .isPositive();
    assertThat(routing.stats().failovers()).isEqualTo(1);
    assertThat(state(0)).isEqualTo(State.EJECTED);
    stopServers(); // they have gone different ways
  }

  /**
   * It accepts the statement and never answers, as a server does whose host has lost its network.
   */
  @Test
  void fault42WriterThatHangsOnAFormerPrimaryIsCutWhenAnotherTakesOver() throws Exception {
    route(b -> b.checkTimeout(Duration.ofMillis(500)));
    try (Connection writer = routing.getConnection()) {
      assertThat(Rig.number(writer, "SELECT inet_server_port()")).isEqualTo(first.port());
      first.freeze();
      CompletableFuture<Integer> hanging =
          async(() -> Rig.number(writer, "SELECT inet_server_port()"));
      Eventually.await(() -> state(0) == State.EJECTED, () -> host(0).toString());

      at(second, "SELECT pg_promote()");

      assertThatThrownBy(() -> result(hanging)).isInstanceOf(SQLException.class);
      insert(routing.session(), 1, 1);
      assertThat(numberAt(second, "SELECT count(*) FROM t")).isEqualTo(1);
    }
    stopServers(); // they have gone different ways
  }

  @Test
  void fault42StandbyThatStandsStillIsNotAskedForWhatItLacks() throws Exception {
    route(b -> b.maxLag(Duration.ofMillis(400)));
    RoutingSession session = routing.session();
    insert(session, 1, 1);
    Eventually.await(() -> portOfReader(session) == second.port(), "the standby has caught up");
    at(second, "SELECT pg_wal_replay_pause()");
    insert(session, 1, 2);

    assertThat(read(session, "SELECT count(*) FROM t")).isEqualTo(2);
    assertThat(portOfReader(session)).isEqualTo(first.port());
    assertThat(read(routing.session(session.position().getAsLong()), "SELECT count(*) FROM t"))
        .as("the session elsewhere")
        .isEqualTo(2);
    Eventually.await(
        () -> {
          insert(session, 1, 3);
          return state(1) == State.LAGGING;
        },
        () -> host(1).toString());
    assertThat(host(1).reason()).endsWith("ms behind, and maxLag is 400 ms");
    assertThat(portOfReader(routing.session())).as("without a wish").isEqualTo(first.port());

    at(second, "SELECT pg_wal_replay_resume()");
    Eventually.await(() -> state(1) == State.REPLICA, () -> host(1).toString());
    Eventually.await(() -> portOfReader(session) == second.port(), "it serves again");
  }

  @Test
  void fault42BytesOfLagAreLimitedToo() throws Exception {
    route(b -> b.maxLagBytes(100_000));
    at(second, "SELECT pg_wal_replay_pause()");
    at(first, "INSERT INTO t SELECT 1, n FROM generate_series(1, 10000) AS n");
    Eventually.await(() -> state(1) == State.LAGGING, () -> host(1).toString());
    assertThat(host(1).reason()).contains("bytes behind, and maxLagBytes is 100000");
    assertThat(host(1).lagBytes().orElse(0)).isGreaterThan(100_000);

    at(second, "SELECT pg_wal_replay_resume()");
    Eventually.await(() -> state(1) == State.REPLICA, () -> host(1).toString());
  }

  @Test
  void fault42ReaderWaitsForTheStandbyIfWished() throws Exception {
    route(b -> b.readYourWrites(ReadYourWrites.byPosition(WAIT)).fallBackToPrimary(false));
    RoutingSession session = routing.session();
    at(second, "SELECT pg_wal_replay_pause()");
    insert(session, 1, 1);

    CompletableFuture<Integer> reader =
        async(() -> read(session, "SELECT count(*) FROM t WHERE n = 1"));
    Eventually.await(
        () -> routing.pools().get("second").stats().active() == 1, "the reader asks the standby");
    betweenSamples();
    assertThat(reader).isNotDone();
    at(second, "SELECT pg_wal_replay_resume()");

    assertThat(result(reader)).isEqualTo(1);
    assertThat(routing.stats().readsOfPrimary()).isZero();
  }

  @Test
  void fault42WriteOnAReplicasConnectionIsRefusedByTheServer() throws Exception {
    route(b -> b);
    try (Connection reader = routing.replicas().getConnection()) {
      assertThatThrownBy(() -> Rig.run(reader, "INSERT INTO t VALUES (1, 1)"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
    }
    assertThat(state(1)).as("the borrower's mistake, not the host's").isEqualTo(State.REPLICA);
  }

  @Test
  void fault42FrozenStandbyHoldsUpNoReaderForLong() throws Exception {
    route(b -> b.checkTimeout(Duration.ofMillis(500)));
    RoutingSession session = routing.session();
    insert(session, 1, 1);
    Eventually.await(() -> portOfReader(session) == second.port(), "the standby serves");
    at(first, "SET synchronous_commit = local; INSERT INTO t (writer, n) VALUES (2, 2)");
    second.freeze();
    try {
      long start = System.nanoTime();
      try (Connection reader = routing.replicas().getConnection()) {
        // An idle connection of the standby may be lent unchecked: its first query is the reader's.
        assertThat(reader.isReadOnly()).isTrue();
      }
      Eventually.await(() -> state(1) == State.EJECTED, () -> host(1).toString());
      assertThat(portOfReader(session)).isEqualTo(first.port());
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isLessThan(Duration.ofSeconds(10).plus(StallMeter.since(start)));
    } finally {
      second.thaw();
    }
    Eventually.await(() -> state(1) == State.REPLICA, () -> host(1).toString());
  }
}
