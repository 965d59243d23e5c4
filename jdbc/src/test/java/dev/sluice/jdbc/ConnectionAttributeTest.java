package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Eventually;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Values that stay with a physical connection. */
class ConnectionAttributeTest {
  private static final ConnectionAttribute<String> REGION = ConnectionAttribute.of("region");
  private static final ConnectionAttribute<Integer> LEASES = ConnectionAttribute.of("leases");

  @Test
  void valueStaysFromLeaseToLeaseAndDiesWithTheConnection() throws SQLException {
    try (FakePool pool = new FakePool()) {
      int before = AttributeStore.size();
      try (Connection connection = pool.get()) {
        assertThat(REGION.get(connection)).isEmpty();
        REGION.set(connection, "north");
        LEASES.set(connection, 1);
      }
      try (Connection connection = pool.get()) {
        connection.setAutoCommit(false); // so that it is reset
        assertThat(REGION.get(connection)).contains("north");
        LEASES.set(connection, LEASES.get(connection).orElseThrow() + 1);
      }
      Connection connection = pool.get();
      assertThat(LEASES.get(connection)).contains(2);
      REGION.remove(connection);
      assertThat(REGION.get(connection)).isEmpty();
      pool.ds.evict(connection);
      try (Connection next = pool.get()) {
        assertThat(LEASES.get(next)).isEmpty();
      }
      Eventually.await(() -> AttributeStore.size() == before, "nothing is kept of it");
    }
  }

  @Test
  void hooksAndBorrowersSeeTheSameValues() throws SQLException {
    Queue<Optional<String>> seen = new ConcurrentLinkedQueue<>();
    AtomicInteger opened = new AtomicInteger();
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void onConnect(Connection connection) throws SQLException {
            REGION.set(connection, "region " + opened.incrementAndGet());
          }

          @Override
          public Acquired onAcquire(Connection connection) throws SQLException {
            seen.add(REGION.get(connection));
            return Acquired.ACCEPT;
          }

          @Override
          public Returned onReturn(Connection connection) throws SQLException {
            seen.add(REGION.get(connection));
            return Returned.KEEP;
          }

          @Override
          public void beforeClose(Connection connection) throws SQLException {
            seen.add(REGION.get(connection));
          }
        };
    int before = AttributeStore.size();
    try (FakePool pool = new FakePool(b -> b.hooks(hooks))) {
      try (Connection connection = pool.get()) {
        seen.add(REGION.get(connection));
        REGION.set(connection, "south");
      }
      pool.settle();
    }

    assertThat(seen)
        .containsExactly(
            Optional.of("region 1"),
            Optional.of("region 1"),
            Optional.of("south"),
            Optional.of("south"),
            Optional.of("south"),
            Optional.of("south"));
    assertThat(AttributeStore.size()).isEqualTo(before);
  }

  @Test
  void connectionThatFailsToOpenLeavesNothing() {
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void onConnect(Connection connection) throws SQLException {
            REGION.set(connection, "nowhere");
            throw new SQLException("mine", "28000");
          }
        };
    int before = AttributeStore.size();
    try (FakePool pool = new FakePool(b -> b.hooks(hooks))) {
      pool.refusal(java.time.Duration.ofMillis(10));
    }

    assertThat(AttributeStore.size()).isEqualTo(before);
  }

  @Test
  void endedLeasesAndForeignConnectionsHaveNone() throws SQLException {
    try (FakePool pool = new FakePool()) {
      Connection returned = pool.get();
      returned.close();

      assertThatThrownBy(() -> REGION.get(returned))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
      try (Connection foreign = pool.db.connect(new Properties())) {
        assertThatThrownBy(() -> REGION.set(foreign, "x")).isInstanceOf(SQLException.class);
      }
    }
  }

  @Test
  void keysOfOneNameAreTwoKeys() throws SQLException {
    ConnectionAttribute<String> other = ConnectionAttribute.of("region");
    try (FakePool pool = new FakePool();
        Connection connection = pool.get()) {
      REGION.set(connection, "mine");

      assertThat(other.get(connection)).isEmpty();
      assertThat(other).hasToString("region");
    }
  }
}
