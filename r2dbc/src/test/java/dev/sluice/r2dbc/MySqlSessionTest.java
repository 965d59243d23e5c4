package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.TestDatabase;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.IsolationLevel;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What a borrower leaves on MariaDB, through either driver, and what the next one finds: each kind
 * of state, and each way of ending the lease.
 */
class MySqlSessionTest {
  private static final String SETTINGS =
      "SELECT CONCAT(@@innodb_lock_wait_timeout = @@GLOBAL.innodb_lock_wait_timeout, ' ',"
          + " @@max_statement_time = @@GLOBAL.max_statement_time, ' ',"
          + " @@transaction_isolation = @@GLOBAL.transaction_isolation, ' ', @@autocommit = 1, ' ',"
          + " @@transaction_read_only = 0, ' ', @@in_transaction = 0)";
  private static final String CLEAN = "1 1 1 1 1 1";
  private static final String COUNT = "SELECT COUNT(*) FROM left_open";

  private static TestDatabase database;

  /** It holds a row that it never commits. */
  private static java.sql.Connection beside;

  @BeforeAll
  static void open() throws SQLException {
    database = Databases.mariaDb();
    beside = DriverManager.getConnection(database.url(), database.user(), database.password());
    try (java.sql.Statement statement = beside.createStatement()) {
      statement.execute("CREATE TABLE left_open (n INT)");
      beside.setAutoCommit(false);
      statement.execute("INSERT INTO left_open VALUES (0)");
    }
  }

  @AfterAll
  static void end() throws SQLException {
    beside.close();
    database.close();
  }

  private enum Driver {
    MARIADB,
    MYSQL;

    SluiceConnectionFactoryBuilder pool() {
      return SluiceConnectionFactory.builder(options().build()).minSize(0).maxSize(1);
    }

    SluiceConnectionFactoryBuilder poolWithTimeouts() {
      return SluiceConnectionFactory.builder(
              options()
                  .option(ConnectionFactoryOptions.LOCK_WAIT_TIMEOUT, Duration.ofSeconds(11))
                  .option(ConnectionFactoryOptions.STATEMENT_TIMEOUT, Duration.ofSeconds(12))
                  .build())
          .minSize(0)
          .maxSize(1);
    }

    private ConnectionFactoryOptions.Builder options() {
      return ConnectionFactoryOptions.builder()
          .option(ConnectionFactoryOptions.DRIVER, name().toLowerCase(Locale.ROOT))
          .option(ConnectionFactoryOptions.HOST, "localhost")
          .option(ConnectionFactoryOptions.PORT, database.port())
          .option(ConnectionFactoryOptions.DATABASE, database.name())
          .option(ConnectionFactoryOptions.USER, database.user())
          .option(ConnectionFactoryOptions.PASSWORD, database.password());
    }
  }

  /** What a borrower leaves. */
  @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
  private enum State {
    AUTO_COMMIT(c -> Mono.from(c.setAutoCommit(false)).block()),
    AUTO_COMMIT_BY_SQL("SET autocommit = 0"),
    ISOLATION(
        c -> Mono.from(c.setTransactionIsolationLevel(IsolationLevel.READ_UNCOMMITTED)).block()),
    ISOLATION_BY_SQL("SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"),
    ISOLATION_OF_THE_NEXT("SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"),
    READ_ONLY_BY_SQL("SET SESSION TRANSACTION READ ONLY"),
    READ_ONLY_OF_THE_NEXT("SET TRANSACTION READ ONLY"),
    LOCK_TIMEOUT(c -> Mono.from(c.setLockWaitTimeout(Duration.ofSeconds(3))).block()),
    LOCK_TIMEOUT_BY_SQL("SET SESSION innodb_lock_wait_timeout = 3"),
    LOCK_TIMEOUT_BY_SET_LOCAL("SET LOCAL innodb_lock_wait_timeout = 3"),
    LOCK_TIMEOUT_BY_VARIABLE("SET @@innodb_lock_wait_timeout = 3"),
    STATEMENT_TIMEOUT(c -> Mono.from(c.setStatementTimeout(Duration.ofSeconds(44))).block()),
    STATEMENT_TIMEOUT_BY_SQL("SET max_statement_time = 44"),
    STATEMENT_TIMEOUT_BY_COMMENT("/*! SET max_statement_time = 44 */"),
    TRANSACTION(
        c -> {
          Mono.from(c.beginTransaction()).block();
          Postgres.run(c, "INSERT INTO left_open VALUES (1)");
        }),
    TRANSACTION_WITH_ISOLATION(
        c -> Mono.from(c.beginTransaction(IsolationLevel.READ_UNCOMMITTED)).block()),
    TRANSACTION_BY_SQL("START TRANSACTION", "INSERT INTO left_open VALUES (1)"),
    TRANSACTION_BY_HASH_COMMENT("# why\nBEGIN", "INSERT INTO left_open VALUES (1)"),
    TRANSACTION_BY_CHAIN("BEGIN", "COMMIT AND CHAIN", "INSERT INTO left_open VALUES (1)"),
    TRANSACTION_WITHOUT_AUTO_COMMIT("SET autocommit = 0", "INSERT INTO left_open VALUES (1)"),
    TRANSACTION_IN_TRANSACTION(
        c -> {
          Mono.from(c.setAutoCommit(false)).block();
          Mono.from(c.beginTransaction()).block();
          Postgres.run(c, "INSERT INTO left_open VALUES (1)");
        }),
    ALL(
        c -> {
          Mono.from(c.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE)).block();
          Mono.from(c.setLockWaitTimeout(Duration.ofSeconds(3))).block();
          Mono.from(c.setStatementTimeout(Duration.ofSeconds(44))).block();
          Mono.from(c.setAutoCommit(false)).block();
          Postgres.run(c, "INSERT INTO left_open VALUES (1)");
        });

    final Consumer<Connection> make;

    State(Consumer<Connection> make) {
      this.make = make;
    }

    State(String... statements) {
      this(c -> Arrays.stream(statements).forEach(sql -> Postgres.run(c, sql)));
    }
  }

  /** What a borrower does last. */
  @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
  private enum End {
    CLOSE(c -> {}, true),
    CLOSE_AFTER_A_FAILURE(
        c ->
            assertThatThrownBy(() -> Postgres.run(c, "SELECT * FROM nowhere"))
                .isInstanceOf(io.r2dbc.spi.R2dbcException.class),
        true),
    CANCEL_AND_CLOSE(
        c ->
            Flux.from(c.createStatement("SELECT seq FROM seq_1_to_5000").execute())
                .flatMap(result -> result.map((row, meta) -> row.get(0)))
                .take(1)
                .blockLast(),
        false),
    CLOSE_WHILE_A_STATEMENT_RUNS(
        c -> Recorder.of(c.createStatement("SELECT SLEEP(0.05)").execute()), false);

    final Consumer<Connection> last;

    /** Whether the driver surely keeps the connection usable. */
    final boolean orderly;

    End(Consumer<Connection> last, boolean orderly) {
      this.last = last;
      this.orderly = orderly;
    }
  }

  static Stream<Arguments> sweep() {
    return Stream.of(Driver.values())
        .flatMap(driver -> Stream.of(End.values()).map(end -> Arguments.of(driver, end)));
  }

  @ParameterizedTest
  @MethodSource("sweep")
  void nextBorrowerFindsTheDatabasesOwnState(Driver driver, End end) {
    SluiceConnectionFactory pool = driver.pool().build();
    try {
      SoftAssertions all = new SoftAssertions();
      for (State state : State.values()) {
        all.assertThatCode(() -> assertCleanAfter(pool, state, end))
            .as("%s", state)
            .doesNotThrowAnyException();
      }
      all.assertAll();
    } finally {
      pool.dispose();
    }
  }

  private static void assertCleanAfter(SluiceConnectionFactory pool, State state, End end) {
    Connection first = Recorder.of(pool.create()).one();
    String session;
    try {
      session = Postgres.query(first, "SELECT CONNECTION_ID()");
      state.make.accept(first);
      end.last.accept(first);
    } finally {
      Recorder.await(first.close());
    }

    Connection second = Recorder.of(pool.create()).one();
    try {
      assertThat(Postgres.query(second, SETTINGS)).isEqualTo(CLEAN);
      if (end.orderly) {
        assertThat(Postgres.query(second, "SELECT CONNECTION_ID()"))
            .as("the connection was cleaned, not replaced")
            .isEqualTo(session);
      }
      assertNextTransactionIsOrdinary(second);
    } finally {
      Recorder.await(second.close());
    }
  }

  /** It sees nothing that is not committed, and may write. */
  private static void assertNextTransactionIsOrdinary(Connection connection) {
    Mono.from(connection.beginTransaction()).block();
    assertThat(Postgres.query(connection, COUNT)).isEqualTo("0");
    Postgres.run(connection, "INSERT INTO left_open VALUES (2)");
    Mono.from(connection.rollbackTransaction()).block();
  }

  @ParameterizedTest
  @EnumSource
  void timeoutsOfTheOptionsAreRestored(Driver driver) {
    SluiceConnectionFactory pool = driver.poolWithTimeouts().build();
    String question = "SELECT CONCAT(@@innodb_lock_wait_timeout, ' ', @@max_statement_time)";
    try {
      Connection first = Recorder.of(pool.create()).one();
      assertThat(Postgres.query(first, question)).isEqualTo("11 12.000000");
      State.LOCK_TIMEOUT.make.accept(first);
      State.STATEMENT_TIMEOUT_BY_SQL.make.accept(first);
      Recorder.await(first.close());

      Connection second = Recorder.of(pool.create()).one();

      assertThat(Postgres.query(second, question)).isEqualTo("11 12.000000");
      Recorder.await(second.close());
    } finally {
      pool.dispose();
    }
  }

  @ParameterizedTest
  @EnumSource
  void leaseThatIsTakenBackLeavesNothing(Driver driver) {
    SluiceConnectionFactory pool =
        driver.pool().leakThreshold(Duration.ofMillis(200)).leakReclaim(true).build();
    try {
      Connection first = Recorder.of(pool.create()).one();
      State.ALL.make.accept(first);

      Connection second = Recorder.of(pool.create()).one(); // waits for the leak's end

      assertThat(Postgres.query(second, SETTINGS)).isEqualTo(CLEAN);
      assertNextTransactionIsOrdinary(second);
      Recorder.await(second.close());
    } finally {
      pool.dispose();
    }
  }
}
