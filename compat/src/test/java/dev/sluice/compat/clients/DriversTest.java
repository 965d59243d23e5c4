package dev.sluice.compat.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Java's drivers in front of the sidecar, in session and in transaction mode. */
class DriversTest {
  private static final long LIMIT_SECONDS = 60;
  private static final int ROUNDS = 8;

  static Stream<Arguments> driversInBothModes() {
    Map<String, Driver.Opener> drivers =
        Map.of(
            "pgjdbc", PgjdbcDriver::new,
            "r2dbc-postgresql", R2dbcDriver::new,
            "vertx-pg-client", VertxDriver::new);
    return drivers.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(
            driver ->
                Stream.of("session", "transaction")
                    .map(mode -> arguments(Named.of(driver.getKey(), driver.getValue()), mode)));
  }

  @ParameterizedTest
  @MethodSource("driversInBothModes")
  void queriesTransactionsAndErrorsPass(Driver.Opener opener, String mode) throws Exception {
    try (Front front = new Front(mode, 2);
        Driver driver = opener.open(front)) {
      assertThat(driver.ask("SELECT 40 + 2")).isEqualTo("42");
      assertThat(succeeds(driver, "CREATE TABLE notes(n int)")).isEmpty();

      driver.begin();
      assertThat(succeeds(driver, "INSERT INTO notes VALUES (1)")).isEmpty();
      driver.rollback();
      assertThat(driver.ask("SELECT count(*) FROM notes")).isEqualTo("0");
      driver.begin();
      assertThat(succeeds(driver, "INSERT INTO notes VALUES (2)")).isEmpty();
      driver.commit();
      assertThat(front.direct("SELECT sum(n) FROM notes")).isEqualTo("2");

      assertThat(succeeds(driver, "SELECT 1 / 0")).isEqualTo("22012");
      assertThat(succeeds(driver, "SELECT * FROM nowhere")).isEqualTo("42P01");
      assertThat(driver.ask("SELECT 'still here'")).isEqualTo("still here");
    }
  }

  private static String succeeds(Driver driver, String sql) throws Exception {
    return driver.attempt(sql).get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Both clients give their statements the same names; in transaction mode they share a server. */
  @ParameterizedTest
  @MethodSource("driversInBothModes")
  void preparedStatementsOfTwoClientsStayApart(Driver.Opener opener, String mode) throws Exception {
    int servers = mode.equals("session") ? 2 : 1;
    try (Front front = new Front(mode, servers);
        Driver one = opener.open(front);
        Driver other = opener.open(front)) {
      for (int i = 0; i < ROUNDS; i++) {
        assertThat(one.increment(i)).isEqualTo(i + 1);
        assertThat(other.ask("SELECT " + i)).isEqualTo("" + i);
        assertThat(other.increment(100 + i)).isEqualTo(101 + i);
      }
      assertThat(
              front.direct(
                  "SELECT count(*) FROM pg_stat_activity WHERE datname ="
                      + " current_database() AND pid <> pg_backend_pid()"))
          .isEqualTo("" + servers);
    }
  }

  static Stream<Arguments> driversWithCopy() {
    return driversInBothModes().filter(driver -> !driver.get()[0].toString().startsWith("vertx"));
  }

  @ParameterizedTest
  @MethodSource("driversWithCopy")
  void copyPasses(Driver.Opener opener, String mode) throws Exception {
    try (Front front = new Front(mode, 1);
        Driver driver = opener.open(front)) {
      assertThat(succeeds(driver, "CREATE TABLE notes(n int)")).isEmpty();

      assertThat(driver.copyIn("COPY notes FROM STDIN", "1\n2\n3\n")).isEqualTo(3);
      assertThat(driver.ask("SELECT sum(n) FROM notes")).isEqualTo("6");
    }
  }

  @ParameterizedTest
  @MethodSource("driversInBothModes")
  void cancelEndsTheQueryAndNothingElse(Driver.Opener opener, String mode) throws Exception {
    try (Front front = new Front(mode, 2);
        Driver driver = opener.open(front);
        Driver other = opener.open(front)) {
      CompletableFuture<String> sleeping = driver.attempt("SELECT pg_sleep(61)");
      front.awaitRunning("pg_sleep(61)");
      CompletableFuture<String> unharmed = other.attempt("SELECT pg_sleep(1)");
      driver.cancel();

      assertThat(sleeping.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo("57014");
      assertThat(unharmed.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEmpty();
      assertThat(driver.ask("SELECT 'still here'")).isEqualTo("still here");
    }
  }
}
