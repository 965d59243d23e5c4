package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sluice.jdbc.PoolClosedException;
import dev.sluice.jdbc.PoolExhaustedException;
import dev.sluice.jdbc.SluiceDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.StatementCallback;
import org.springframework.jdbc.core.simple.SimpleJdbcInsert;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's JdbcTemplate and transactions. */
class SpringTest extends FrameworkTest {
  private static final String DEFAULT_READ = "SELECT COUNT(*) FROM book";

  private SluiceDataSource pool;
  private JdbcTemplate jdbc;
  private DataSourceTransactionManager transactions;

  private void openPool() {
    use(pool());
  }

  private void use(SluiceDataSource opened) {
    pool = opened;
    jdbc = new JdbcTemplate(opened);
    transactions = new DataSourceTransactionManager(opened);
    jdbc.execute("CREATE TABLE book (id INT PRIMARY KEY, title VARCHAR(100) NOT NULL)");
  }

  private TransactionTemplate transaction(int propagation) {
    TransactionTemplate template = new TransactionTemplate(transactions);
    template.setPropagationBehavior(propagation);
    return template;
  }

  private TransactionTemplate transaction() {
    return transaction(TransactionDefinition.PROPAGATION_REQUIRED);
  }

  private void insert(int id) {
    jdbc.update("INSERT INTO book (id, title) VALUES (?, ?)", id, "Book " + id);
  }

  private List<Integer> books() {
    return jdbc.queryForList("SELECT id FROM book ORDER BY id", Integer.class);
  }

  @Test
  void transactionCommitsAndAllItsWorkIsOnOneConnection() {
    openPool();

    transaction()
        .executeWithoutResult(
            status -> {
              insert(1);
              insert(2);
              assertThat(pool.stats().active()).isEqualTo(1);
              assertThat(books()).containsExactly(1, 2);
              assertThat(pool.stats().active()).isEqualTo(1);
            });

    assertThat(pool.stats().active()).isZero();
    assertThat(books()).containsExactly(1, 2);
  }

  @Test
  void exceptionAndMarkRollBack() {
    openPool();

    assertThatThrownBy(
            () ->
                transaction()
                    .executeWithoutResult(
                        status -> {
                          insert(1);
                          throw new IllegalStateException("no");
                        }))
        .isInstanceOf(IllegalStateException.class);
    transaction()
        .executeWithoutResult(
            status -> {
              insert(2);
              status.setRollbackOnly();
            });

    assertThat(books()).isEmpty();
  }

  @Test
  void requiresNewCommitsWhileTheOuterTransactionRollsBack() {
    openPool();
    TransactionTemplate inner = transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW);

    transaction()
        .executeWithoutResult(
            outer -> {
              insert(1);
              inner.executeWithoutResult(
                  status -> {
                    assertThat(pool.stats().active()).isEqualTo(2);
                    insert(2);
                  });
              assertThat(pool.stats().active()).isEqualTo(1);
              outer.setRollbackOnly();
            });

    assertThat(books()).containsExactly(2);
  }

  @Test
  void requiresNewBeyondThePoolFailsWithTheReasonAndRollsBack() {
    use(impatientPool(2));
    TransactionTemplate inner = transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW);

    assertThatThrownBy(
            () ->
                transaction()
                    .executeWithoutResult(
                        a -> {
                          insert(1);
                          inner.executeWithoutResult(b -> inner.executeWithoutResult(c -> {}));
                        }))
        .isInstanceOf(CannotCreateTransactionException.class)
        .cause()
        .isInstanceOf(PoolExhaustedException.class)
        .asInstanceOf(InstanceOfAssertFactories.type(SQLException.class))
        .returns("08001", SQLException::getSQLState);

    assertThat(books()).isEmpty();
  }

  @Test
  void nestedTransactionIsASavepoint() {
    openPool();
    TransactionTemplate nested = transaction(TransactionDefinition.PROPAGATION_NESTED);

    transaction()
        .executeWithoutResult(
            outer -> {
              insert(1);
              nested.executeWithoutResult(
                  status -> {
                    insert(2);
                    status.setRollbackOnly();
                  });
              nested.executeWithoutResult(status -> insert(3));
              assertThat(pool.stats().active()).isEqualTo(1);
            });

    assertThat(books()).containsExactly(1, 3);
  }

  @Test
  void readOnlyTransactionRefusesWritesAndTheNextOneDoesNot() {
    assumeThat(engine).as("H2 takes setReadOnly as a hint").isEqualTo(Engine.POSTGRESQL);
    use(pool(b -> b.maxSize(1)));
    TransactionTemplate readOnly = transaction();
    readOnly.setReadOnly(true);

    assertThatThrownBy(() -> readOnly.executeWithoutResult(status -> insert(1)))
        .isInstanceOf(DataAccessException.class)
        .hasRootCauseInstanceOf(SQLException.class)
        .hasStackTraceContaining("read-only transaction");
    insert(2);

    assertThat(readOnly.<List<Integer>>execute(status -> books())).containsExactly(2);
    transaction().executeWithoutResult(status -> insert(3));
    assertThat(books()).containsExactly(2, 3);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        Connection.TRANSACTION_READ_UNCOMMITTED,
        Connection.TRANSACTION_READ_COMMITTED,
        Connection.TRANSACTION_REPEATABLE_READ,
        Connection.TRANSACTION_SERIALIZABLE
      })
  void isolationHoldsForOneTransactionOnly(int level) {
    use(pool(b -> b.maxSize(1)));
    Integer before = isolation();
    TransactionTemplate isolated = transaction();
    isolated.setIsolationLevel(level);

    Integer within = isolated.execute(status -> isolation());

    assertThat(within).isEqualTo(level);
    assertThat(isolation()).isEqualTo(before);
  }

  private Integer isolation() {
    return jdbc.execute((ConnectionCallback<Integer>) Connection::getTransactionIsolation);
  }

  @Test
  void timeoutOfATransactionEndsItsQueryAndNobodyElses() {
    use(pool(b -> b.maxSize(1)));
    TransactionTemplate limited = transaction();
    limited.setTimeout(1);

    assertThatThrownBy(
            () ->
                limited.executeWithoutResult(
                    status -> jdbc.queryForList(engine.endlessQuery(), Integer.class)))
        .isInstanceOf(QueryTimeoutException.class)
        .hasRootCauseInstanceOf(SQLException.class);

    assertThat(jdbc.execute((StatementCallback<Integer>) Statement::getQueryTimeout)).isZero();
    assertThat(books()).isEmpty();
    assertThat(pool.stats().opened()).isEqualTo(1);
  }

  @Test
  void batchesInsertAndFailAsAWhole() {
    openPool();
    String sql = "INSERT INTO book (id, title) VALUES (?, ?)";

    int[] counts = jdbc.batchUpdate(sql, List.of(row(1), row(2), row(3)));
    assertThatThrownBy(
            () ->
                transaction()
                    .executeWithoutResult(
                        status -> jdbc.batchUpdate(sql, List.of(row(4), row(1), row(5)))))
        .isInstanceOf(DuplicateKeyException.class);

    assertThat(counts).containsExactly(1, 1, 1);
    assertThat(books()).containsExactly(1, 2, 3);
  }

  private static Object[] row(int id) {
    return new Object[] {id, "Book " + id};
  }

  @Test
  void exceptionsAreTranslatedAsTheDriversAre() {
    openPool();
    insert(1);

    assertThatThrownBy(() -> insert(1)).isInstanceOf(DuplicateKeyException.class);
    assertThatThrownBy(() -> jdbc.execute("SELEKT 1")).isInstanceOf(BadSqlGrammarException.class);

    assertThat(pool.stats().closedTotal()).isZero();
  }

  @Test
  void exhaustedPoolIsTold() throws SQLException {
    use(impatientPool(1));

    try (Connection held = pool.getConnection()) {
      assertThat(held.isClosed()).isFalse();
      assertThatThrownBy(this::books)
          .isInstanceOf(CannotGetJdbcConnectionException.class)
          .cause()
          .isInstanceOf(PoolExhaustedException.class)
          .asInstanceOf(InstanceOfAssertFactories.type(SQLException.class))
          .returns("08001", SQLException::getSQLState);
    }

    assertThat(books()).isEmpty();
  }

  @Test
  void closedPoolIsTold() {
    openPool();
    pool.close();

    assertThatThrownBy(this::books)
        .isInstanceOf(CannotGetJdbcConnectionException.class)
        .hasCauseInstanceOf(PoolClosedException.class);
  }

  @Test
  void connectionLostInATransactionIsReplaced() {
    assumeThat(engine).as("the server can end a session").isEqualTo(Engine.POSTGRESQL);
    openPool();

    assertThatThrownBy(
            () ->
                transaction()
                    .executeWithoutResult(
                        status -> {
                          insert(1);
                          jdbc.queryForList(
                              "SELECT pg_terminate_backend(pg_backend_pid())", Boolean.class);
                        }))
        .isInstanceOf(RuntimeException.class)
        .hasRootCauseInstanceOf(Exception.class);

    insert(2);
    assertThat(books()).containsExactly(2);
  }

  @Test
  void streamKeepsItsConnectionUntilItIsClosed() {
    openPool();
    insert(1);
    insert(2);

    try (Stream<Integer> ids =
        jdbc.queryForStream("SELECT id FROM book ORDER BY id", (row, n) -> row.getInt(1))) {
      assertThat(pool.stats().active()).isEqualTo(1);
      assertThat(ids).containsExactly(1, 2);
    }

    assertThat(pool.stats().active()).isZero();
  }

  @Test
  void metadataServesAnInsertThatAsksForItsColumns() {
    openPool();
    SimpleJdbcInsert insert = new SimpleJdbcInsert(jdbc).withTableName("book");

    int rows = insert.execute(Map.of("id", 1, "title", "A"));

    assertThat(rows).isEqualTo(1);
    assertThat(books()).containsExactly(1);
  }

  @Test
  void lazyProxyTakesNoConnectionForATransactionThatNeedsNone() {
    openPool();
    DataSourceTransactionManager lazily =
        new DataSourceTransactionManager(new LazyConnectionDataSourceProxy(pool));
    new TransactionTemplate(lazily).executeWithoutResult(status -> {}); // learns the defaults
    long before = pool.stats().acquired();

    new TransactionTemplate(lazily).executeWithoutResult(status -> {});

    assertThat(pool.stats().acquired()).isEqualTo(before);
  }

  @Test
  void connectionOfTheTransactionIsTheOneThatDataSourceUtilsGives() {
    openPool();

    transaction()
        .executeWithoutResult(
            status -> {
              Connection mine = DataSourceUtils.getConnection(pool);
              assertThat(DataSourceUtils.isConnectionTransactional(mine, pool)).isTrue();
              DataSourceUtils.releaseConnection(mine, pool);
              assertThat(jdbc.queryForObject(DEFAULT_READ, Integer.class)).isZero();
            });

    assertThat(pool.stats().active()).isZero();
  }
}
