package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.jdbc.PoolExhaustedException;
import dev.sluice.jdbc.SelfDeadlockException;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceConfig.OpenTransaction;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.NestedAcquire;
import dev.sluice.pool.RefreshCheck;
import dev.sluice.pool.ResourceInfo;
import dev.sluice.pool.StartPolicy;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.TestDatabase;
import dev.sluice.testkit.Timing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * docs/troubleshooting.md quotes the messages as users see them.
 *
 * <p>A quoted message stands behind a comment that names it, {@code <!-- message: exhausted -->}.
 * Numbers may differ, and … stands for any text.
 */
class TroubleshootingTest {
  private static final Path PAGE = Path.of("../docs/troubleshooting.md");
  private static final Pattern QUOTE =
      Pattern.compile("<!-- message: (\\w+) -->\\n```text\\n((?s:.*?))```");
  private static final Pattern FIGURE =
      Pattern.compile("\\d+ min \\d+ s|\\d+(?:\\.\\d+)? (?:ms|s)\\b|\\d+");

  private final TestDatabase database = Databases.postgres();
  private final ConcurrentLinkedQueue<String> logged = new ConcurrentLinkedQueue<>();
  private final Logger logger = Logger.getLogger("dev.sluice");
  private final Handler ear =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          logged.add(String.valueOf(line.getMessage()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.addHandler(ear);
  }

  @AfterEach
  void end() {
    logger.removeHandler(ear);
    database.close();
  }

  private SluiceBuilder app() {
    return Sluice.dataSource(database.url())
        .name("app")
        .user(database.user())
        .password(database.password())
        .minSize(1)
        .maxSize(1)
        .acquireTimeout(Timing.LONG);
  }

  private static AcquireOptions shortly() {
    return AcquireOptions.DEFAULT.withTimeout(Timing.SMALL);
  }

  @Test
  void everyQuoteIsTested() {
    Set<String> quoted = new TreeSet<>();
    Matcher quote = QUOTE.matcher(page());
    while (quote.find()) {
      quoted.add(quote.group(1));
    }

    assertThat(quoted)
        .containsExactlyInAnyOrder(
            "cut",
            "down",
            "exhausted",
            "leak",
            "locked",
            "login",
            "lost",
            "nested",
            "open",
            "slow",
            "start",
            "used");
  }

  @Test
  void exhausted() throws Exception {
    try (SluiceDataSource ds = app().build();
        Connection held = ds.getConnection(AcquireOptions.DEFAULT.withTag("report"))) {
      runOn(held);
      Throwable failure = failureOnAnotherThread(ds);

      assertThat(failure).isInstanceOf(PoolExhaustedException.class);
      assertQuoted("exhausted", failure.getMessage());
    }
  }

  private static void runOn(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
  }

  /** The thread that holds would be told that it waits for itself. */
  private static Throwable failureOnAnotherThread(SluiceDataSource ds) throws Exception {
    List<Throwable> failure = new ArrayList<>();
    Thread other =
        new Thread(() -> failure.add(catchThrowable(() -> ds.getConnection(shortly()))), "other");
    other.start();
    other.join();
    return failure.get(0);
  }

  @Test
  void selfDeadlock() throws Exception {
    try (SluiceDataSource ds = app().nestedAcquire(NestedAcquire.WARN).build();
        Connection held = ds.getConnection()) {
      Throwable failure = catchThrowable(() -> ds.getConnection(shortly()));

      assertThat(held.isClosed()).isFalse();
      assertThat(failure).isInstanceOf(SelfDeadlockException.class);
      assertQuoted("locked", failure.getMessage());
      assertLogged("nested");
    }
  }

  @Test
  void slowAcquire() throws Exception {
    try (SluiceDataSource ds = app().slowAcquireThreshold(Duration.ofMillis(1)).build()) {
      Connection held = ds.getConnection();
      List<Throwable> failure = new ArrayList<>();
      Thread other =
          new Thread(() -> failure.add(catchThrowable(() -> ds.getConnection().close())), "other");
      other.start();
      Eventually.await(() -> ds.stats().waiting() == 1, "the other one waits");
      long since = System.nanoTime();
      Eventually.await(
          () -> System.nanoTime() - since > Duration.ofMillis(20).toNanos(), "for a while");
      held.close();
      other.join();

      assertThat(failure).containsOnlyNulls();
      assertLogged("slow");
    }
  }

  @Test
  void leak() throws Exception {
    try (SluiceDataSource ds =
            app().leakThreshold(Duration.ofMillis(100)).leakStackSampling(1).build();
        Connection held = ds.getConnection(AcquireOptions.DEFAULT.withTag("report"))) {
      runOn(held);
      Eventually.await(() -> ds.stats().leaked() == 1, "the leak is found");

      assertLogged("leak");
    }
  }

  @Test
  void lostHandle() throws Exception {
    try (SluiceDataSource ds = app().leakThreshold(Duration.ofHours(1)).build()) {
      lose(ds);
      Eventually.await(
          () -> {
            System.gc();
            return ds.stats().leaked() == 1;
          },
          "the lost connection is taken back");

      assertLogged("lost");
    }
  }

  private static void lose(SluiceDataSource ds) throws SQLException {
    assertThat(ds.getConnection().isClosed()).isFalse();
  }

  @Test
  void loginRefused() {
    try (SluiceDataSource ds = app().user("nobody").build()) {
      Throwable failure = catchThrowable(ds::getConnection);

      assertThat(((SQLException) failure).getSQLState()).startsWith("28");
      assertQuoted("login", failure.getMessage());
    }
  }

  @Test
  void databaseDown() {
    String closedPort = "jdbc:postgresql://localhost:1/app";
    try (SluiceDataSource ds = app().url(closedPort).build()) {
      assertQuoted("down", catchThrowable(() -> ds.getConnection(shortly())).getMessage());
    }
    assertQuoted(
        "start",
        catchThrowable(() -> app().url(closedPort).startPolicy(StartPolicy.FAIL_FAST).build())
            .getMessage());
  }

  @Test
  void usedAfterClose() throws Exception {
    try (SluiceDataSource ds = app().build()) {
      Connection returned = ds.getConnection();
      returned.close();

      Throwable failure = catchThrowable(returned::createStatement);

      assertThat(((SQLException) failure).getSQLState()).isEqualTo("08003");
      assertQuoted("used", failure.getMessage());
    }
  }

  @Test
  void openTransaction() throws Exception {
    try (SluiceDataSource ds = app().openTransactionOnReturn(OpenTransaction.WARN).build()) {
      Connection held = ds.getConnection();
      held.setAutoCommit(false);
      runOn(held);
      held.close();
      Eventually.await(() -> !logged.isEmpty(), "it is logged");

      assertLogged("open");
    }
  }

  @Test
  void closeWithoutABorrower() throws Exception {
    SluiceDataSource ds = app().build();
    Connection held = ds.getConnection(AcquireOptions.DEFAULT.withTag("report"));
    runOn(held);

    List<LeaseInfo> cut = ds.close(Duration.ZERO);

    assertThat(cut).extracting(LeaseInfo::tag).containsExactly("report");
    assertThat(held.isClosed()).isTrue();
    assertLogged("cut");
  }

  @Test
  void toolsOfTheFirstMinutesWork() throws Exception {
    try (SluiceDataSource ds = app().maxSize(2).build();
        Connection stuck = ds.getConnection(AcquireOptions.DEFAULT.withTag("report"))) {

      // tag::look[]
      String everything = ds.dump(); // sizes, and each connection that is in use
      for (LeaseInfo lease : ds.leasesWithStacks()) { // stops each holder for a moment
        System.out.println(lease.tag() + " for " + lease.held() + ", " + lease.doing());
        lease.stack().forEach(frame -> System.out.println("    at " + frame));
      }
      for (ResourceInfo connection : ds.connections()) {
        System.out.println(connection.id() + " " + connection.state() + " " + connection.age());
      }
      // end::look[]
      // tag::health[]
      boolean serving = ds.isHealthy(); // within validationTimeout
      boolean servingSoon = ds.checkHealth(Duration.ofMillis(500));
      // end::health[]
      // tag::change[]
      ds.resize(2, 20); // at once; what is in use stays in use
      ds.reconfigure(options -> options.password("new").driverProperty("socketTimeout", "60"));
      ds.refresh(); // replaces every connection: idle ones now, the others when they return
      ds.refresh(Duration.ofMinutes(5)); // the same, one after the other, the last in 5 minutes
      // end::change[]
      // tag::suspend[]
      ds.suspend(); // callers wait, up to their timeouts
      try {
        // move the address of the database, run a migration, ...
      } finally {
        ds.resume();
      }
      // end::suspend[]
      // tag::evict[]
      boolean wasInUse = ds.evict(stuck); // ends this lease and closes the connection
      int old = ds.evictIdle(connection -> connection.age().toHours() >= 1); // idle ones, by a rule
      List<LeaseInfo> cut = ds.evictAll(); // all of them, and cuts the leases that are out
      // end::evict[]
      // tag::refreshWhen[]
      ds.refreshWhen(RefreshCheck.addressesOf("localhost"), Duration.ofSeconds(10));
      // end::refreshWhen[]

      assertThat(old).isZero();
      assertThat(cut).isEmpty();
      assertThat(everything).contains("report");
      assertThat(serving).isTrue();
      assertThat(servingSoon).isTrue();
      assertThat(wasInUse).isTrue();
      assertThat(ds.stats().maxSize()).isEqualTo(20);
    }
  }

  // ---- quotes

  private static String page() {
    try {
      return Files.readString(PAGE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertLogged(String name) {
    Pattern expected = expected(name);
    Eventually.await(
        () -> logged.stream().anyMatch(line -> expected.matcher(plain(line)).matches()),
        () -> PAGE + " quotes '" + name + "' as " + expected + "; logged is " + logged);
  }

  private static void assertQuoted(String name, String message) {
    assertThat(plain(message))
        .as("%s quotes '%s'; write what is seen today", PAGE, name)
        .matches(expected(name));
  }

  private static Pattern expected(String name) {
    Matcher quote = QUOTE.matcher(page());
    while (quote.find()) {
      if (quote.group(1).equals(name)) {
        return Pattern.compile(
            Stream.of(plain(quote.group(2)).split("…", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*")));
      }
    }
    throw new AssertionError(PAGE + " has no message " + name);
  }

  /** On one line, with figures alike. */
  private static String plain(String text) {
    return FIGURE.matcher(text.strip().replaceAll("\\s+", " ")).replaceAll("0");
  }
}
