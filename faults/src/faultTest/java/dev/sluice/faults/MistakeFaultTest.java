package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Row 35 of faults.md: a borrower's mistake looks like the end of the server, or of its role. */
class MistakeFaultTest extends FaultTest {
  private static final int SIZE = 4;

  /** What the tables of errors hold for PostgreSQL, and what its class is about besides. */
  private static final List<String> STATES =
      List.of(
          "08000", "08001", "08003", "08004", "08006", "08007", "08P01", "08S01", "01002", "25006",
          "25P03", "25P04", "53300", "57P01", "57P02", "57P03", "57P04", "57P05", "58030", "JZ0C0",
          "JZ0C1", "XX000", "28P01", "3D000");

  private static final List<Integer> CODES =
      List.of(
          1053, 1077, 1079, 1080, 1152, 1153, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161, 1184,
          1290, 1792, 1836, 1927, 2006, 2013, 2055, 3169, 4031);

  /** A way to run a statement. */
  enum Way {
    STATEMENT,
    PREPARED,
    BATCH,
    TRANSACTION,
    OPEN_TRANSACTION
  }

  private static void run(Connection connection, Way way, String sql) throws SQLException {
    if (way == Way.TRANSACTION || way == Way.OPEN_TRANSACTION) {
      connection.setAutoCommit(false);
    }
    if (way == Way.PREPARED) {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.execute();
      }
    } else if (way == Way.BATCH) {
      try (Statement statement = connection.createStatement()) {
        statement.addBatch(sql);
        statement.executeBatch();
      }
    } else {
      Rig.run(connection, sql);
    }
  }

  /** Lets a borrower make the mistake; the SQLSTATE that it got. */
  private static String mistake(Rig rig, Way way, String... sql) throws SQLException {
    try (Connection connection = rig.get()) {
      SQLException thrown =
          RestartFaultTest.failureOf(
              () -> {
                for (String statement : sql) {
                  run(connection, way, statement);
                }
              });
      if (way == Way.TRANSACTION) {
        connection.rollback();
      }
      return thrown.getSQLState();
    }
  }

  /** Does something that must not cost anybody a connection. */
  private static void costsNothing(Rig rig, FaultyWork work) throws Exception {
    rig.fill(SIZE);
    long opened = rig.pool.stats().opened();

    work.run();

    rig.settles();
    assertThat(rig.pool.stats().opened()).as("connections opened").isEqualTo(opened);
    assertThat(rig.events.closedInAll()).as("connections closed").isZero();
    assertThat(rig.events.epochs).as("condemned all").isEmpty();
  }

  interface FaultyWork {
    void run() throws Exception;
  }

  @ParameterizedTest
  @MethodSource("ways")
  void knownBug36StateRaisedByAFunctionCondemnsNobody(Way way) throws Exception {
    try (Rig rig = Rig.postgres(b -> b.maxSize(SIZE))) {
      costsNothing(
          rig,
          () -> {
            for (String state : STATES) {
              String raise = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '" + state + "'; END $$";
              assertThat(mistake(rig, way, raise)).isEqualTo(state);
            }
          });
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void knownBug36StateAndCodeSignalledOnMariaDbCondemnNobody(Way way) throws Exception {
    try (Rig rig = Rig.mariaDb(b -> b.maxSize(SIZE))) {
      costsNothing(
          rig,
          () -> {
            for (int code : CODES) {
              mistake(rig, way, signal("HY000", code));
            }
            for (String state : STATES) {
              if (!state.startsWith("01")) { // a warning, which is no error there
                mistake(rig, way, signal(state, 1644));
              }
            }
          });
    }
  }

  private static String signal(String state, int code) {
    return "BEGIN NOT ATOMIC SIGNAL SQLSTATE '%s' SET MYSQL_ERRNO = %d, MESSAGE_TEXT = 'read-only'; END"
        .formatted(state, code);
  }

  static Stream<Way> ways() {
    return Stream.of(Way.values());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BEGIN READ ONLY",
        "START TRANSACTION READ ONLY",
        "BEGIN; SET TRANSACTION READ ONLY",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET default_transaction_read_only = on"
      })
  void knownBug36WriteInATransactionMadeReadOnlyBySqlCondemnsNobody(String how) throws Exception {
    try (Rig rig = Rig.postgres(b -> b.maxSize(SIZE))) {
      rig.runStraight("CREATE TABLE w35 (n int)");
      costsNothing(
          rig,
          () -> {
            for (int i = 0; i < 10; i++) {
              assertThat(mistake(rig, Way.STATEMENT, how, "INSERT INTO w35 VALUES (1)"))
                  .isEqualTo("25006");
              try (Connection next = rig.get()) {
                Rig.run(next, "INSERT INTO w35 VALUES (2)");
              }
            }
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"START TRANSACTION READ ONLY", "SET SESSION TRANSACTION READ ONLY"})
  void knownBug36WriteInATransactionMadeReadOnlyBySqlCondemnsNobodyOnMariaDb(String how)
      throws Exception {
    try (Rig rig = Rig.mariaDb(b -> b.maxSize(SIZE))) {
      rig.runStraight("CREATE TABLE w35 (n int)");
      costsNothing(
          rig,
          () -> {
            for (int i = 0; i < 10; i++) {
              mistake(rig, Way.STATEMENT, how, "INSERT INTO w35 VALUES (1)");
              try (Connection next = rig.get()) {
                Rig.run(next, "INSERT INTO w35 VALUES (2)");
              }
            }
          });
    }
  }

  /** The restriction of a role, or of a database, is not its server's. */
  @Test
  void knownBug36WriteOfARoleThatMayOnlyReadCondemnsNobody() throws Exception {
    try (TestDatabase database = Databases.postgres();
        Connection admin = database.connect()) {
      Rig.run(admin, "CREATE TABLE w35 (n int)");
      Rig.run(
          admin, "ALTER DATABASE " + database.name() + " SET default_transaction_read_only = on");
      try (Rig rig = Rig.on(database, b -> b.maxSize(SIZE))) {
        costsNothing(
            rig,
            () -> {
              for (int i = 0; i < 10; i++) {
                assertThat(mistake(rig, Way.STATEMENT, "INSERT INTO w35 VALUES (1)"))
                    .isEqualTo("25006");
              }
            });
      }
    }
  }

  /** A policy that commits has nothing to commit after an error, and keeps the connection. */
  @Test
  void knownBug36ErrorInATransactionLeftOpenCostsNothingWhereItWouldBeCommitted() throws Exception {
    try (Rig rig =
        Rig.postgres(b -> b.maxSize(SIZE).onReturn(dev.sluice.jdbc.SluiceConfig.OnReturn.COMMIT))) {
      costsNothing(rig, () -> mistake(rig, Way.OPEN_TRANSACTION, "SELECT 1 / 0"));
    }
  }

  /** A session that a borrower ends costs one login, and the others are asked, not replaced. */
  @Test
  void knownBug44SessionThatItsBorrowerEndsCostsOneLogin() throws Exception {
    try (Rig rig = Rig.postgres(b -> b.maxSize(SIZE))) {
      rig.fill(SIZE);
      long opened = rig.pool.stats().opened();

      for (int i = 0; i < 20; i++) {
        mistake(rig, Way.STATEMENT, "SELECT pg_terminate_backend(pg_backend_pid())");
      }

      rig.settles();
      assertThat(rig.pool.stats().opened() - opened).isLessThanOrEqualTo(20);
      assertThat(rig.events.closedInAll()).isEqualTo(20);
      assertThat(rig.events.epochs).as("made all suspect").hasSizeBetween(1, 5 + 20);
    }
  }

  /** Without a required role the pool stays on a server that is read-only, and looks around. */
  @Test
  void knownBug44ServerThatIsReadOnlyIsNoReasonForALoginStorm() throws Exception {
    try (EmbeddedServer server = Databases.privatePostgres(Map.of());
        Rig rig = Rig.on(server, b -> b.maxSize(8))) {
      rig.runStraight("CREATE TABLE w35 (n int)");
      rig.runStraight("ALTER SYSTEM SET default_transaction_read_only = on");
      rig.runStraight("SELECT pg_reload_conf()");
      rig.fill(8);
      long opened = rig.pool.stats().opened();
      long start = System.nanoTime();

      List<CompletableFuture<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        writers.add(async(() -> writeFor(rig, Duration.ofSeconds(5))));
      }
      int refused = 0;
      for (CompletableFuture<Integer> writer : writers) {
        refused += result(writer);
      }

      double seconds = (System.nanoTime() - start) / 1e9;
      assertThat(refused).as("writes refused").isGreaterThan(20);
      assertThat(rig.pool.stats().opened() - opened)
          .as("logins after %d refused writes in %.1f s", refused, seconds)
          .isLessThanOrEqualTo(8L * (1 + (long) (seconds / 5)) + (long) Math.ceil(seconds));
      rig.runStraight("ALTER SYSTEM RESET default_transaction_read_only");
      rig.runStraight("SELECT pg_reload_conf()");
      Eventually.await(() -> writes(rig), "the pool writes again");
      rig.settles();
    }
  }

  private static int writeFor(Rig rig, Duration time) throws SQLException {
    long end = System.nanoTime() + time.toNanos();
    int refused = 0;
    while (System.nanoTime() - end < 0) {
      refused += writes(rig) ? 0 : 1;
    }
    return refused;
  }

  private static boolean writes(Rig rig) throws SQLException {
    try (Connection connection = rig.get()) {
      Rig.run(connection, "INSERT INTO w35 VALUES (1)");
      return true;
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("25006");
      return false;
    }
  }
}
