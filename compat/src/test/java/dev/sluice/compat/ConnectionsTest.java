package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.ConnectRequest;
import dev.sluice.jdbc.ConnectionAttribute;
import dev.sluice.jdbc.ConnectionHooks;
import dev.sluice.jdbc.Sandbox;
import dev.sluice.jdbc.SessionState;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.CloseReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What docs/connections.md shows. */
class ConnectionsTest extends FrameworkTest {
  private final AtomicInteger attempts = new AtomicInteger();

  // tag::hooks[]
  /** Logs in as the current user, prepares each session, and lends only live connections. */
  public static final class Hooks implements ConnectionHooks {
    private final Supplier<String> user;

    Hooks(Supplier<String> user) {
      this.user = user;
    }

    @Override
    public void beforeConnect(ConnectRequest request) {
      request.user(user.get()); // for this attempt alone; also url, password, property
    }

    @Override
    public void onConnect(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute("CREATE LOCAL TEMPORARY TABLE cart (id INT)");
      }
    }

    @Override
    public Acquired onAcquire(Connection connection) throws SQLException {
      return connection.isValid(1) ? Acquired.ACCEPT : Acquired.DISCARD_AND_RETRY;
    }
  }

  // end::hooks[]

  @Test
  void hooksRunAtTheirPoints() throws Exception {
    SluiceDataSource ds =
        pool(b -> b.maxSize(1).hooks(new Hooks(this::user)).hookTimeout(Duration.ofSeconds(30)));

    int rows =
        ds.inTransaction(
            c -> {
              try (Statement statement = c.createStatement()) {
                return statement.executeUpdate("INSERT INTO cart VALUES (1)");
              }
            });

    assertThat(rows).isEqualTo(1);
    assertThat(attempts).hasPositiveValue();
  }

  @Test
  void leaseHasADeadline() throws Exception {
    SluiceDataSource ds = pool();

    // tag::deadline[]
    AcquireOptions options =
        AcquireOptions.DEFAULT.withTag("export").withLeaseDeadline(Duration.ofMinutes(5));
    try (Connection connection = ds.getConnection(options)) {
      // after five minutes the pool takes it back, whatever it is doing
      assertThat(connection.isValid(1)).isTrue();
    }
    // end::deadline[]
  }

  @Test
  void leaseHasASessionState() throws Exception {
    SluiceDataSource ds = pool(b -> b.maxSize(1));
    try (Connection connection = ds.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA \"tenant_7\"");
    }

    // tag::session[]
    SessionState tenant = SessionState.NONE.withSchema("tenant_7");
    try (Connection connection = ds.getConnection(AcquireOptions.DEFAULT.withSession(tenant))) {
      assertThat(connection.getSchema()).isEqualTo("tenant_7");
    }
    // end::session[]

    try (Connection connection = ds.getConnection()) {
      assertThat(connection.getSchema()).isNotEqualTo("tenant_7");
    }
  }

  @Test
  void sandboxRollsBackWhatWasCommitted() throws Exception {
    SluiceDataSource ds = pool(b -> b.maxSize(2));
    try (Connection connection = ds.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE orders (id INT)");
    }

    // tag::sandbox[]
    try (Sandbox sandbox = Sandbox.of(ds)) {
      DataSource database = sandbox; // for the application under test, which commits as ever
      try (Connection connection = database.getConnection();
          Statement statement = connection.createStatement()) {
        statement.executeUpdate("INSERT INTO orders VALUES (1)");
      }
    } // everything is rolled back
    // end::sandbox[]

    try (Connection connection = ds.getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate("DELETE FROM orders")).isZero();
    }
  }

  // tag::attribute[]
  private static final ConnectionAttribute<Instant> OPENED = ConnectionAttribute.of("opened");

  /** Remembers when each connection was opened. */
  public static final class Remembering implements ConnectionHooks {
    @Override
    public void onConnect(Connection connection) throws SQLException {
      OPENED.set(connection, Instant.now());
    }
  }

  private static Instant opened(SluiceDataSource ds) throws SQLException {
    try (Connection connection = ds.getConnection()) {
      return OPENED.get(connection).orElseThrow();
    }
  }

  // end::attribute[]

  @Test
  void attributeStaysWithItsConnection() throws Exception {
    SluiceDataSource ds = pool(b -> b.maxSize(1).hooks(new Remembering()));

    assertThat(opened(ds)).isEqualTo(opened(ds));
  }

  @Test
  void dedicatedConnectionIsBesideThePool() throws Exception {
    SluiceDataSource ds = pool();

    // tag::dedicated[]
    try (Connection listening = ds.openDedicated()) { // beside the pool; for LISTEN, say
      assertThat(listening.isValid(1)).isTrue();
    }
    Connection own = ds.detach(ds.getConnection()); // leaves the pool
    own.close(); // for good
    // end::dedicated[]

    assertThat(ds.stats().closed().get(CloseReason.DETACHED)).isEqualTo(1);
  }

  private String user() {
    attempts.incrementAndGet();
    return database.user();
  }
}
