package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FaultProxy;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 13, 18, 19: what happens to the processes, ours and the database's. */
@DisabledOnOs(OS.WINDOWS) // there are no such signals
class ProcessFaultTest extends FaultTest {
  private static EmbeddedServer server;

  @BeforeAll
  static void start() {
    server = Databases.privatePostgres(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ChildJvm app(Rig rig, String limits, int size, String... jvmOptions)
      throws Exception {
    return app(rig, limits, size, false, jvmOptions);
  }

  private static ChildJvm app(
      Rig rig, String limits, int size, boolean strict, String... jvmOptions) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of(rig.pool.config().url(), server.user(), server.password(), rig.name));
    arguments.add(Integer.toString(size));
    if (strict) {
      arguments.add("strict");
    }
    ChildJvm child =
        ChildJvm.start(
            limits, List.of(jvmOptions), ChildApp.class, arguments.toArray(String[]::new));
    child.expect("READY");
    return child;
  }

  /**
   * A laptop is closed, a function is frozen: meanwhile the other side hangs up. With the strict
   * guard the child asks at once when it is thawed; otherwise when the pool has noticed.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void fault13NoStaleConnectionIsLentAfterThePauseOfTheProcess(boolean strict) throws Exception {
    try (Rig rig = Rig.on(server, b -> b);
        ChildJvm child = app(rig, "", 4, strict)) {
      child.say("use");
      assertThat(child.expect("USED")).isEqualTo("4");
      child.say("return");
      child.expect("RETURNED");
      child.say("watch");
      child.expect("WATCHING");
      int before = rig.proxy.accepted();

      child.freeze();
      rig.proxy.resetAll();
      pauseFor(6_000);
      child.thaw();

      assertThat(child.expect("EPOCH")).contains("paused");
      assertThat(child.expect("USED")).as("each worked at the first query").isEqualTo("4");
      child.expect("RETURNED");
      assertThat(rig.proxy.accepted() - before)
          .as("what died is replaced, without a stampede")
          .isBetween(4, 6);
    }
  }

  /** Longer than the gap by which the pool knows a pause; there is no condition to wait for. */
  private static void pauseFor(long millis) {
    long until = System.nanoTime() + millis * 1_000_000;
    while (System.nanoTime() - until < 0) {
      LockSupport.parkNanos(until - System.nanoTime());
    }
  }

  @Test
  void fault18WithoutFileDescriptorsThePoolSaysSoKeepsWhatItHasAndRecovers() throws Exception {
    try (Rig rig = Rig.on(server, b -> b);
        ChildJvm child = app(rig, "ulimit -n 128", 8)) {
      child.say("hold");
      child.expect("HELD");
      rig.proxy.accepting(FaultProxy.Accept.REFUSE);
      child.say(
          "try-hold"); // loads the classes of failures, for which no file could be opened then
      child.expect("FAILED");
      rig.proxy.accepting(FaultProxy.Accept.FORWARD);
      child.say("hoard-files");
      assertThat(child.expect("HOARDED")).contains("Too many open files");

      child.say("try-hold");

      assertThat(child.expect("FAILED"))
          .contains("DatabaseUnavailableException", "Too many open files");
      child.say("free");
      child.expect("FREE");
      child.say("return");
      child.expect("RETURNED 1");
      child.say("use");
      assertThat(child.expect("USED")).isEqualTo("8");
      Eventually.await(() -> rig.sessions() == 8, "the server knows the eight and no more");
    }
  }

  /** Each Java thread takes so much of what the process may address that there can be few. */
  @Test
  void fault18WithoutThreadsThePoolSaysSoKeepsWhatItHasAndRecovers() throws Exception {
    String[] frugal = {
      "-Xss128m",
      "-Xmx64m",
      "-XX:+UseSerialGC",
      "-XX:CompressedClassSpaceSize=64m",
      "-XX:ReservedCodeCacheSize=64m"
    };
    try (Rig rig = Rig.on(server, b -> b);
        ChildJvm child = app(rig, "ulimit -v 6000000", 8, frugal)) {
      child.say("hold");
      child.expect("HELD 1");
      child.say("hoard-threads");
      assertThat(child.expect("HOARDED")).contains("unable to create native thread");

      child.say("hold-three");

      child.expectSomewhere("a worker could not be started");
      assertThat(child.expect("THREE"))
          .as(
              "opened in turn by a worker that was there, or told why not: drivers need threads"
                  + " too")
          .matches("4|.*no thread was available to open it.*|.*unable to create native thread.*");
      child.say("free");
      child.expect("FREE");
      child.say("return");
      child.expect("RETURNED");
      child.say("use");
      assertThat(child.expect("USED")).isEqualTo("8");
      Eventually.await(() -> rig.sessions() == 8, "the server knows eight sessions");
    }
  }

  @Test
  void fault18AfterTheHeapWasFullThePoolServesAgain() throws Exception {
    try (Rig rig = Rig.on(server, b -> b);
        ChildJvm child = app(rig, "", 4, "-Xmx32m")) {
      child.say("use");
      child.expect("USED 4");
      child.say("return");
      child.expect("RETURNED");
      // A class of the driver that is loaded in a full heap first would fail for ever.
      rig.proxy.resetAll();
      servesAllFour(child);
      for (int i = 0; i < scaled(2); i++) {
        child.say("hoard-memory");
        child.expect("HOARDED");
        rig.proxy.resetAll(); // so that the pool has work to do just then
        pauseFor(300);
        child.say("free");
        child.expect("FREE");
      }

      servesAllFour(child);
      Eventually.await(() -> rig.sessions() <= 4, "no more sessions than may be");
    }
  }

  private static void servesAllFour(ChildJvm child) {
    List<String> outcomes = new ArrayList<>();
    Eventually.await(
        () -> {
          child.say("use");
          String outcome = child.expect("");
          while (!outcome.startsWith("USED") && !outcome.startsWith("FAILED")) {
            outcome = child.expect("");
          }
          outcomes.add(outcome);
          child.say("return");
          child.expect("RETURNED");
          return outcome.equals("USED 4");
        },
        () -> "all four are lent again: " + outcomes);
  }

  @Test
  void fault19SessionsOfAKilledApplicationEndAndOthersNoticeNothing() throws Exception {
    try (Rig rig = Rig.on(server, b -> b);
        Rig other = Rig.on(server, b -> b)) {
      other.fill(2);
      ChildJvm child = app(rig, "", 4);
      try (child) {
        child.say("use");
        child.expect("USED 4");
        assertThat(rig.sessions()).isEqualTo(4);

        child.kill();
      }

      long start = System.nanoTime();
      Eventually.await(() -> rig.sessions() == 0, "its sessions are gone");
      Numbers.note(
          "sessions of a killed process gone",
          java.time.Duration.ofNanos(System.nanoTime() - start));
      try (Connection connection = other.get()) {
        assertThat(Rig.one(connection)).isEqualTo(1);
      }
      assertThat(other.pool.stats().opened()).isEqualTo(2);
    }
  }

  @Test
  void fault19TerminatedBackendCostsItsBorrowerOneErrorAndNobodyElse() throws Exception {
    try (Rig rig = Rig.on(server, b -> b.maxSize(3))) {
      rig.fill(3);
      Connection victim = rig.get();
      Connection bystander = rig.get();
      int pid = Rig.number(victim, "SELECT pg_backend_pid()");
      rig.runStraight("SELECT pg_terminate_backend(" + pid + ")");

      SQLException e = RestartFaultTest.failureOf(() -> Rig.one(victim));

      assertThat(e.getSQLState()).isEqualTo("57P01");
      assertThat(Rig.one(bystander)).isEqualTo(1);
      victim.close();
      bystander.close();
      rig.recovers();
      rig.settles();
      assertThat(rig.events.closedInAll()).as("the others passed their check").isEqualTo(1);
    }
  }

  /** One backend dies of a signal, and the server throws everybody out to be safe. */
  @Test
  void fault19CrashedBackendThrowsEverybodyOutAndThePoolComesBack() throws Exception {
    try (Rig rig = Rig.on(server, b -> b.maxSize(4))) {
      rig.fill(4);
      Connection victim = rig.get();
      Connection bystander = rig.get();
      int pid = Rig.number(victim, "SELECT pg_backend_pid()");
      CompletableFuture<SQLException> cut =
          async(() -> RestartFaultTest.failureOf(() -> Rig.run(bystander, "SELECT pg_sleep(600)")));
      new ProcessBuilder("kill", "-SEGV", Integer.toString(pid)).start().waitFor();

      RestartFaultTest.assertBroken(result(cut));
      RestartFaultTest.assertBroken(RestartFaultTest.failureOf(() -> Rig.one(victim)));
      victim.close();
      bystander.close();
      Eventually.await(ProcessFaultTest::isUp, () -> "the server is up", Timing.LONG);
      rig.recovers();
      for (int i = 0; i < 8; i++) {
        try (Connection connection = rig.get()) {
          assertThat(Rig.one(connection)).isEqualTo(1);
        }
      }
      rig.settles();
    }
  }

  private static boolean isUp() {
    try (Connection connection =
        java.sql.DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password())) {
      return Rig.one(connection) == 1;
    } catch (SQLException e) {
      return false;
    }
  }
}
