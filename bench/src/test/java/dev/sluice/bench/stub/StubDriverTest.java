package dev.sluice.bench.stub;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StubDriverTest {
  private static final long WORK = Duration.ofMillis(20).toNanos();

  @AfterEach
  void answerAtOnce() {
    StubServer.workNanos(0);
    StubServer.connectNanos(0);
  }

  @Test
  void queryHasOneRow() throws SQLException {
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement("SELECT v FROM t WHERE id = ?")) {
      statement.setInt(1, 7);
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(StubResultSet.VALUE);
        assertThat(rows.next()).isFalse();
      }
    }
  }

  @Test
  void connectionsAreCountedOnceEach() throws SQLException {
    final long begun = StubServer.begun();
    final long opened = StubServer.opened();
    final long alive = StubServer.alive();

    Connection connection = connect();

    assertThat(StubServer.begun()).isEqualTo(begun + 1);
    assertThat(StubServer.opened()).isEqualTo(opened + 1);
    assertThat(StubServer.alive()).isEqualTo(alive + 1);

    connection.close();
    connection.close();

    assertThat(StubServer.alive()).isEqualTo(alive);
  }

  @Test
  void workLastsItsTimeEvenIfAPermitIsPending() throws SQLException {
    StubServer.workNanos(WORK);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      LockSupport.unpark(Thread.currentThread());
      long begin = System.nanoTime();
      statement.execute("UPDATE t SET v = v + 1");

      assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(WORK);
    }
  }

  @Test
  void workLastsItsTimeEvenIfInterruptedAndKeepsTheInterrupt() throws SQLException {
    StubServer.workNanos(WORK);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      Thread.currentThread().interrupt();
      long begin = System.nanoTime();
      statement.execute("UPDATE t SET v = v + 1");

      assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(WORK);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void connectLastsItsTime() throws SQLException {
    StubServer.connectNanos(WORK);
    long begin = System.nanoTime();

    connect().close();

    assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(WORK);
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(StubDriver.URL, "bench", "bench");
  }
}
