package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.DatabaseUnavailableException;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.testkit.CallRecord;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** What Spring costs the driver through Sluice, and what it hears when there is no database. */
class SpringOnFakeDriverTest {
  private static final String CLEAR_WARNINGS = "Connection.clearWarnings";

  private final FakeDatabase db = FakeDatabase.create();
  private final Ledger ledger = new Ledger();

  @AfterEach
  void closeDatabase() {
    db.close();
  }

  /** A pool of one, that calls the driver for nothing but what its borrower does. */
  private SluiceDataSource quietPool(Duration acquireTimeout) {
    return Sluice.dataSource(db.url())
        .name("fake")
        .user("app")
        .password("right")
        .minSize(0)
        .maxSize(1)
        .acquireTimeout(acquireTimeout)
        .validateAfterIdle(Duration.ofHours(1))
        .healthCheckInterval(Duration.ZERO)
        .keepaliveInterval(Duration.ZERO)
        .resumeGuard(false)
        .listener(ledger)
        .build();
  }

  private static void transact(DataSource dataSource, boolean special) {
    TransactionTemplate template =
        new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    if (special) {
      template.setReadOnly(true);
      template.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
    }
    JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    template.executeWithoutResult(
        status -> {
          select(jdbc);
          select(jdbc);
        });
  }

  private static List<Integer> select(JdbcTemplate jdbc) {
    return jdbc.query("SELECT 1", (row, n) -> row.getInt(1));
  }

  /** The calls that the second of two equal transactions makes. */
  private List<String> callsOfSecond(DataSource dataSource, boolean special) {
    transact(dataSource, special);
    long first = db.callCount();
    transact(dataSource, special);
    return db.calls().stream()
        .filter(call -> call.number() > first)
        .map(CallRecord::method)
        .toList();
  }

  /** The same without a pool, less what Spring's data source of one connection asks for itself. */
  private List<String> callsOnBareConnection(boolean special) throws SQLException {
    SingleConnectionDataSource bare = new SingleConnectionDataSource(db.connect(), true);
    try {
      return without("Connection.isClosed", callsOfSecond(bare, special));
    } finally {
      bare.destroy();
    }
  }

  private static List<String> without(String method, List<String> calls) {
    return calls.stream().filter(call -> !call.equals(method)).toList();
  }

  /** The pool's only call of its own is local: it drops the warnings that the last lease left. */
  private static void assertSameBut(List<String> pooled, List<String> bare) {
    assertThat(pooled).containsOnlyOnce(CLEAR_WARNINGS);
    assertThat(without(CLEAR_WARNINGS, pooled)).isEqualTo(bare);
  }

  @Test
  void transactionCostsTheDriverWhatItCostsOnABareConnection() throws SQLException {
    List<String> bare = callsOnBareConnection(false);
    SluiceDataSource pool = quietPool(Timing.LONG);

    List<String> pooled = callsOfSecond(pool, false);

    assertThat(bare).contains("Connection.commit");
    assertSameBut(pooled, bare);
    assertThat(pooled).filteredOn("Connection.setAutoCommit"::equals).hasSize(2);
    assertThat(ledger.cleaned()).isZero();
    ledger.close(pool);
  }

  @Test
  void readOnlySerializableTransactionCostsNoMoreEither() throws SQLException {
    List<String> bare = callsOnBareConnection(true);
    SluiceDataSource pool = quietPool(Timing.LONG);

    List<String> pooled = callsOfSecond(pool, true);

    assertThat(bare).contains("Connection.setReadOnly", "Connection.setTransactionIsolation");
    assertSameBut(pooled, bare);
    assertThat(ledger.cleaned()).isZero();
    ledger.close(pool);
  }

  @Test
  void databaseThatIsDownIsToldWithItsOwnStateAndServesAgainAfterwards() {
    SluiceDataSource pool = quietPool(Timing.SMALL);
    JdbcTemplate jdbc = new JdbcTemplate(pool);
    db.refuseConnections();
    awaitFailure(pool);

    assertThatThrownBy(() -> select(jdbc))
        .isInstanceOf(CannotGetJdbcConnectionException.class)
        .hasStackTraceContaining("Connection refused")
        .cause()
        .isInstanceOf(DatabaseUnavailableException.class)
        .asInstanceOf(InstanceOfAssertFactories.type(SQLException.class))
        .returns("08001", SQLException::getSQLState);
    db.comeUp();
    assertThat(pool.checkHealth(Timing.LONG)).isTrue();

    assertThat(select(jdbc)).containsExactly(1);
    ledger.close(pool);
  }

  /** So that the short timeout is not spent on finding out. */
  private static void awaitFailure(SluiceDataSource pool) {
    CompletableFuture<Connection> first =
        pool.getConnectionAsync(AcquireOptions.DEFAULT.withTimeout(Timing.LONG));
    Eventually.await(() -> pool.stats().openFailures() > 0, "an open has failed");
    first.cancel(false);
  }

  @Test
  void wrongPasswordIsToldAsWhatItIs() {
    db.requireLogin("app", "another");
    SluiceDataSource pool = quietPool(Timing.LONG);
    JdbcTemplate jdbc = new JdbcTemplate(pool);

    assertThatThrownBy(() -> select(jdbc))
        .isInstanceOf(CannotGetJdbcConnectionException.class)
        .cause()
        .isInstanceOf(DatabaseUnavailableException.class)
        .asInstanceOf(InstanceOfAssertFactories.type(SQLException.class))
        .returns("28P01", SQLException::getSQLState);

    pool.close();
  }
}
