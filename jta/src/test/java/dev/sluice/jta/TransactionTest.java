package dev.sluice.jta;

import static dev.sluice.jta.Fixture.active;
import static dev.sluice.jta.Fixture.note;
import static dev.sluice.jta.Fixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** Transactions over two databases of PostgreSQL, under Narayana. */
class TransactionTest {
  private final Fixture fixture = new Fixture();
  private final TransactionManager manager = fixture.manager;
  private final Servers.Database first = Servers.database(Servers.postgres());
  private final Servers.Database second = Servers.database(Servers.postgres());
  private final JtaDataSource one = fixture.source(first);
  private final JtaDataSource two = fixture.source(second);

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  @Test
  void commitCommitsInBothDatabasesAndReturnsTheConnections() throws Exception {
    manager.begin();
    note(one, 1);
    note(two, 1);
    assertThat(first.notes()).isZero();
    assertThat(one.pool().stats().active()).isEqualTo(1);

    manager.commit();

    assertThat(first.notes()).isEqualTo(1);
    assertThat(second.notes()).isEqualTo(1);
    assertThat(one.pool().stats().active()).isZero();
    assertThat(two.pool().stats().active()).isZero();
    assertThat(one.pool().stats().size()).isEqualTo(1);
  }

  @Test
  void rollbackRollsBackInBothDatabases() throws Exception {
    manager.begin();
    note(one, 1);
    note(two, 1);

    manager.rollback();

    assertThat(first.notes()).isZero();
    assertThat(second.notes()).isZero();
    assertThat(one.pool().stats().active()).isZero();
    assertThat(one.pool().stats().size()).isEqualTo(1);
  }

  @Test
  void allHandlesOfATransactionLeadToTheSameConnection() throws Exception {
    manager.begin();
    Connection outer = one.getConnection();
    int session = session(outer);

    Connection inner = one.getConnection();
    assertThat(session(inner)).isEqualTo(session);
    inner.close();

    assertThat(inner.isClosed()).isTrue();
    assertThat(outer.isClosed()).isFalse();
    assertThat(session(outer)).isEqualTo(session);
    assertThat(one.pool().stats().active()).isEqualTo(1);
  }

  @Test
  void closingAHandleClosesItsStatementsAndNoOthers() throws Exception {
    manager.begin();
    Connection outer = one.getConnection();
    PreparedStatement its = outer.prepareStatement("SELECT 1");
    Connection inner = one.getConnection();
    PreparedStatement other = inner.prepareStatement("SELECT 2");

    inner.close();

    assertThat(other.isClosed()).isTrue();
    assertThat(its.executeQuery().next()).isTrue();
    assertThat(its.getConnection()).isSameAs(outer);
  }

  @Test
  void connectionIsKeptUntilTheCompletionAlthoughItsBorrowerClosedIt() throws Exception {
    manager.begin();
    note(one, 1);
    assertThat(one.pool().stats().active()).isEqualTo(1);

    manager.commit();

    assertThat(one.pool().stats().active()).isZero();
    assertThat(first.notes()).isEqualTo(1);
  }

  /** So does Hibernate, if it writes nothing before it flushes. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void firstConnectionMayBeTakenJustBeforeTheCompletion(boolean interposed) throws Exception {
    Synchronization flush = Fixture.writing(1, one, two);
    manager.begin();
    if (interposed) {
      Narayana.registry().registerInterposedSynchronization(flush);
    } else {
      manager.getTransaction().registerSynchronization(flush);
    }

    manager.commit();

    assertThat(first.notes()).isEqualTo(1);
    assertThat(second.notes()).isEqualTo(1);
    assertThat(active(one) + active(two)).isZero();
  }

  @Test
  void handlesThatAreOpenAtTheCompletionAreClosed() throws Exception {
    manager.begin();
    Connection open = one.getConnection();
    Statement statement = open.createStatement();
    statement.execute("INSERT INTO note VALUES (1, 'x')");

    manager.commit();

    assertThat(open.isClosed()).isTrue();
    assertThat(statement.isClosed()).isTrue();
    assertThatThrownBy(() -> open.createStatement())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
    assertThat(one.pool().stats().active()).isZero();
    open.close();
    assertThat(first.notes()).isEqualTo(1);
  }

  @Test
  void sameConnectionServesOneTransactionAfterTheOther() throws Exception {
    for (int i = 0; i < 5; i++) {
      manager.begin();
      note(one, i);
      manager.commit();
    }

    assertThat(first.notes()).isEqualTo(5);
    assertThat(one.pool().stats().size()).isEqualTo(1);
    try (Connection outside = one.getConnection()) {
      assertThat(outside.getAutoCommit()).isTrue();
    }
  }

  @Test
  void sessionMayBeChangedByTheFirstCallOfABranch() throws Exception {
    for (int i = 0; i < 2; i++) { // the second time nothing has to be read any more
      manager.begin();
      try (Connection connection = one.getConnection()) {
        connection.setSchema("pg_catalog");
        connection.setClientInfo("ApplicationName", "branch");
        assertThat(connection.getSchema()).isEqualTo("pg_catalog");
        connection.setSchema("public");
        note(connection, i);
      }
      manager.commit();
    }

    assertThat(first.notes()).isEqualTo(2);
    try (Connection next = one.getConnection()) {
      assertThat(next.getSchema()).isEqualTo("public");
      assertThat(next.getClientInfo("ApplicationName")).isNotEqualTo("branch");
    }
  }

  @Test
  void driversOwnConnectionMayBeUsedWithinABranch() throws Exception {
    manager.begin();
    try (Connection connection = one.getConnection()) {
      connection.unwrap(PGConnection.class).getNotifications();
      note(connection, 1);
    }

    manager.commit();

    assertThat(first.notes()).isEqualTo(1);
    assertThat(active(one)).isZero();
  }

  @Test
  void manyTransactionsShareFewConnections() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<?>> runs = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      int id = i;
      runs.add(
          threads.submit(
              () -> {
                manager.begin();
                note(one, id);
                note(two, id);
                manager.commit();
                return null;
              }));
    }
    for (Future<?> run : runs) {
      run.get();
    }
    threads.shutdown();

    assertThat(first.notes()).isEqualTo(40);
    assertThat(second.notes()).isEqualTo(40);
    assertThat(one.pool().stats().size()).isLessThanOrEqualTo(2);
    assertThat(active(one)).isZero();
  }
}
