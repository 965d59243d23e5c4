package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FaultProxy;
import dev.sluice.testkit.FaultProxy.Accept;
import dev.sluice.testkit.StallMeter;
import dev.sluice.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Row 37 of faults.md: several hosts in a URL, the first one away; and logins without an answer.
 */
class HostsFaultTest extends FaultTest {
  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(4);

  /** A driver, and how it writes two hosts. */
  enum Driver {
    POSTGRESQL(Databases::postgres, "jdbc:postgresql://127.0.0.1:%d,127.0.0.1:%d/%s"),
    MARIADB(Databases::mariaDb, "jdbc:mariadb:sequential://127.0.0.1:%d,127.0.0.1:%d/%s"),
    MARIADB_ADDRESSES(
        Databases::mariaDb,
        "jdbc:mariadb:sequential://address=(host=127.0.0.1)(port=%d),address=(host=127.0.0.1)(port=%d)/%s"),
    MYSQL(Databases::mariaDb, "jdbc:mysql://127.0.0.1:%d,127.0.0.1:%d/%s?sslMode=DISABLED"),
    MYSQL_LIST(
        Databases::mariaDb,
        "jdbc:mysql://(host=127.0.0.1,port=%d),(host=127.0.0.1,port=%d)/%s?sslMode=DISABLED");

    @SuppressWarnings("ImmutableEnumChecker") // a constant that keeps nothing
    private final Supplier<TestDatabase> databases;

    private final String url;

    Driver(Supplier<TestDatabase> databases, String url) {
      this.databases = databases;
      this.url = url;
    }

    String url(TestDatabase database, int first, int second) {
      return url.formatted(first, second, database.name());
    }
  }

  static Stream<Arguments> driversAndFaults() {
    return Stream.of(Driver.values())
        .flatMap(
            driver ->
                Stream.of(Accept.SILENT, Accept.BACKLOG, Accept.REFUSE)
                    .map(how -> Arguments.of(driver, how)));
  }

  @ParameterizedTest
  @MethodSource("driversAndFaults")
  void knownBug52SecondHostServesWithinItsPartOfTheTime(Driver driver, Accept how)
      throws SQLException {
    assertSecondHostServes(driver, how, Map.of(), 0);
  }

  /** A read timeout that is meant for statements does not prolong the login at a silent host. */
  @ParameterizedTest
  @EnumSource(
      value = Driver.class,
      names = {"POSTGRESQL", "MARIADB", "MYSQL"})
  void knownBug52SecondHostServesThoughTheUserAllowsLongReads(Driver driver) throws SQLException {
    String long77 = driver == Driver.POSTGRESQL ? "77" : "77000";

    assertSecondHostServes(driver, Accept.SILENT, Map.of("socketTimeout", long77), 77_000);
  }

  private static void assertSecondHostServes(
      Driver driver, Accept how, Map<String, String> properties, int networkTimeout)
      throws SQLException {
    try (TestDatabase database = driver.databases.get();
        FaultProxy first = FaultProxy.before(database.port());
        FaultProxy second = FaultProxy.before(database.port())) {
      first.accepting(how);
      SluiceBuilder builder =
          Sluice.dataSource(driver.url(database, first.port(), second.port()))
              .user(database.user())
              .password(database.password())
              .minSize(0)
              .maxSize(2)
              .openTimeout(OPEN_TIMEOUT)
              .acquireTimeout(OPEN_TIMEOUT.multipliedBy(3));
      properties.forEach(builder::driverProperty);
      try (SluiceDataSource pool = builder.build()) {
        long start = System.nanoTime();

        try (Connection connection = pool.getConnection()) {
          Duration took = Duration.ofNanos(System.nanoTime() - start);

          assertThat(Rig.one(connection)).isEqualTo(1);
          assertThat(connection.getNetworkTimeout())
              .as("the login's limit is lifted")
              .isEqualTo(networkTimeout);
          assertThat(pool.stats().openFailures()).as("in the first attempt").isZero();
          assertThat(took).isLessThan(OPEN_TIMEOUT.plus(StallMeter.since(start)));
        }
      }
    }
  }

  /** What the user says is the user's: nothing is set beside it, and nothing lifted. */
  @ParameterizedTest
  @EnumSource(
      value = Driver.class,
      names = {"POSTGRESQL", "MYSQL"})
  void driverPropertiesOfTheUserStay(Driver driver) throws SQLException {
    try (TestDatabase database = driver.databases.get();
        SluiceDataSource pool =
            Sluice.dataSource(driver.url(database, database.port(), database.port()))
                .user(database.user())
                .password(database.password())
                .driverProperty("socketTimeout", driver == Driver.MYSQL ? "77000" : "77")
                .build();
        Connection connection = pool.getConnection()) {
      assertThat(connection.getNetworkTimeout()).isEqualTo(77_000);
    }
  }

  /** A server that accepts and stays silent: each login ends by itself, on a thread of the pool. */
  @ParameterizedTest
  @EnumSource(
      value = Driver.class,
      names = {"POSTGRESQL", "MARIADB", "MYSQL"})
  void knownBug49SilentServerCostsNoMoreThreadsThanPromised(Driver driver) throws Exception {
    int size = 2;
    try (TestDatabase database = driver.databases.get();
        FaultProxy proxy = FaultProxy.before(database.port())) {
      proxy.accepting(Accept.SILENT);
      Set<Thread> before = Thread.getAllStackTraces().keySet();
      try (SluiceDataSource pool =
          Sluice.dataSource(driver.url(database, proxy.port(), proxy.port()))
              .user(database.user())
              .password(database.password())
              .minSize(size)
              .maxSize(size)
              .openTimeout(Duration.ofSeconds(2))
              .backoffMin(Duration.ofMillis(5))
              .backoffMax(Duration.ofMillis(50))
              .acquireTimeout(Duration.ofSeconds(10))
              .closeTimeout(Duration.ofSeconds(1))
              .build()) {
        var caller = async(() -> RestartFaultTest.failureOf(pool::getConnection));
        int most = 0;
        while (!caller.isDone()) {
          most = Math.max(most, threadsSince(before).size());
          betweenSamples();
        }

        assertThat(pool.stats().openFailures()).as("attempts").isGreaterThan(1);
        assertThat(most)
            .as("the keeper, the workers, one of them for the log: " + threadsSince(before))
            .isLessThanOrEqualTo(2 + 2 * size);
      }
      Eventually.await(
          () -> threadsSince(before).isEmpty(), () -> "nothing is left: " + threadsSince(before));
    }
  }

  /** Threads that the pool or the driver started. */
  private static List<String> threadsSince(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread) && thread.isAlive())
        .map(Thread::getName)
        .filter(name -> !name.startsWith("testkit") && !name.startsWith("stall"))
        .filter(name -> !name.contains("mysql-cj-abandoned") && !name.startsWith("ForkJoin"))
        .toList();
  }
}
