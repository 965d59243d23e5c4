package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.TestDatabase;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.IsolationLevel;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What a borrower leaves on MariaDB, and what the next one finds. */
class MariaDbSessionTest {
  private static final String SETTINGS =
      "SELECT CONCAT(@@innodb_lock_wait_timeout = @@GLOBAL.innodb_lock_wait_timeout, ' ',"
          + " @@max_statement_time = @@GLOBAL.max_statement_time, ' ',"
          + " @@transaction_isolation = @@GLOBAL.transaction_isolation, ' ', @@autocommit = 1)";
  private static final String CLEAN = "1 1 1 1";

  private static TestDatabase database;

  @BeforeAll
  static void open() {
    database = Databases.mariaDb();
  }

  @AfterAll
  static void end() {
    database.close();
  }

  private static SluiceConnectionFactory one() {
    return SluiceConnectionFactory.builder(
            ConnectionFactoryOptions.builder()
                .option(ConnectionFactoryOptions.DRIVER, "mariadb")
                .option(ConnectionFactoryOptions.HOST, "localhost")
                .option(ConnectionFactoryOptions.PORT, database.port())
                .option(ConnectionFactoryOptions.DATABASE, database.name())
                .option(ConnectionFactoryOptions.USER, database.user())
                .option(ConnectionFactoryOptions.PASSWORD, database.password())
                .build())
        .minSize(0)
        .maxSize(1)
        .build();
  }

  /** Lends the pool's one connection twice; returns what the second borrower sees. */
  private static String after(Consumer<Connection> use, String question) {
    SluiceConnectionFactory pool = one();
    try {
      Connection first = Recorder.of(pool.create()).one();
      String session = Postgres.query(first, "SELECT CONNECTION_ID()");
      use.accept(first);
      assertThat(Postgres.query(first, SETTINGS)).as("the change is there").isNotEqualTo(CLEAN);
      Recorder.await(first.close());
      Connection second = Recorder.of(pool.create()).one();
      String seen = Postgres.query(second, question);
      assertThat(Postgres.query(second, "SELECT CONNECTION_ID()"))
          .as("the connection was cleaned, not replaced")
          .isEqualTo(session);
      Recorder.await(second.close());
      return seen;
    } finally {
      pool.dispose();
    }
  }

  @Test
  void timeoutsSetByTheInterfaceAreTheDatabasesOwnAgain() {
    String seen =
        after(
            c -> {
              Mono.from(c.setLockWaitTimeout(Duration.ofSeconds(3))).block();
              Mono.from(c.setStatementTimeout(Duration.ofSeconds(44))).block();
            },
            SETTINGS);

    assertThat(seen).isEqualTo(CLEAN);
  }

  @Test
  void timeoutsAndIsolationSetBySqlAreTheDatabasesOwnAgain() {
    String seen =
        after(
            c -> {
              Postgres.run(c, "SET SESSION innodb_lock_wait_timeout = 3");
              Postgres.run(c, "SET max_statement_time = 44");
              Postgres.run(c, "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE");
            },
            SETTINGS);

    assertThat(seen).isEqualTo(CLEAN);
  }

  @Test
  void isolationAndAutoCommitAreTheDatabasesOwnAgain() {
    String seen =
        after(
            c -> {
              Mono.from(c.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE)).block();
              Mono.from(c.setAutoCommit(false)).block();
            },
            SETTINGS);

    assertThat(seen).isEqualTo(CLEAN);
  }

  @Test
  void autoCommitSwitchedOffBySqlIsOnAgain() {
    assertThat(after(c -> Postgres.run(c, "SET autocommit = 0"), SETTINGS)).isEqualTo(CLEAN);
  }

  @Test
  void noTransactionIsLeftOpenHoweverItWasBegun() {
    SluiceConnectionFactory pool = one();
    Connection setUp = Recorder.of(pool.create()).one();
    Postgres.run(setUp, "CREATE TABLE left_open (n INT)");
    Recorder.await(setUp.close());

    Connection bySql = Recorder.of(pool.create()).one();
    Postgres.run(bySql, "START TRANSACTION");
    Postgres.run(bySql, "INSERT INTO left_open VALUES (1)");
    Recorder.await(bySql.close());
    Connection byApi = Recorder.of(pool.create()).one();
    Mono.from(byApi.beginTransaction()).block();
    Postgres.run(byApi, "INSERT INTO left_open VALUES (2)");
    Recorder.await(byApi.close());

    Connection next = Recorder.of(pool.create()).one();
    String seen =
        Postgres.query(
            next,
            "SELECT CONCAT(CAST(COUNT(*) AS CHAR), ' ', CAST(@@in_transaction AS CHAR)) FROM left_open");
    Recorder.await(next.close());
    pool.dispose();
    assertThat(seen).isEqualTo("0 0");
  }
}
