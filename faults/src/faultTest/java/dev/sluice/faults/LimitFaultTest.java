package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sluice.jdbc.DatabaseUnavailableException;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.StallMeter;
import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Rows 11 and 12: the server lets fewer in than the pool may open, and throws out the idle. */
class LimitFaultTest extends FaultTest {
  private static final int ALLOWED = 3;
  private static final int CALLERS = 8;

  @Test
  void fault11PoolLivesWithinTheServersLimitAndGrowsWhenItIsLifted() throws Exception {
    String role = "limited";
    try (Rig rig = Rig.postgres(b -> b.maxSize(CALLERS).user(role).password("limited-secret"))) {
      rig.asAdmin("CREATE ROLE " + role + " LOGIN PASSWORD 'limited-secret' CONNECTION LIMIT 3");
      try {
        Attempt beyond = withinTheLimit(rig);

        assertThat(beyond.failure().getSQLState()).isEqualTo("53300");
        assertThat((Throwable) beyond.failure())
            .hasMessageContaining("too many connections for role");
        rig.asAdmin("ALTER ROLE " + role + " CONNECTION LIMIT -1");
        grows(rig);
        Eventually.await(() -> rig.sessions() <= CALLERS, "no more sessions than may be");
      } finally {
        rig.pool.close(Duration.ZERO);
        Eventually.await(() -> rig.sessions() == 0, "its sessions are gone");
        rig.asAdmin("DROP ROLE " + role);
      }
    }
  }

  /** The least that MariaDB can be set to is ten. */
  @Test
  void fault11MariaDbThatIsFullIsLivedWith() throws Exception {
    try (TestDatabase database = Databases.mariaDb();
        Connection admin = database.connect()) {
      Rig.run(admin, "CREATE USER IF NOT EXISTS app11 IDENTIFIED BY 'app-secret'");
      Rig.run(admin, "GRANT SELECT ON " + database.name() + ".* TO app11");
      int before = Rig.number(admin, "SELECT @@global.max_connections");
      try (Rig rig = Rig.on(database, b -> b.maxSize(16).user("app11").password("app-secret"))) {
        Rig.run(admin, "SET GLOBAL max_connections = 10");
        List<Connection> held = new ArrayList<>();
        while (rig.pool.stats().openFailures() == 0) {
          Attempt each = rig.attempt(millis(700));
          if (each.failure() == null) { // else the server is full, or the machine too slow
            held.add(each.connection());
          }
        }
        Attempt last = rig.attempt(millis(700));

        assertThat(held).hasSizeBetween(5, 10);
        assertThat((Throwable) last.failure())
            .isInstanceOf(DatabaseUnavailableException.class)
            .hasMessageContaining("Too many connections");
        assertThat(last.failure().getErrorCode()).isEqualTo(1040);
        Rig.run(admin, "SET GLOBAL max_connections = " + before);
        rig.recovers();
        for (Connection each : held) {
          each.close();
        }
        rig.settles();
      } finally {
        Rig.run(admin, "SET GLOBAL max_connections = " + before);
        Rig.run(admin, "DROP USER IF EXISTS app11");
      }
    }
  }

  /** Returns what a caller beyond the limit gets, while those within it work on. */
  private static Attempt withinTheLimit(Rig rig) throws Exception {
    List<Connection> held = new ArrayList<>();
    for (int i = 0; i < ALLOWED; i++) {
      held.add(rig.get());
    }
    int before = rig.proxy.accepted();
    long start = System.nanoTime();
    Attempt beyond = Rig.refusal(rig.pool, millis(800));
    double seconds = (System.nanoTime() - start) / 1e9;

    assertThat(beyond.isInTime()).as(beyond.toString()).isTrue();
    assertThat((Throwable) beyond.failure()).isInstanceOf(DatabaseUnavailableException.class);
    assertThat(rig.proxy.accepted() - before).as("no thrash").isLessThan((int) (40 * seconds) + 8);
    for (Connection each : held) {
      assertThat(Rig.one(each)).isEqualTo(1);
      each.close();
    }
    List<CompletableFuture<Integer>> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(async(() -> useOnce(rig)));
    }
    for (CompletableFuture<Integer> caller : callers) {
      assertThat(result(caller)).as("more callers than connections are served in turn").isOne();
    }
    assertThat(rig.pool.stats().size()).isLessThanOrEqualTo(ALLOWED + 1);
    return beyond;
  }

  private static int useOnce(Rig rig) throws SQLException {
    try (Connection connection = rig.get()) {
      return Rig.one(connection);
    }
  }

  private static void grows(Rig rig) throws SQLException {
    List<Connection> held = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      held.add(rig.get());
    }
    for (Connection each : held) {
      assertThat(Rig.one(each)).isEqualTo(1);
      each.close();
    }
    rig.settles();
  }

  /** The server ends sessions that idle for a second; who borrows after that must not notice. */
  @Test
  void fault12FirstQueryAfterTheServersIdleTimeoutDoesNotFail() throws Exception {
    try (Rig rig =
        Rig.postgres(
            b ->
                b.maxSize(4)
                    .validateAfterIdle(Duration.ofMillis(100))
                    .initSql("SET idle_session_timeout = '1s'"))) {
      rig.fill(4);

      Eventually.await(() -> rig.sessions() == 0, "the server has ended the sessions");

      for (int i = 0; i < 8; i++) {
        try (Connection connection = rig.attempt(Duration.ofSeconds(10)).connection()) {
          assertThat(Rig.one(connection)).isEqualTo(1);
        }
      }
      rig.settles();
    }
  }

  /** What is touched in time is not thrown out, by the server or by a firewall on the way. */
  @Test
  void fault12KeepaliveKeepsIdleConnectionsFromBeingThrownOut() throws Exception {
    try (Rig rig =
        Rig.postgres(
            b ->
                b.maxSize(2)
                    .minSize(2)
                    .keepaliveInterval(Duration.ofMillis(250))
                    .initSql("SET idle_session_timeout = '2500ms'"))) {
      rig.fill(2);
      long since = StallMeter.now();

      Eventually.await(() -> System.nanoTime() - since > 4_000_000_000L, "4 s go by");

      assumeThat(StallMeter.since(since))
          .as("for how long nothing could be kept alive by anybody")
          .isLessThan(Duration.ofSeconds(1));
      assertThat(rig.pool.stats().opened()).as(rig.pool.stats().toString()).isEqualTo(2);
      assertThat(rig.sessions()).isEqualTo(2);
    }
  }

  /** A firewall forgets the flow: nobody tells either side. */
  @Test
  void fault12ForgottenFlowIsFoundByTheBackgroundCheckBeforeACallerMeetsIt() throws Exception {
    try (Rig rig =
        Rig.postgres(
            b ->
                b.maxSize(2)
                    .minSize(1)
                    .healthCheckInterval(Duration.ofMillis(200))
                    .validationTimeout(Duration.ofMillis(300)))) {
      rig.fill(1);
      rig.proxy.forAll(link -> link.blackHole());

      Eventually.await(() -> rig.events.closedInAll() > 0, "the dead one is found");
      Eventually.await(() -> rig.pool.stats().idle() == 1, "and replaced");

      Attempt attempt = rig.attempt(Duration.ofSeconds(10));
      assertThat(attempt.took().minus(attempt.stalled())).isLessThan(Promises.ACQUIRE_TOLERANCE);
      try (Connection connection = attempt.connection()) {
        assertThat(Rig.one(connection)).isEqualTo(1);
      }
    }
  }
}
