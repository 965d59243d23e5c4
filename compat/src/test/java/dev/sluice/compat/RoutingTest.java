package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.HostStatus;
import dev.sluice.jdbc.ReadYourWrites;
import dev.sluice.jdbc.RoutingConfig.Balance;
import dev.sluice.jdbc.RoutingDataSource;
import dev.sluice.jdbc.RoutingSession;
import dev.sluice.jdbc.RoutingStats;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.TestDatabase;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What docs/routing.md shows, and Spring's transactions over a routing. Primary and replica are one
 * H2 database here, so that what is routed can be seen in the pools; the fault tests use replicas
 * that replicate.
 */
class RoutingTest {
  private final TestDatabase database = Databases.h2();
  private RoutingDataSource routing;

  @BeforeEach
  void open() throws SQLException {
    routing =
        RoutingDataSource.builder()
            .primary(pool("primary"))
            .replica(pool("replica"))
            .checkInterval(Duration.ofMillis(50))
            .checkTimeout(Timing.MEDIUM)
            .build();
    routing.awaitReady(Timing.LONG);
    Eventually.await(
        () -> routing.stats().hosts().get(1).state() == HostStatus.State.REPLICA, "a replica");
  }

  private SluiceBuilder pool(String name) {
    return Sluice.dataSource(database.url())
        .user(database.user())
        .password(database.password())
        .name(name);
  }

  @AfterEach
  void close() {
    routing.close();
    database.close();
  }

  private long acquired(String pool) {
    return routing.pools().get(pool).stats().acquired();
  }

  @Test
  void hostsAreConfigured() {
    String password = "secret";
    // tag::hosts[]
    SluiceBuilder each =
        Sluice.dataSource("jdbc:postgresql://db1:5432,db2:5432,db3:5432/app", "app", password)
            .name("app")
            .maxSize(20);
    RoutingDataSource ds = RoutingDataSource.builder().hosts(each).build();
    // end::hosts[]
    assertThat(ds.pools()).containsOnlyKeys("app-1", "app-2", "app-3");
    ds.close();
  }

  @Test
  void optionsAreSet() {
    SluiceBuilder primary = pool("a");
    SluiceBuilder replica = pool("b");
    // tag::options[]
    RoutingDataSource ds =
        RoutingDataSource.builder()
            .name("shop")
            .primary(primary.maxSize(5))
            .replica(replica.maxSize(20))
            .balance(Balance.ROUND_ROBIN) // or RANDOM; LEAST_BUSY by default
            .fallBackToPrimary(false) // a read waits for a replica
            .maxLag(Duration.ofSeconds(5))
            .readYourWrites(ReadYourWrites.byPosition(Duration.ofMillis(50)))
            .build();
    // end::options[]
    assertThat(ds.config().balance()).isEqualTo(Balance.ROUND_ROBIN);
    ds.close();
  }

  @Test
  void connectionsAreRouted() throws SQLException {
    RoutingDataSource ds = routing;
    // tag::use[]
    try (Connection c = ds.getConnection(); // nothing is acquired yet
        Statement s = c.createStatement()) { // the primary
      s.execute("CREATE TABLE item (id INT)");
    }
    try (Connection c = ds.getConnection()) {
      c.setReadOnly(true);
      try (Statement s = c.createStatement()) { // a replica
        s.executeQuery("SELECT * FROM item").close();
      }
    }
    try (Connection c = ds.replicas().getConnection()) { // or ds.primary(), whatever setReadOnly
      c.createStatement().close();
    }
    // end::use[]
    assertThat(acquired("primary")).isEqualTo(1);
    assertThat(acquired("replica")).isEqualTo(2);
  }

  @Test
  void sessionReadsWhatItHasWritten() throws SQLException {
    RoutingDataSource ds = routing;
    // tag::session[]
    RoutingSession session = ds.session(); // one for each user, or request
    try (Connection c = session.getConnection()) {
      c.createStatement().execute("CREATE TABLE item (id INT)");
    }
    try (Connection c = session.replicas().getConnection()) { // has the table
      c.createStatement().executeQuery("SELECT * FROM item").close();
    }
    // end::session[]
    assertThat(ds.stats().readsOfPrimary()).isEqualTo(1);
  }

  @Test
  void statesAreShown() {
    RoutingDataSource ds = routing;
    StringBuilder out = new StringBuilder();
    // tag::stats[]
    RoutingStats now = ds.stats(); // also primary, failovers, writes, reads, readsOfPrimary
    for (HostStatus host : now.hosts()) {
      out.append(host.name() + " is " + host.state() + ": " + host.reason() + "\n");
    }
    // end::stats[]
    assertThat(out)
        .hasToString("primary is PRIMARY: accepts writes\nreplica is REPLICA: replicates\n");
  }

  @Test
  void springsReadOnlyTransactionsGoToAReplica() {
    // tag::spring[]
    DataSourceTransactionManager transactions = new DataSourceTransactionManager(routing);
    JdbcTemplate jdbc = new JdbcTemplate(routing);
    TransactionTemplate writing = new TransactionTemplate(transactions);
    TransactionTemplate reading = new TransactionTemplate(transactions);
    reading.setReadOnly(true); // as @Transactional(readOnly = true) does
    // end::spring[]

    writing.executeWithoutResult(
        status -> {
          jdbc.execute("CREATE TABLE item (id INT)");
          jdbc.update("INSERT INTO item VALUES (1)");
        });
    assertThat(acquired("primary")).isEqualTo(1);
    assertThat(acquired("replica")).isZero();

    Integer count =
        reading.execute(status -> jdbc.queryForObject("SELECT COUNT(*) FROM item", Integer.class));

    assertThat(count).isEqualTo(1);
    assertThat(acquired("primary")).isEqualTo(1);
    assertThat(acquired("replica")).isEqualTo(1);
    assertThat(routing.pools().values()).allMatch(pool -> pool.stats().active() == 0);
  }

  @Test
  void springsReadOnlyTransactionWithAnIsolationGoesToAReplicaToo() {
    JdbcTemplate jdbc = new JdbcTemplate(routing);
    TransactionTemplate reading =
        new TransactionTemplate(new DataSourceTransactionManager(routing));
    reading.setReadOnly(true);
    reading.setIsolationLevel(Connection.TRANSACTION_SERIALIZABLE);

    reading.executeWithoutResult(status -> jdbc.queryForObject("SELECT 1", Integer.class));

    assertThat(acquired("primary")).isZero();
    assertThat(acquired("replica")).isEqualTo(1);
  }
}
