package dev.sluice.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.transaction.Status;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions over two databases of PostgreSQL, under Narayana. */
class TransactionTest {
  private final TransactionManager manager = Narayana.manager();
  private final Servers.Database first = Servers.database(Servers.postgres());
  private final Servers.Database second = Servers.database(Servers.postgres());
  private JtaDataSource one;
  private JtaDataSource two;

  @BeforeEach
  void open() {
    one = build(first, "one");
    two = build(second, "two");
  }

  @AfterEach
  void close() throws Exception {
    if (manager.getStatus() != Status.STATUS_NO_TRANSACTION) {
      manager.rollback();
    }
    one.close();
    two.close();
  }

  private JtaDataSource build(Servers.Database database, String name) {
    return JtaDataSource.builder(manager, Narayana.registry())
        .xaDataSource(database.xa())
        .pool(
            pool ->
                pool.name(name)
                    .maxSize(2)
                    .user(database.server().user())
                    .password(database.server().password()))
        .build();
  }

  static void note(JtaDataSource source, int id) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO note VALUES (" + id + ", 'x')");
    }
  }

  private static int session(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT pg_backend_pid()")) {
      rows.next();
      return rows.getInt(1);
    }
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
}
