package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.embedded.EmbeddedServer.Stop;
import dev.sluice.jdbc.DatabaseUnavailableException;
import dev.sluice.jdbc.SluiceConfig.Role;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rows 8 and 9: the server behind the name is no longer the primary. */
class FailoverFaultTest extends FaultTest {
  private static EmbeddedServer server;

  @BeforeAll
  static void start() {
    server = Databases.privatePostgres(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** Restarts the server as a hot standby, as one that comes back after a failover does. */
  private static void demote(Rig rig) throws Exception {
    Path data;
    try (Connection connection = rig.straight();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW data_directory")) {
      rows.next();
      data = Path.of(rows.getString(1));
    }
    server.stop(Stop.FAST);
    Files.writeString(data.resolve("standby.signal"), "");
    server.start();
  }

  private static void promote(Rig rig) throws SQLException {
    rig.runStraight("SELECT pg_promote()");
  }

  private static void readOnlyByDefault(Rig rig, boolean on) throws SQLException {
    rig.runStraight("ALTER SYSTEM SET default_transaction_read_only = " + (on ? "on" : "off"));
    rig.runStraight("SELECT pg_reload_conf()");
  }

  @Test
  void fault08ReadOnlyServerHasAllItsConnectionsReplacedAtOnce() throws Exception {
    try (Rig rig = Rig.on(server, b -> b.maxSize(4))) {
      rig.runStraight("CREATE TABLE IF NOT EXISTS w8 (n int)");
      rig.fill(4);
      Connection other = rig.get();
      Rig.one(other);
      readOnlyByDefault(rig, true);
      try (Connection writer = rig.get()) {
        Eventually.await(() -> showsReadOnly(writer), "the setting has arrived");

        SQLException refused =
            RestartFaultTest.failureOf(() -> Rig.run(writer, "INSERT INTO w8 VALUES (1)"));

        assertThat(refused.getSQLState()).isEqualTo("25006");
      } finally {
        readOnlyByDefault(rig, false);
      }
      Eventually.await(() -> rig.pool.stats().idle() == 0, "none of the old ones is left idle");
      other.close();
      rig.settles();
      assertThat(rig.events.epochs).hasSize(1);
      assertThat(rig.events.epochs.get(0)).contains("25006");
      assertThat(rig.events.closedInAll()).as("all of the old ones").isEqualTo(4);
      rig.recovers();
    }
  }

  private static boolean showsReadOnly(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW default_transaction_read_only")) {
      return rows.next() && rows.getString(1).equals("on");
    }
  }

  /** The name still leads to the old primary, which has become a standby. */
  @Test
  void fault08RequiredRoleKeepsThePoolOffADemotedServerUntilItIsPromoted() throws Exception {
    try (Rig rig =
        Rig.on(
            server,
            b -> b.maxSize(4).requiredRole(Role.PRIMARY).validateAfterIdle(Duration.ZERO))) {
      rig.runStraight("CREATE TABLE IF NOT EXISTS w8 (n int)");
      rig.fill(3);

      demote(rig);
      Attempt off = Rig.refusal(rig.pool, millis(1_000));

      assertThat(off.isInTime()).as(off.toString()).isTrue();
      assertThat((Throwable) off.failure())
          .isInstanceOf(DatabaseUnavailableException.class)
          .hasMessageContaining("is not the primary");
      assertThat(off.failure().getSQLState()).isEqualTo("25006");
      Eventually.await(() -> rig.pool.stats().idle() == 0, "the old ones are found dead");
      promote(rig);
      rig.recovers();
      try (Connection writer = rig.get()) {
        Rig.run(writer, "INSERT INTO w8 VALUES (1)");
      }
      rig.settles();
    }
  }

  /** Without a required role, readers are served by a standby, and a refused write tells. */
  @Test
  void fault08StandbyServesReadersAndARefusedWriteReplacesItsConnections() throws Exception {
    try (Rig rig = Rig.on(server, b -> b.maxSize(3))) {
      rig.runStraight("CREATE TABLE IF NOT EXISTS w8 (n int)");
      demote(rig);
      rig.fill(3);
      long before = rig.pool.stats().opened();

      try (Connection writer = rig.get()) {
        assertThat(Rig.number(writer, "SELECT count(*) FROM w8")).isNotNegative();
        SQLException refused =
            RestartFaultTest.failureOf(() -> Rig.run(writer, "INSERT INTO w8 VALUES (1)"));
        assertThat(refused.getSQLState()).isEqualTo("25006");
      }
      promote(rig);
      try (Connection writer = rig.get()) {
        Rig.run(writer, "INSERT INTO w8 VALUES (1)");
      }

      // The keeper finds them on its own time, so a pool that looks at rest may not be yet.
      Eventually.await(() -> rig.events.closedInAll() == 3, "all three are replaced");
      rig.settles();
      assertThat(rig.pool.stats().opened()).isGreaterThan(before);
    }
  }

  @Test
  void fault08MariaDbThatIsReadOnlyHasAllItsConnectionsReplacedAtOnce() throws Exception {
    try (TestDatabase database = Databases.mariaDb();
        Connection admin = database.connect()) {
      Rig.run(admin, "CREATE TABLE w8 (n int)");
      Rig.run(admin, "CREATE USER IF NOT EXISTS app8 IDENTIFIED BY 'app-secret'");
      Rig.run(admin, "GRANT SELECT, INSERT ON " + database.name() + ".* TO app8");
      try (Rig rig = Rig.on(database, b -> b.maxSize(3).user("app8").password("app-secret"))) {
        rig.fill(3);
        Rig.run(admin, "SET GLOBAL read_only = 1");
        try {
          try (Connection writer = rig.get()) {
            SQLException refused =
                RestartFaultTest.failureOf(() -> Rig.run(writer, "INSERT INTO w8 VALUES (1)"));
            assertThat(refused.getErrorCode()).isEqualTo(1290);
          }
          Eventually.await(() -> rig.events.closedInAll() == 3, "all three are replaced");
          assertThat(rig.events.epochs.get(0)).contains("1290");

          try (var strict =
              rig.pool.config().toBuilder()
                  .name(rig.name + "-strict")
                  .requiredRole(Role.PRIMARY)
                  .build()) {
            Attempt off = Rig.refusal(strict, millis(500));
            assertThat(off.isInTime()).as(off.toString()).isTrue();
            assertThat((Throwable) off.failure())
                .isInstanceOf(DatabaseUnavailableException.class)
                .hasMessageContaining("is not the primary");
          }
        } finally {
          Rig.run(admin, "SET GLOBAL read_only = 0");
        }
        try (Connection writer = rig.get()) {
          Rig.run(writer, "INSERT INTO w8 VALUES (1)");
        }
        rig.settles();
      } finally {
        Rig.run(admin, "DROP USER IF EXISTS app8");
      }
    }
  }

  /**
   * Which of two servers that both accept writes is the true primary, a pool cannot know: that is
   * no goal. Who does know, fences by {@code refresh}: nothing opened before is lent again.
   */
  @Test
  void fault09RefreshFencesOffEverythingOpenedBefore() throws Exception {
    try (Rig rig = Rig.on(server, b -> b.maxSize(3))) {
      rig.fill(3);
      Connection out = rig.get();
      int old = Rig.number(out, "SELECT pg_backend_pid()");

      rig.pool.refresh();

      Eventually.await(() -> rig.pool.stats().idle() == 0, "the idle ones are gone");
      out.close();
      for (int i = 0; i < 6; i++) {
        try (Connection connection = rig.get()) {
          assertThat(Rig.number(connection, "SELECT pg_backend_pid()")).isNotEqualTo(old);
        }
      }
      rig.settles();
      assertThat(rig.events.closedInAll()).isEqualTo(3);
    }
  }
}
