package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.ConnectRequest;
import dev.sluice.jdbc.ConnectionHooks;
import dev.sluice.jdbc.SluiceDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
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

  private String user() {
    attempts.incrementAndGet();
    return database.user();
  }
}
