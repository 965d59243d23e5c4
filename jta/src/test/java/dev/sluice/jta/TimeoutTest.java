package dev.sluice.jta;

import static dev.sluice.jta.Fixture.active;
import static dev.sluice.jta.Fixture.note;
import static dev.sluice.jta.Fixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.Eventually;
import jakarta.transaction.Status;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Transactions that another thread completes: by a timeout, or because it resumed them. */
class TimeoutTest {
  private final Fixture fixture = new Fixture();
  private final TransactionManager manager = fixture.manager;
  private final Servers.Database database = Servers.database(Servers.postgres());
  private final JtaDataSource source =
      fixture.source(
          database, builder -> builder.pool(pool -> Fixture.login(pool, database).maxSize(1)));

  @AfterEach
  void close() throws Exception {
    manager.setTransactionTimeout(0);
    fixture.close();
  }

  private static <T> T onAnotherThread(Callable<T> work) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "another");
    thread.start();
    return task.get(60, TimeUnit.SECONDS);
  }

  private Transaction beginWithASecond() throws Exception {
    manager.setTransactionTimeout(1);
    manager.begin();
    return manager.getTransaction();
  }

  private static void awaitRolledBack(Transaction transaction) {
    Eventually.await(
        () -> transaction.getStatus() == Status.STATUS_ROLLEDBACK, "the reaper rolls it back");
  }

  @Test
  void leaseThatATimeoutCutIsNotLentUntilItsBorrowerHasLetGo() throws Exception {
    Transaction transaction = beginWithASecond();
    Connection connection = source.getConnection();
    int session = session(connection);
    note(connection, 1);

    awaitRolledBack(transaction);

    Eventually.await(connection::isClosed, "the handle ends");
    SluiceDataSource pool = (SluiceDataSource) source.pool();
    assertThat(active(source)).isEqualTo(1);
    assertThat(pool.tryConnection()).isEmpty();
    connection.close();
    manager.suspend();
    try (Connection next = source.getConnection()) {
      assertThat(session(next)).isNotEqualTo(session);
      assertThat(database.notes()).isZero();
    }
  }

  @Test
  void callAfterATimeoutSaysWhatHappened() throws Exception {
    Transaction transaction = beginWithASecond();
    Connection connection = source.getConnection();
    Statement statement = connection.createStatement();
    awaitRolledBack(transaction);
    Eventually.await(connection::isClosed, "the handle ends");

    assertThatThrownBy(() -> statement.execute("INSERT INTO note VALUES (1, 'x')"))
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(connection::createStatement)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo("08003");
              assertThat(e.getCause()).hasMessageContaining("time was up");
              assertThat(((SQLException) e.getCause()).getSQLState()).isEqualTo("40000");
            });

    connection.close();
    assertThat(database.notes()).isZero();
  }

  @Test
  void statementThatRunsIsStoppedByTheTimeout() throws Exception {
    Transaction transaction = beginWithASecond();
    Connection connection = source.getConnection();
    note(connection, 1);

    try (Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("SELECT pg_sleep(100)"))
          .isInstanceOf(SQLException.class);
    }

    awaitRolledBack(transaction);
    connection.close();
    Eventually.await(() -> active(source) == 0, "the lease ends");
    assertThat(database.notes()).isZero();
    assertThat(
            database.number(
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state"
                    + " = 'active'"))
        .isZero();
  }

  /** As if the borrower had passed its check just before the timeout came. */
  @Test
  void statementThatSlipsThroughAfterTheTimeoutIsNeverCommitted() throws Exception {
    Transaction transaction = beginWithASecond();
    Connection connection = source.getConnection();
    Connection driver = connection.unwrap(Connection.class);
    note(connection, 1);
    awaitRolledBack(transaction);
    Eventually.await(connection::isClosed, "the handle ends");

    note(driver, 2);

    assertThat(database.notes()).isZero();
    connection.close();
    Eventually.await(() -> active(source) == 0, "the lease ends");
    assertThat(database.notes()).isZero();
  }

  @Test
  void connectionThatItsBorrowerHadClosedGoesBackByTheTimeout() throws Exception {
    Transaction transaction = beginWithASecond();
    int session;
    try (Connection connection = source.getConnection()) {
      session = session(connection);
      note(connection, 1);
    }

    awaitRolledBack(transaction);

    Eventually.await(() -> active(source) == 0, "the lease ends");
    manager.suspend();
    try (Connection next = source.getConnection()) {
      assertThat(session(next)).isEqualTo(session);
      assertThat(next.getAutoCommit()).isTrue();
    }
    assertThat(database.notes()).isZero();
  }

  @Test
  void transactionThatTimedOutGivesOutNoConnection() throws Exception {
    Transaction transaction = beginWithASecond();
    note(source, 1);
    awaitRolledBack(transaction);

    assertThatThrownBy(manager::commit).isInstanceOf(Exception.class);
    assertThat(database.notes()).isZero();
  }

  // Suspended, and resumed by another thread

  @Test
  void suspendedTransactionKeepsItsConnectionAndAnotherOneGetsItsOwn() throws Exception {
    JtaDataSource two = fixture.source(database);
    manager.begin();
    Connection outer = two.getConnection();
    note(outer, 1);
    Transaction suspended = manager.suspend();

    manager.begin();
    try (Connection inner = two.getConnection()) {
      assertThat(session(inner)).isNotEqualTo(session(outer));
      note(inner, 2);
    }
    manager.rollback();
    manager.resume(suspended);
    note(two, 3);
    manager.commit();

    assertThat(database.notes()).isEqualTo(2);
    assertThat(active(two)).isZero();
  }

  @Test
  void transactionCommitsOnAnotherThreadThanItWorkedOn() throws Exception {
    manager.begin();
    note(source, 1);
    Transaction suspended = manager.suspend();

    onAnotherThread(
        () -> {
          manager.resume(suspended);
          note(source, 2);
          manager.commit();
          return null;
        });

    assertThat(database.notes()).isEqualTo(2);
    assertThat(active(source)).isZero();
    assertThat(source.pool().stats().size()).isEqualTo(1);
  }

  @Test
  void leaseThatAnotherThreadCompletedIsNotLentUntilItsBorrowerHasLetGo() throws Exception {
    manager.begin();
    Connection open = source.getConnection();
    note(open, 1);
    Transaction suspended = manager.suspend();

    onAnotherThread(
        () -> {
          manager.resume(suspended);
          manager.commit();
          return null;
        });

    assertThat(database.notes()).isEqualTo(1);
    assertThat(open.isClosed()).isTrue();
    assertThat(active(source)).isEqualTo(1);
    open.close();
    Eventually.await(() -> active(source) == 0, "the lease ends");
  }

  @Test
  void twoThreadsOfATransactionShareOneConnection() throws Exception {
    manager.begin();
    Transaction shared = manager.getTransaction();
    FutureTask<Integer> other =
        new FutureTask<>(
            () -> {
              manager.resume(shared);
              try (Connection connection = source.getConnection()) {
                return session(connection);
              } finally {
                manager.suspend();
              }
            });
    Thread thread = new Thread(other, "other");
    thread.start();

    int here;
    try (Connection connection = source.getConnection()) {
      here = session(connection);
    }

    assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo(here);
    manager.commit();
    assertThat(active(source)).isZero();
  }
}
