package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.DatabaseUnavailableException;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.StallMeter;
import dev.sluice.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Row 39 of faults.md: what a caller is told when no connection can be set up. */
class SetUpFaultTest extends FaultTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** A database. */
  enum Server {
    POSTGRESQL(Databases::postgres),
    MARIADB(Databases::mariaDb),
    MYSQL(Databases::mySql);

    @SuppressWarnings("ImmutableEnumChecker") // a constant that keeps nothing
    private final Supplier<TestDatabase> databases;

    Server(Supplier<TestDatabase> databases) {
      this.databases = databases;
    }
  }

  /** The failure, which must not take as long as the timeout. */
  private static SQLException failsAtOnce(Server server, UnaryOperator<SluiceBuilder> mistake)
      throws Exception {
    try (TestDatabase database = server.databases.get();
        SluiceDataSource pool =
            mistake
                .apply(
                    Sluice.dataSource(database.url())
                        .user(database.user())
                        .password(database.password())
                        .acquireTimeout(TIMEOUT))
                .build()) {
      long start = System.nanoTime();

      SQLException failure = RestartFaultTest.failureOf(pool::getConnection);

      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isLessThan(TIMEOUT.dividedBy(2).plus(StallMeter.since(start)));
      return failure;
    }
  }

  @ParameterizedTest
  @EnumSource
  void mistakeInInitSqlIsNamedAtOnce(Server server) throws Exception {
    SQLException failure =
        failsAtOnce(server, b -> b.initSql("SELECT 1", "SELEC 'hidden' FROM nowhere"));

    assertThat((Throwable) failure)
        .isInstanceOf(DatabaseUnavailableException.class)
        .hasMessageContaining("initSql failed at \"SELEC")
        .hasMessageContaining("FROM nowhere\"");
    assertThat(failure.getSQLState()).startsWith("42");
  }

  @ParameterizedTest
  @EnumSource
  void mistakeInTheValidationQueryIsNamedAtOnce(Server server) throws Exception {
    SQLException failure = failsAtOnce(server, b -> b.validationQuery("SELECT * FROM nowhere"));

    assertThat((Throwable) failure)
        .isInstanceOf(DatabaseUnavailableException.class)
        .hasMessageContaining("validationQuery failed at \"SELECT * FROM nowhere\"");
  }

  /**
   * Something else than a mistake may end: the pool tries again until the caller's time is over.
   */
  @Test
  void failureOfInitSqlThatMayEndIsTriedAgain() throws Exception {
    try (TestDatabase database = Databases.postgres();
        SluiceDataSource pool =
            Sluice.dataSource(database.url())
                .user(database.user())
                .password(database.password())
                .initSql("SELECT 1 / (SELECT count(*) FROM pg_namespace WHERE nspname = 'w39')")
                .backoffMax(Duration.ofMillis(50))
                .acquireTimeout(TIMEOUT)
                .build()) {
      var caller = async(pool::getConnection);
      Eventually.await(() -> pool.stats().openFailures() > 2, "it is tried again");

      try (var admin = database.connect()) {
        Rig.run(admin, "CREATE SCHEMA w39");
      }

      result(caller).close();
    }
  }

  @Test
  void unknownHostIsNamedWithTheUrlAndWithoutSecrets() throws Exception {
    try (SluiceDataSource pool =
        Sluice.dataSource("jdbc:postgresql://db.sluice.invalid:5432/app?password=hidden")
            .user("app")
            .acquireTimeout(millis(700))
            .build()) {
      SQLException failure = Rig.refusal(pool, millis(700)).failure();

      assertThat((Throwable) failure)
          .hasMessageContaining("UnknownHostException: db.sluice.invalid")
          .hasMessageContaining("jdbc:postgresql://db.sluice.invalid:5432/app")
          .hasMessageNotContaining("hidden");
    }
  }

  @Test
  void serverWithoutRoomIsQuoted() throws Exception {
    try (Rig rig = Rig.postgres(b -> b.user("w39").password("w39-secret"))) {
      rig.asAdmin("CREATE ROLE w39 LOGIN PASSWORD 'w39-secret' CONNECTION LIMIT 0");
      try {
        SQLException failure = Rig.refusal(rig.pool, millis(700)).failure();

        assertThat(failure.getSQLState()).isEqualTo("53300");
        assertThat((Throwable) failure)
            .hasMessageContaining("too many connections for role \"w39\"");
      } finally {
        rig.pool.close(Duration.ZERO);
        rig.asAdmin("DROP ROLE w39");
      }
    }
  }
}
