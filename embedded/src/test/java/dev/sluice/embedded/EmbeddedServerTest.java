package dev.sluice.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.embedded.EmbeddedServer.Stop;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EmbeddedServerTest {

  enum Kind {
    POSTGRES {
      @Override
      EmbeddedServer start() {
        return PostgresServer.start(Map.of());
      }
    },
    MARIADB {
      @Override
      EmbeddedServer start() {
        return MariaDbServer.start(Map.of());
      }
    };

    abstract EmbeddedServer start();
  }

  private static Connection connect(EmbeddedServer server) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
  }

  private static int one(Connection connection) throws SQLException {
    try (Statement s = connection.createStatement();
        ResultSet r = s.executeQuery("SELECT 1")) {
      r.next();
      return r.getInt(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void serverAnswersAndKeepsItsPortAndDataOverEachKindOfStop(Kind kind) throws SQLException {
    try (EmbeddedServer server = kind.start()) {
      int port = server.port();
      try (Connection c = connect(server);
          Statement s = c.createStatement()) {
        s.execute("CREATE TABLE kept (n INT)");
      }
      for (Stop how : Stop.values()) {
        Connection before = connect(server);

        server.restart(how);

        assertThatThrownBy(() -> one(before)).isInstanceOf(SQLException.class);
        before.close();
        assertThat(server.port()).isEqualTo(port);
        try (Connection c = connect(server);
            Statement s = c.createStatement()) {
          s.execute("INSERT INTO kept VALUES (1)");
        }
      }
      assertThat(server.isRunning()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void stoppedServerRefusesAndClosedOneLeavesNoFile(Kind kind) {
    EmbeddedServer server = kind.start();

    server.stop(Stop.FAST);

    assertThat(server.isRunning()).isFalse();
    assertThatThrownBy(() -> connect(server)).isInstanceOf(SQLException.class);
    server.close();
    server.close();
    assertThat(((Host) server).home).doesNotExist();
    assertThatThrownBy(server::start).hasMessageContaining("is closed");
  }

  @ParameterizedTest
  @EnumSource
  void frozenServerIsSilentUntilItThaws(Kind kind) throws Exception {
    try (EmbeddedServer server = kind.start();
        Connection c = connect(server)) {
      server.freeze();
      CompletableFuture<Integer> answer =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return one(c);
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThatThrownBy(() -> answer.get(100, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);

      server.thaw();

      assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }

  @Test
  void wrongPasswordIsRejectedWithItsOwnState() {
    try (EmbeddedServer server = PostgresServer.start(Map.of("max_connections", "7"))) {
      assertThatThrownBy(
              () -> DriverManager.getConnection(server.jdbcUrl(), server.user(), "wrong"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    }
  }

  @Test
  void serverThatCannotStartSaysWhyAndLeavesNothing() {
    assertThatThrownBy(() -> PostgresServer.start(Map.of("max_connections", "none")))
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContaining("invalid value for parameter \"max_connections\"");
  }

  @Test
  void platformWithoutBinariesIsNamed() {
    assertThat(new Platform("plan9", "mips", false).postgresArchive())
        .isEqualTo("postgres-plan9-mips.txz");
    assertThat(new Platform("plan9", "mips", true)).hasToString("plan9 mips (musl)");
  }
}
