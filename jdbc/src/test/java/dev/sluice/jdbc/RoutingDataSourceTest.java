package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.jdbc.HostStatus.State;
import dev.sluice.jdbc.RoutingConfig.Balance;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A primary and two replicas, whose roles are declared; on fake databases. */
class RoutingDataSourceTest {
  private final FakeDatabase one = FakeDatabase.create();
  private final FakeDatabase two = FakeDatabase.create();
  private final FakeDatabase three = FakeDatabase.create();
  private final List<RoutingDataSource> built = new ArrayList<>();

  private RoutingDataSource routing(UnaryOperator<RoutingBuilder> options) throws SQLException {
    RoutingBuilder builder =
        RoutingDataSource.builder()
            .name("shop")
            .primary(pool("one", one))
            .replica(pool("two", two))
            .replica(pool("three", three))
            .acquireTimeout(Timing.LONG)
            .checkInterval(Duration.ofMillis(20))
            .checkTimeout(Timing.MEDIUM)
            .backoffMax(Duration.ofMillis(50));
    RoutingDataSource routing = options.apply(builder).build();
    built.add(routing);
    routing.awaitReady(Timing.LONG);
    Eventually.await(() -> states(routing).contains(State.REPLICA), "a replica is there");
    return routing;
  }

  private static SluiceBuilder pool(String name, FakeDatabase db) {
    return Sluice.dataSource(db.url()).name(name).minSize(0).maxSize(2).resumeGuard(false);
  }

  private static List<State> states(RoutingDataSource routing) {
    return routing.stats().hosts().stream().map(HostStatus::state).toList();
  }

  @AfterEach
  void close() {
    built.forEach(RoutingDataSource::close);
    List.of(one, two, three).forEach(FakeDatabase::close);
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The name of the pool that serves this connection. */
  private static String host(Connection connection) throws SQLException {
    return connection.unwrap(SluiceConnection.class).physical.terms.poolTitle().split("'", -1)[1];
  }

  @Test
  void writesGoToThePrimaryAndReadOnlyTransactionsToAReplica() throws SQLException {
    RoutingDataSource routing = routing(b -> b);

    try (Connection writer = routing.getConnection()) {
      writer.setAutoCommit(false);
      run(writer, "INSERT 1");
      writer.commit();
    }
    try (Connection reader = routing.getConnection()) {
      reader.setReadOnly(true);
      reader.setAutoCommit(false);
      run(reader, "SELECT 1");
      assertThat(host(reader)).isIn("two", "three");
      assertThat(reader.isReadOnly()).isTrue();
      reader.commit();
    }

    assertThat(one.committed()).containsExactly("INSERT 1");
    assertThat(routing.stats().writes()).isEqualTo(1);
    assertThat(routing.stats().reads()).isEqualTo(1);
    assertThat(routing.stats().readsOfPrimary()).isZero();
  }

  @Test
  void connectionThatIsNotUsedTakesNone() throws SQLException {
    RoutingDataSource routing = routing(b -> b);

    try (Connection connection = routing.getConnection()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      connection.commit();
      assertThat(connection).hasToString("RoutedConnection[idle]");
    }

    assertThat(routing.pools().values()).allMatch(pool -> pool.stats().acquired() == 0);
  }

  @Test
  void replicasConnectionsAreReadOnlyFromTheStart() throws SQLException {
    RoutingDataSource routing = routing(b -> b);
    try (Connection reader = routing.replicas().getConnection()) {
      Connection inside = reader.unwrap(SluiceConnection.class);
      assertThat(inside.isReadOnly()).isTrue();
    }
    SluiceConfig replica = routing.pools().get("two").config();
    assertThat(replica.readOnly()).isTrue();
    assertThat(routing.pools().get("one").config().requiredRole())
        .isEqualTo(SluiceConfig.Role.PRIMARY);
  }

  @Test
  void readOnlyCannotChangeInATransaction() throws SQLException {
    RoutingDataSource routing = routing(b -> b);
    try (Connection connection = routing.getConnection()) {
      connection.setAutoCommit(false);
      run(connection, "INSERT 1");

      assertThatThrownBy(() -> connection.setReadOnly(true))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25001"));

      connection.setReadOnly(false); // it is already
      connection.commit();
      assertThat(host(connection)).isEqualTo("one");
    }
    assertThat(one.committed()).containsExactly("INSERT 1");
  }

  @Test
  void betweenTransactionsReadOnlyChoosesAnewAndKeepsTheSettings() throws SQLException {
    RoutingDataSource routing = routing(b -> b);
    try (Connection connection = routing.getConnection()) {
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      connection.setAutoCommit(false);
      run(connection, "INSERT 1");
      connection.commit();

      connection.setReadOnly(true);
      run(connection, "SELECT 1");

      assertThat(host(connection)).isIn("two", "three");
      assertThat(connection.getAutoCommit()).isFalse();
      assertThat(connection.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
      assertThat(routing.pools().get("one").stats().active()).isZero();
      connection.rollback();
      connection.setReadOnly(false);
      run(connection, "INSERT 2");
      connection.commit();
      assertThat(host(connection)).isEqualTo("one");
    }
    assertThat(one.committed()).containsExactly("INSERT 1", "INSERT 2");
  }

  @Test
  void explicitChoiceDoesNotDependOnReadOnly() throws SQLException {
    RoutingDataSource routing = routing(b -> b);
    try (Connection primary = routing.primary().getConnection();
        Connection replica = routing.replicas().getConnection()) {
      primary.setReadOnly(true);
      assertThat(host(primary)).isEqualTo("one");
      assertThat(replica.isReadOnly()).isTrue();
      assertThat(host(replica)).isIn("two", "three");
      assertThatThrownBy(() -> replica.setReadOnly(false))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
    }
    assertThat(routing.replicas()).hasToString("routing 'shop', replicas");
  }

  @Test
  void roundRobinAsksEachReplicaInTurn() throws SQLException {
    RoutingDataSource routing = routing(b -> b.balance(Balance.ROUND_ROBIN));
    Eventually.await(
        () -> states(routing).stream().filter(s -> s == State.REPLICA).count() == 2, "both");
    List<String> hosts = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      hosts.add(readFrom(routing));
    }
    assertThat(hosts.subList(0, 2)).containsExactlyInAnyOrder("two", "three");
    assertThat(hosts.subList(2, 4)).isEqualTo(hosts.subList(0, 2));
    assertThat(hosts.subList(4, 6)).isEqualTo(hosts.subList(0, 2));
  }

  @Test
  void randomUsesEachReplica() throws SQLException {
    RoutingDataSource routing = routing(b -> b.balance(Balance.RANDOM));
    Eventually.await(() -> readFrom(routing).equals("two"), "two serves");
    Eventually.await(() -> readFrom(routing).equals("three"), "three serves");
  }

  private static String readFrom(RoutingDataSource routing) throws SQLException {
    try (Connection reader = routing.replicas().getConnection()) {
      return host(reader);
    }
  }

  @Test
  void leastBusyAsksTheReplicaWithTheFewestInUse() throws SQLException {
    RoutingDataSource routing = routing(b -> b);
    Eventually.await(
        () -> states(routing).stream().filter(s -> s == State.REPLICA).count() == 2, "both");
    try (Connection first = routing.replicas().getConnection();
        Connection second = routing.replicas().getConnection()) {
      assertThat(List.of(host(first), host(second))).containsExactlyInAnyOrder("two", "three");
    }
  }

  @Test
  void failingReplicaIsEjectedAndComesBack() throws SQLException {
    RoutingDataSource routing = routing(b -> b);
    two.goDown();
    Eventually.await(() -> states(routing).get(1) == State.EJECTED, "it is ejected");
    for (int i = 0; i < 5; i++) {
      assertThat(readFrom(routing)).isEqualTo("three");
    }

    two.comeUp();

    Eventually.await(() -> states(routing).get(1) == State.REPLICA, "it is back");
    Eventually.await(() -> readFrom(routing).equals("two"), "it serves");
  }

  @Test
  void primaryServesReadsWhenNoReplicaCan() throws SQLException {
    RoutingDataSource routing = routing(b -> b);
    two.goDown();
    three.goDown();

    assertThat(readFrom(routing)).isEqualTo("one");
    assertThat(routing.stats().readsOfPrimary()).isEqualTo(1);
    try (Connection reader = routing.replicas().getConnection()) {
      assertThat(reader.unwrap(SluiceConnection.class).isReadOnly()).isTrue();
    }
    Connection next = routing.primary().getConnection();
    assertThat(next.isReadOnly()).isFalse();
    next.close();
  }

  @Test
  void withoutFallBackTheMessageSaysWhyEachHostWasNotTaken() throws SQLException {
    RoutingDataSource routing =
        routing(b -> b.fallBackToPrimary(false).acquireTimeout(Duration.ofMillis(100)));
    two.goDown();
    three.goDown();
    Eventually.await(
        () -> states(routing).equals(List.of(State.PRIMARY, State.EJECTED, State.EJECTED)),
        "both are ejected");

    NoHostException e = catchThrowableOfType(NoHostException.class, () -> readFrom(routing));

    assertThat(e.getSQLState()).isEqualTo("08001");
    assertThat((Throwable) e)
        .hasMessageContaining("routing 'shop': no host can serve this read")
        .hasMessageContaining("fallBackToPrimary is off")
        .hasMessageContaining("within 100 ms")
        .hasMessageContaining("'one' is PRIMARY (accepts writes)")
        .hasMessageContaining("'two' is EJECTED (its check failed: ")
        .hasMessageContaining("'three' is EJECTED (its check failed: ");
  }

  @Test
  void writerWaitsForThePrimaryToComeBackAndIsServed() throws Exception {
    RoutingDataSource routing = routing(b -> b);
    one.goDown();
    Eventually.await(() -> states(routing).get(0) == State.EJECTED, "it is ejected");
    Thread back =
        new Thread(
            () -> {
              Eventually.await(() -> true, "");
              one.comeUp();
            });
    try (Connection writer = routing.getConnection()) {
      back.start();
      run(writer, "INSERT 1");
    }
    back.join();
    assertThat(one.committed()).containsExactly("INSERT 1");
  }

  @Test
  void writerWithoutAPrimaryIsToldWhyWithinItsTimeout() throws SQLException {
    RoutingDataSource routing = routing(b -> b.acquireTimeout(Duration.ofMillis(200)));
    one.goDown();
    long start = System.nanoTime();

    try (Connection writer = routing.getConnection()) {
      assertThatThrownBy(writer::createStatement)
          .isInstanceOf(NoHostException.class)
          .hasMessageContaining("there is no primary to write to within 200 ms")
          .hasMessageContaining("'one' is ");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Timing.LONG);
  }

  @Test
  void exhaustedPrimaryIsToldAsSuch() throws SQLException {
    RoutingDataSource routing = routing(b -> b.acquireTimeout(Duration.ofMillis(100)));
    SluiceDataSource pool = routing.pools().get("one");
    try (Connection first = pool.getConnection(Timing.LONG);
        Connection second = pool.getConnection(Timing.LONG);
        Connection third = routing.getConnection()) {
      run(first, "SELECT 1");
      run(second, "SELECT 1");
      assertThatThrownBy(third::createStatement)
          .isInstanceOf(PoolExhaustedException.class)
          .hasMessageContaining("pool 'one'");
    }
    assertThat(states(routing).get(0)).isEqualTo(State.PRIMARY);
  }

  @Test
  void settingThatAReplicaRefusesGivesItsConnectionBack() throws SQLException {
    RoutingDataSource routing = routing(b -> b);
    two.when("Connection.setTransactionIsolation").then(Fault.fail("0A000"));
    three.when("Connection.setTransactionIsolation").then(Fault.fail("0A000"));
    try (Connection reader = routing.replicas().getConnection()) {
      reader.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      assertThatThrownBy(reader::createStatement).isInstanceOf(SQLException.class);
      assertThat(routing.pools().values()).allMatch(pool -> pool.stats().active() == 0);
    }
  }

  @Test
  void sessionOfADatabaseWithoutPositionsReadsItsWritesFromThePrimary() throws SQLException {
    RoutingDataSource routing = routing(b -> b);
    RoutingSession session = routing.session();
    try (Connection reader = session.replicas().getConnection()) {
      assertThat(host(reader)).isIn("two", "three");
    }
    try (Connection writer = session.getConnection()) {
      run(writer, "INSERT 1");
      try (Connection reader = session.replicas().getConnection()) {
        assertThat(host(reader)).as("while the writer is open").isEqualTo("one");
      }
    }
    try (Connection reader = session.replicas().getConnection()) {
      assertThat(host(reader)).as("afterwards").isEqualTo("one");
    }
    assertThatThrownBy(session::position).isInstanceOf(IllegalStateException.class);
    try (Connection reader = routing.session().replicas().getConnection()) {
      assertThat(host(reader)).as("another session").isIn("two", "three");
    }
  }

  @Test
  void sharedSessionIsTheDataSourcesOwn() throws SQLException {
    RoutingDataSource routing = routing(b -> b.sharedSession(true));
    try (Connection writer = routing.getConnection()) {
      run(writer, "INSERT 1");
    }
    assertThat(readFrom(routing)).isEqualTo("one");
  }

  @Test
  void closedRoutingSaysSo() throws SQLException {
    RoutingDataSource routing = routing(b -> b);
    Connection early = routing.getConnection();

    routing.close();
    routing.close();

    assertThat(routing.isClosed()).isTrue();
    assertThatThrownBy(routing::getConnection).isInstanceOf(PoolClosedException.class);
    assertThatThrownBy(early::createStatement).isInstanceOf(PoolClosedException.class);
    assertThat(routing.pools().values()).allMatch(SluiceDataSource::isClosed);
  }

  @Test
  void interruptedWriterLeavesAtOnceWithItsFlagSet() throws SQLException {
    RoutingDataSource routing = routing(b -> b);
    one.goDown();
    Eventually.await(() -> states(routing).get(0) == State.EJECTED, "it is ejected");
    try (Connection writer = routing.getConnection()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(writer::createStatement).isInstanceOf(AcquireInterruptedException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void otherUsersAreRefused() throws SQLException {
    RoutingDataSource routing = routing(b -> b);
    assertThatThrownBy(() -> routing.getConnection("x", "y"))
        .isInstanceOf(SQLFeatureNotSupportedException.class);
    routing.getConnection(null, null).close();
  }

  @Test
  void staleConnectionThatIsReplacedIsNoWriterAnyMore() throws SQLException {
    RoutingDataSource routing = routing(b -> b);
    RoutingSession session = routing.session();
    one.when("Connection.setAutoCommit").at(1).then(Fault.breakConnection("08006"));
    try (Connection writer = session.getConnection()) {
      writer.setAutoCommit(false);
      run(writer, "SELECT 1");
      writer.rollback();
      assertThat(Objects.requireNonNull(session.mark).need().primaryOnly()).isTrue();
    }

    assertThat(Objects.requireNonNull(session.mark).need().primaryOnly()).isFalse();
  }
}
