package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.TestDatabase;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What a borrower leaves on PostgreSQL, and what the next one finds. */
class PostgresSessionTest {
  private static TestDatabase database;

  @BeforeAll
  static void open() {
    database = Databases.postgres();
  }

  @AfterAll
  static void end() {
    database.close();
  }

  private interface Use {
    void of(Connection connection);
  }

  /** Lends the pool's one connection twice; returns what the second borrower sees. */
  private static String after(SluiceConnectionFactory pool, Use use, String question) {
    Connection first = Recorder.of(pool.create()).one();
    String backend = Postgres.query(first, "SELECT pg_backend_pid()");
    use.of(first);
    Recorder.await(first.close());
    Connection second = Recorder.of(pool.create()).one();
    String seen = Postgres.query(second, question);
    String sameBackend = Postgres.query(second, "SELECT pg_backend_pid()");
    Recorder.await(second.close());
    assertThat(sameBackend).as("the connection was cleaned, not replaced").isEqualTo(backend);
    return seen;
  }

  private static SluiceConnectionFactory one() {
    return Postgres.pool(database).maxSize(1).build();
  }

  @Test
  void noTransactionIsLeftOpenHoweverItWasBegun() {
    SluiceConnectionFactory pool = one();
    Connection setUp = Recorder.of(pool.create()).one();
    Postgres.run(setUp, "CREATE TABLE left_open (n int)");
    Recorder.await(setUp.close());
    String count = "SELECT count(*) || ' ' || (now() = statement_timestamp()) FROM left_open";
    String bySql =
        after(
            pool,
            c -> {
              Postgres.run(c, "BEGIN");
              Postgres.run(c, "INSERT INTO left_open VALUES (1)");
            },
            count);
    String byApi =
        after(
            pool,
            c -> {
              Mono.from(c.beginTransaction()).block();
              Postgres.run(c, "INSERT INTO left_open VALUES (2)");
            },
            count);
    String byMode =
        after(
            pool,
            c -> {
              Mono.from(c.setAutoCommit(false)).block();
              Postgres.run(c, "INSERT INTO left_open VALUES (3)");
            },
            count);
    pool.dispose();
    assertThat(bySql).isEqualTo("0 true");
    assertThat(byApi).isEqualTo("0 true");
    assertThat(byMode).isEqualTo("0 true");
  }

  @Test
  void isolationAndTimeoutsAreTheDatabasesOwnAgain() {
    SluiceConnectionFactory pool = one();
    String seen =
        after(
            pool,
            c -> {
              Mono.from(c.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE)).block();
              Mono.from(c.setLockWaitTimeout(Duration.ofSeconds(3))).block();
              Mono.from(c.setStatementTimeout(Duration.ofSeconds(4))).block();
            },
            "SELECT current_setting('default_transaction_isolation') || ' '"
                + " || current_setting('lock_timeout') || ' '"
                + " || current_setting('statement_timeout')");
    pool.dispose();
    assertThat(seen).isEqualTo("read committed 0 0");
  }

  @Test
  void timeoutsOfTheOptionsAreRestoredEvenAfterSql() {
    SluiceConnectionFactory pool =
        SluiceConnectionFactory.builder(
                Postgres.options(database, database.port())
                    .mutate()
                    .option(ConnectionFactoryOptions.LOCK_WAIT_TIMEOUT, Duration.ofSeconds(11))
                    .option(ConnectionFactoryOptions.STATEMENT_TIMEOUT, Duration.ofSeconds(12))
                    .build())
            .minSize(0)
            .maxSize(1)
            .build();
    String question =
        "SELECT current_setting('lock_timeout') || ' ' || current_setting('statement_timeout')";
    String byApi =
        after(pool, c -> Mono.from(c.setLockWaitTimeout(Duration.ofSeconds(3))).block(), question);
    String bySql = after(pool, c -> Postgres.run(c, "SET statement_timeout = '1s'"), question);
    pool.dispose();
    assertThat(byApi).isEqualTo("11s 12s");
    assertThat(bySql).isEqualTo("11s 12s");
  }

  @Test
  void settingsMadeBySqlAreUndone() {
    SluiceConnectionFactory pool = one();
    String path =
        after(
            pool,
            c -> Postgres.run(c, "SET search_path = pg_catalog"),
            "SELECT current_setting('search_path')");
    pool.dispose();
    assertThat(path).contains("public");
  }

  @Test
  void aWrongPasswordFailsAtOnceAsTheDriverWouldSayIt() {
    SluiceConnectionFactory pool =
        SluiceConnectionFactory.builder(
                Postgres.options(database, database.port())
                    .mutate()
                    .option(ConnectionFactoryOptions.USER, "nobody_of_that_name")
                    .build())
            .minSize(0)
            .build();
    Throwable failure = Recorder.of(pool.create()).error();
    pool.dispose();
    assertThat(failure)
        .isInstanceOfAny(
            R2dbcPermissionDeniedException.class,
            io.r2dbc.spi.R2dbcNonTransientResourceException.class)
        .hasMessageContaining("nobody_of_that_name");
  }

  @Test
  void connectionsAreDeliveredOnTheirOwnEventLoop() {
    SluiceConnectionFactory pool = one();
    Recorder<Connection> opened = Recorder.of(pool.create());
    Connection held = opened.one();
    Recorder<Connection> waiting = Recorder.of(pool.create());
    Recorder.await(held.close());
    Connection second = waiting.one();
    Recorder.await(second.close());
    Recorder<Connection> idle = Recorder.of(pool.create());
    Connection third = idle.one();
    Recorder.await(third.close());
    pool.dispose();
    assertThat(String.valueOf(opened.thread)).contains("reactor-tcp");
    assertThat(waiting.thread).isSameAs(opened.thread);
    assertThat(idle.thread).isSameAs(opened.thread);
  }
}
