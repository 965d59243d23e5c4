package dev.sluice.jta;

import static dev.sluice.jta.Fixture.active;
import static dev.sluice.jta.Fixture.note;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.transaction.RollbackException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** A database without two phases, which decides the outcome of all. */
class LastResourceTest {
  private final Fixture fixture = new Fixture();
  private final TransactionManager manager = fixture.manager;
  private final Servers.Database first = Servers.database(Servers.postgres());
  private final Servers.Database second = Servers.database(Servers.postgres());
  private final JtaDataSource two = fixture.source(first);
  private final JtaDataSource last = last(second);

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private JtaDataSource last(Servers.Database database) {
    PGSimpleDataSource plain = new PGSimpleDataSource();
    plain.setUrl(database.url());
    return fixture.keep(
        fixture
            .builder()
            .lastResource(plain)
            .pool(pool -> Fixture.login(pool, database).name("last"))
            .build());
  }

  @Test
  void lastResourceCommitsWithTheOthers() throws Exception {
    manager.begin();
    note(last, 1);
    note(two, 1);

    manager.commit();

    assertThat(first.notes()).isEqualTo(1);
    assertThat(second.notes()).isEqualTo(1);
    assertThat(active(last)).isZero();
    assertThat(last.recoveryResources()).isEmpty();
  }

  @Test
  void lastResourceAloneCommits() throws Exception {
    manager.begin();
    note(last, 1);

    manager.commit();

    assertThat(second.notes()).isEqualTo(1);
    assertThat(active(last)).isZero();
  }

  @Test
  void lastResourceRollsBackWithTheOthers() throws Exception {
    manager.begin();
    note(last, 1);
    note(two, 1);

    manager.rollback();

    assertThat(first.notes()).isZero();
    assertThat(second.notes()).isZero();
    assertThat(active(last)).isZero();
  }

  @Test
  void lastResourceThatCannotCommitRollsTheOthersBack() throws Exception {
    second.execute(
        "ALTER TABLE note ADD COLUMN up INT REFERENCES note DEFERRABLE INITIALLY DEFERRED");
    manager.begin();
    note(two, 1);
    try (Connection connection = last.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO note VALUES (1, 'x', 7)");
    }

    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);

    assertThat(first.notes()).isZero();
    assertThat(first.inDoubt()).isZero();
    assertThat(second.notes()).isZero();
    assertThat(active(last)).isZero();
  }

  @Test
  void failedStatementThatTheApplicationSwallowedRollsAllBack() throws Exception {
    manager.begin();
    note(two, 1);
    note(last, 1);
    try (Connection connection = last.getConnection();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("SELECT 1 / 0")).isInstanceOf(SQLException.class);
    }

    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);

    assertThat(first.notes()).isZero();
    assertThat(second.notes()).isZero();
  }

  /** Hides from the manager what kind of resource it gets. */
  private static final class Unknowing {
    private Unknowing() {}

    static TransactionManager manager(TransactionManager knowing) {
      return proxy(
          TransactionManager.class,
          (proxy, method, arguments) -> {
            Object result = method.invoke(knowing, arguments);
            return result instanceof Transaction transaction ? transaction(transaction) : result;
          });
    }

    private static Transaction transaction(Transaction knowing) {
      return proxy(
          Transaction.class,
          (proxy, method, arguments) ->
              method.getName().equals("enlistResource")
                  ? knowing.enlistResource(plain((XAResource) arguments[0]))
                  : method.invoke(knowing, arguments));
    }

    private static XAResource plain(XAResource resource) {
      return proxy(
          XAResource.class,
          (proxy, method, arguments) -> {
            try {
              return method.invoke(resource, arguments);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
          });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
      return type.cast(
          Proxy.newProxyInstance(
              LastResourceTest.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
  }

  @Test
  void managerThatDoesNotKnowLastResourcesIsRefusedThePrepare() throws Exception {
    PGSimpleDataSource plain = new PGSimpleDataSource();
    plain.setUrl(second.url());
    JtaDataSource unknown =
        fixture.keep(
            JtaDataSource.builder(Unknowing.manager(manager), Narayana.registry())
                .lastResource(plain)
                .pool(pool -> Fixture.login(pool, second))
                .build());
    manager.begin();
    note(two, 1);
    note(unknown, 1);

    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);

    assertThat(first.notes()).isZero();
    assertThat(second.notes()).isZero();
    assertThat(active(unknown)).isZero();
  }

  @Test
  void transactionHasOnlyOneLastResource() throws Exception {
    JtaDataSource another = last(first);
    manager.begin();
    note(last, 1);

    assertThatThrownBy(another::getConnection)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25000"));

    manager.rollback();
    assertThat(active(another)).isZero();
  }

  @Test
  void commitRollbackAndAutoCommitAreRefusedInside() throws Exception {
    manager.begin();
    Connection connection = last.getConnection();

    assertThatThrownBy(connection::commit).hasMessageContaining("transaction manager");
    assertThatThrownBy(connection::rollback).hasMessageContaining("transaction manager");
    assertThatThrownBy(() -> connection.setAutoCommit(true))
        .hasMessageContaining("transaction manager");
  }
}
