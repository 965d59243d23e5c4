package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.CloseReason;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Connections that are acquired at their first statement. */
class LazyConnectionTest {
  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void transactionWithoutAStatementAcquiresNothing() throws SQLException {
    try (FakePool pool = new FakePool()) {
      try (Connection connection = pool.ds.lazy().getConnection()) {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        assertThat(connection.getAutoCommit()).isFalse();
        assertThat(connection.isReadOnly()).isTrue();
        assertThat((Throwable) connection.getWarnings()).isNull();
        connection.commit();
        connection.rollback();
        connection.setAutoCommit(true);
        assertThat(connection.isClosed()).isFalse();
        assertThat(connection).hasToString("LazyConnection[idle]");
      }

      assertThat(pool.ds.stats().acquired()).isZero();
      assertThat(pool.db.opened()).isZero();
    }
  }

  @Test
  void firstStatementAcquiresAndAppliesWhatWasSet() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      long before = pool.ds.stats().acquired();
      try (Connection connection = pool.ds.lazy().getConnection()) {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);

        execute(connection, "INSERT one");

        assertThat(pool.ds.stats().acquired() - before).isEqualTo(1);
        assertThat(pool.session().autoCommit()).isFalse();
        assertThat(pool.session().isolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
        assertThat(pool.db.calls("Connection.setTransactionIsolation")).hasSize(1);
        connection.commit();
        assertThat(pool.db.committed()).containsExactly("INSERT one");
      }
      assertThat(pool.ds.stats().active()).isZero();
    }
  }

  @Test
  void connectionThatWasClosedBeforeIsOfNoUse() throws SQLException {
    try (FakePool pool = new FakePool()) {
      Connection connection = pool.ds.lazy().getConnection();
      connection.close();
      connection.close();

      assertThat(connection.isClosed()).isTrue();
      assertThat(connection.isValid(1)).isFalse();
      assertThatThrownBy(connection::createStatement)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
      assertThat(pool.db.opened()).isZero();
    }
  }

  @Test
  void settingThatTheDriverRefusesGivesTheConnectionBack() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      pool.db.when("Connection.setReadOnly").at(1).then(Fault.fail("25001"));
      try (Connection connection = pool.ds.lazy().getConnection()) {
        connection.setReadOnly(true);

        assertThatThrownBy(connection::createStatement)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25001"));

        assertThat(pool.ds.stats().active()).isZero();
        execute(connection, "SELECT 1"); // tries again
      }
    }
  }

  @Test
  void exhaustedPoolIsToldAtTheFirstStatement() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.acquireTimeout(Duration.ofMillis(20)));
        Connection lazy = pool.ds.lazy().getConnection()) {
      try (Connection held = pool.ds.getConnection(Timing.LONG)) {
        assertThatThrownBy(lazy::createStatement).isInstanceOf(PoolExhaustedException.class);
        assertThat(held.isClosed()).isFalse();
      }
      execute(lazy, "SELECT 1");
    }
  }

  @Test
  void unwrappingAcquiresAndLeadsToTheLease() throws SQLException {
    try (FakePool pool = new FakePool();
        Connection connection = pool.ds.lazy().getConnection()) {
      assertThat(connection.unwrap(SluiceConnection.class)).isNotNull();
      assertThat(pool.ds.evict(connection)).isTrue();
      assertThat(connection.isClosed()).isTrue();
    }
  }

  @Test
  void closedPoolSaysSoAtOnce() throws SQLException {
    try (FakePool pool = new FakePool()) {
      DataSource lazy = pool.ds.lazy();
      pool.ds.close();

      assertThatThrownBy(lazy::getConnection).isInstanceOf(PoolClosedException.class);
    }
  }

  // Stale connections

  private static void breakNext(FakePool pool, String call) {
    pool.db.when(call).at(1).then(Fault.breakConnection("08006"));
  }

  private static void prepare(Connection connection) throws SQLException {
    try (Statement statement = connection.prepareStatement("SELECT one")) {
      assertThat(statement).isNotNull();
    }
  }

  @Test
  void connectionThatIsStaleWhenItIsSetUpIsReplaced() throws SQLException {
    try (FakePool pool = new FakePool().settle();
        Connection connection = pool.ds.lazy().getConnection()) {
      connection.setAutoCommit(false);
      breakNext(pool, "Connection.setAutoCommit");

      execute(connection, "INSERT one");
      connection.commit();

      assertThat(pool.db.committed()).containsExactly("INSERT one");
      assertThat(pool.db.opened()).isEqualTo(2);
      assertThat(pool.ds.stats().closed().get(CloseReason.BROKEN)).isEqualTo(1);
    }
  }

  @Test
  void connectionThatIsStaleWhenItPreparesIsReplaced() throws SQLException {
    try (FakePool pool = new FakePool().settle();
        Connection connection = pool.ds.lazy().getConnection()) {
      breakNext(pool, "Connection.prepareStatement");

      prepare(connection);

      assertThat(pool.db.opened()).isEqualTo(2);
    }
  }

  @Test
  void thirdStaleOneIsTheBorrowers() throws SQLException {
    try (FakePool pool = new FakePool().settle();
        Connection connection = pool.ds.lazy().getConnection()) {
      connection.setAutoCommit(false);
      pool.db.when("Connection.setAutoCommit").then(Fault.breakConnection("08006"));

      assertThatThrownBy(() -> execute(connection, "INSERT one"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08006"));

      assertThat(pool.db.opened()).isEqualTo(3);
    }
  }

  @Test
  void statementIsNeverRunTwice() throws SQLException {
    try (FakePool pool = new FakePool().settle();
        Connection connection = pool.ds.lazy().getConnection()) {
      breakNext(pool, "Statement.execute");

      assertThatThrownBy(() -> execute(connection, "INSERT one")).isInstanceOf(SQLException.class);

      assertThat(pool.db.calls("Statement.execute")).hasSize(1);
    }
  }

  @Test
  void onceAStatementWasPreparedNothingIsReplaced() throws SQLException {
    try (FakePool pool = new FakePool().settle();
        Connection connection = pool.ds.lazy().getConnection()) {
      prepare(connection);
      breakNext(pool, "Connection.prepareStatement");

      assertThatThrownBy(() -> prepare(connection)).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void failureOfAConnectionThatWorksIsTheBorrowers() throws SQLException {
    try (FakePool pool = new FakePool().settle();
        Connection connection = pool.ds.lazy().getConnection()) {
      pool.db.when("Connection.prepareStatement").at(1).then(Fault.fail("42601"));

      assertThatThrownBy(() -> prepare(connection)).isInstanceOf(SQLException.class);

      assertThat(pool.db.calls("Connection.prepareStatement")).hasSize(1);
    }
  }

  @Test
  void transactionThatFindsItsConnectionStaleBeginsOnAnother() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      breakNext(pool, "Connection.setAutoCommit");

      pool.ds.useTransaction(connection -> execute(connection, "INSERT one"));

      assertThat(pool.db.committed()).containsExactly("INSERT one");
      assertThat(pool.db.opened()).isEqualTo(2);
    }
  }

  @Test
  void workThatHasBegunIsNotRepeated() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      breakNext(pool, "Statement.execute");

      assertThatThrownBy(
              () -> pool.ds.useTransaction(connection -> execute(connection, "INSERT one")))
          .isInstanceOf(SQLException.class);

      assertThat(pool.db.calls("Statement.execute")).hasSize(1);
      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @Test
  void asynchronousTransactionFindsAnotherToo() throws Exception {
    try (FakePool pool = new FakePool().settle()) {
      breakNext(pool, "Connection.setAutoCommit");

      pool.ds
          .inTransactionAsync(
              TransactionOptions.DEFAULT,
              connection -> {
                execute(connection, "INSERT one");
                return true;
              },
              Runnable::run)
          .get(Timing.LONG.toMillis(), TimeUnit.MILLISECONDS);

      assertThat(pool.db.committed()).containsExactly("INSERT one");
      assertThat(pool.db.opened()).isEqualTo(2);
    }
  }
}
