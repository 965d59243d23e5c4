package dev.sluice.jta;

import static dev.sluice.jta.Fixture.active;
import static dev.sluice.jta.Fixture.note;
import static dev.sluice.jta.Fixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Eventually;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** MariaDB in a transaction with PostgreSQL; its server follows the branch itself. */
class MariaDbTest {
  private final Fixture fixture = new Fixture();
  private final TransactionManager manager = fixture.manager;
  private final Servers.Database postgres = Servers.database(Servers.postgres());
  private final Servers.Database maria = Servers.database(Servers.mariaDb());
  private final JtaDataSource one = fixture.source(postgres);
  private final JtaDataSource two = fixture.source(maria);

  @AfterEach
  void close() throws Exception {
    manager.setTransactionTimeout(0);
    fixture.close();
  }

  private void assertNothingHappened() {
    assertThat(postgres.notes()).isZero();
    assertThat(maria.notes()).isZero();
    assertThat(maria.inDoubt()).isZero();
    assertThat(active(one)).isZero();
    assertThat(active(two)).isZero();
  }

  @Test
  void commitCommitsInBothAndTheConnectionServesAgain() throws Exception {
    for (int i = 0; i < 3; i++) {
      manager.begin();
      note(one, i);
      note(two, i);
      manager.commit();
    }

    assertThat(postgres.notes()).isEqualTo(3);
    assertThat(maria.notes()).isEqualTo(3);
    assertThat(two.pool().stats().size()).isEqualTo(1);
    try (Connection outside = two.getConnection()) {
      assertThat(outside.getAutoCommit()).isTrue();
      note(outside, 9);
    }
    assertThat(maria.notes()).isEqualTo(4);
  }

  @Test
  void rollbackRollsBackInBoth() throws Exception {
    manager.begin();
    note(one, 1);
    note(two, 1);

    manager.rollback();

    assertNothingHappened();
    assertThat(two.pool().stats().size()).isEqualTo(1);
  }

  @Test
  void singleBranchCommitsInOnePhase() throws Exception {
    manager.begin();
    note(two, 1);

    manager.commit();

    assertThat(maria.notes()).isEqualTo(1);
    assertThat(active(two)).isZero();
  }

  @Test
  void commitIsRefusedInside() throws Exception {
    manager.begin();
    try (Connection connection = two.getConnection();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> statement.execute("COMMIT")).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> connection.unwrap(Connection.class).commit())
          .isInstanceOf(SQLException.class);
      note(connection, 1);
    }

    manager.commit();

    assertThat(maria.notes()).isEqualTo(1);
  }

  @Test
  void statementThatRunsIsStoppedByTheTimeoutAndTheLeaseWaitsForItsBorrower() throws Exception {
    manager.setTransactionTimeout(1);
    manager.begin();
    Transaction transaction = manager.getTransaction();
    Connection connection = two.getConnection();
    int session = session(connection);
    note(connection, 1);

    try (Statement statement = connection.createStatement()) {
      assertThatThrownBy(
              () -> {
                statement.execute("SELECT SLEEP(100) FROM note");
                statement.execute("SELECT 1"); // KILL QUERY ends the sleep without an error
              })
          .isInstanceOf(SQLException.class);
    }

    Eventually.await(
        () -> transaction.getStatus() == Status.STATUS_ROLLEDBACK, "the reaper rolls it back");
    assertThat(active(two)).isEqualTo(1);
    connection.close();
    Eventually.await(() -> active(two) == 0, "the lease ends");
    assertNothingHappened();
    manager.suspend();
    try (Connection next = two.getConnection()) {
      assertThat(session(next)).isNotEqualTo(session);
    }
  }

  @Test
  void statementThatSlipsThroughAfterTheTimeoutIsNeverCommitted() throws Exception {
    manager.setTransactionTimeout(1);
    manager.begin();
    Transaction transaction = manager.getTransaction();
    Connection connection = two.getConnection();
    Connection driver = connection.unwrap(Connection.class);
    note(connection, 1);
    Eventually.await(
        () -> transaction.getStatus() == Status.STATUS_ROLLEDBACK, "the reaper rolls it back");
    Eventually.await(connection::isClosed, "the handle ends");

    note(driver, 2);

    assertThat(maria.notes()).isZero();
    connection.close();
    Eventually.await(() -> active(two) == 0, "the lease ends");
    assertThat(maria.notes()).isZero();
  }

  @Test
  void connectionThatBreaksWithinTheBranchRollsAllBackAndIsReplaced() throws Exception {
    manager.begin();
    note(one, 1);
    try (Connection connection = two.getConnection()) {
      note(connection, 1);
      maria.execute("KILL CONNECTION " + session(connection));
      assertThatThrownBy(() -> note(connection, 2)).isInstanceOf(SQLException.class);
    }

    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);

    Eventually.await(() -> maria.notes() == 0, "the server rolls back");
    assertNothingHappened();
    note(two, 3);
    assertThat(maria.notes()).isEqualTo(1);
  }

  @Test
  void connectionThatBreaksUnnoticedWithinTheBranchRollsAllBack() throws Exception {
    manager.begin();
    note(one, 1);
    try (Connection connection = two.getConnection()) {
      note(connection, 1);
      maria.execute("KILL CONNECTION " + session(connection));
    }

    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);

    Eventually.await(() -> maria.notes() == 0, "the server rolls back");
    assertNothingHappened();
  }

  @Test
  void sessionMayBeChangedByTheFirstCallOfABranch() throws Exception {
    manager.begin();
    try (Connection connection = two.getConnection()) {
      connection.setCatalog("mysql");
      connection.setCatalog(maria.name());
      note(connection, 1);
    }

    manager.commit();

    assertThat(maria.notes()).isEqualTo(1);
    assertThat(active(two)).isZero();
  }
}
