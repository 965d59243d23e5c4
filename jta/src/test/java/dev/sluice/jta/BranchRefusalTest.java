package dev.sluice.jta;

import static dev.sluice.jta.Fixture.active;
import static dev.sluice.jta.Fixture.note;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.SluiceDataSource;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a borrower cannot do within a transaction, and what callers get outside one. */
class BranchRefusalTest {
  private final Fixture fixture = new Fixture();
  private final TransactionManager manager = fixture.manager;
  private final Servers.Database database = Servers.database(Servers.postgres());
  private final JtaDataSource source = fixture.source(database);

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private static void assertRefused(ThrowingCallable call, String state) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).as("%s", e).isEqualTo(state));
  }

  @Test
  void commitRollbackAndAutoCommitAreRefusedInside() throws Exception {
    manager.begin();
    Connection connection = source.getConnection();

    assertRefused(connection::commit, "2D000");
    assertRefused(connection::rollback, "2D000");
    assertRefused(() -> connection.setAutoCommit(true), "2D000");
    assertThat(connection.getAutoCommit()).isFalse();
    connection.setAutoCommit(false);

    note(connection, 1);
    manager.commit();
    assertThat(database.notes()).isEqualTo(1);
  }

  @Test
  void noWayRoundTheHandleLeadsToACommit() throws Exception {
    manager.begin();
    Connection connection = source.getConnection();
    Statement statement = connection.createStatement();
    Connection driver = connection.unwrap(Connection.class);

    assertRefused(() -> statement.getConnection().commit(), "2D000");
    assertRefused(() -> connection.getMetaData().getConnection().commit(), "2D000");
    assertRefused(driver::commit, "2D000");
    assertRefused(driver::rollback, "2D000");
    assertRefused(() -> driver.setAutoCommit(true), "2D000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "COMMIT",
        "rollback",
        "BEGIN",
        "/* by hand */ END",
        "START TRANSACTION",
        "SELECT 1; COMMIT",
        "ROLLBACK AND CHAIN"
      })
  void sqlThatBeginsOrEndsATransactionIsRefusedInside(String sql) throws Exception {
    manager.begin();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      note(connection, 1);

      assertRefused(() -> statement.execute(sql), "2D000");
      assertRefused(() -> connection.prepareStatement(sql).execute(), "2D000");
      assertRefused(
          () -> {
            statement.addBatch(sql);
            statement.executeBatch();
          },
          "2D000");
    }

    manager.rollback();

    assertThat(database.notes()).isZero();
    try (Connection outside = source.getConnection();
        Statement statement = outside.createStatement()) {
      statement.execute(sql.equals("SELECT 1; COMMIT") ? "BEGIN; COMMIT" : "BEGIN");
    }
  }

  @Test
  void savepointsBySqlAreNotRefused() throws Exception {
    manager.begin();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      note(connection, 1);
      statement.execute("SAVEPOINT s");
      note(connection, 2);
      statement.execute("ROLLBACK TO SAVEPOINT s");
    }

    manager.commit();

    assertThat(database.notes()).isEqualTo(1);
  }

  @Test
  void connectionCannotBeDetachedFromItsTransaction() throws Exception {
    manager.begin();
    Connection connection = source.getConnection();
    SluiceDataSource pool = (SluiceDataSource) source.pool();

    assertRefused(() -> pool.detach(connection), "2D000");

    note(connection, 1);
    manager.commit();
    assertThat(database.notes()).isEqualTo(1);
  }

  @Test
  void evictedConnectionRollsItsTransactionBack() throws Exception {
    manager.begin();
    Connection connection = source.getConnection();
    note(connection, 1);

    assertThat(((SluiceDataSource) source.pool()).evict(connection)).isTrue();

    assertThat(connection.isClosed()).isTrue();
    assertThatThrownBy(manager::commit).isInstanceOf(Exception.class);
    assertThat(database.notes()).isZero();
    assertThat(active(source)).isZero();
  }

  @Test
  void otherLoginIsRefused() throws Exception {
    manager.begin();

    assertRefused(() -> source.getConnection("other", "x"), "0A000");
    try (Connection own =
        source.getConnection(database.server().user(), database.server().password())) {
      note(own, 1);
    }
    manager.commit();

    assertThat(database.notes()).isEqualTo(1);
  }

  // Outside

  @Test
  void outsideATransactionAPlainConnectionIsLentByDefault() throws Exception {
    note(source, 1);

    assertThat(database.notes()).isEqualTo(1);
    assertThat(active(source)).isZero();
  }

  @Test
  void outsideATransactionWarnLendsToo() throws Exception {
    JtaDataSource warning =
        fixture.source(database, builder -> builder.outsideTransaction(OutsideTransaction.WARN));

    note(warning, 1);
    note(warning, 2);

    assertThat(database.notes()).isEqualTo(2);
  }

  @Test
  void outsideATransactionWarnNamesEachPlaceOnce() throws Exception {
    JtaDataSource warning =
        fixture.source(database, builder -> builder.outsideTransaction(OutsideTransaction.WARN));
    List<String> lines = new CopyOnWriteArrayList<>();
    Logger log = Logger.getLogger("dev.sluice.jta");
    Filter before = log.getFilter();
    log.setFilter(
        record -> !record.getLevel().equals(Level.WARNING) || lines.add(record.getMessage()));
    try {
      note(warning, 1);
      note(warning, 2);
      for (int i = 0; i < 3; i++) {
        warning.getConnection().close();
      }
      manager.begin();
      note(warning, 3);
      manager.commit();
    } finally {
      log.setFilter(before);
    }

    assertThat(lines).hasSize(2).allMatch(line -> line.contains("outside a transaction: "));
    assertThat(lines.get(0)).contains(Fixture.class.getName() + ".note");
    assertThat(lines.get(1)).contains(BranchRefusalTest.class.getName());
  }

  @Test
  void outsideATransactionRequireRefuses() throws Exception {
    JtaDataSource strict =
        fixture.source(database, builder -> builder.outsideTransaction(OutsideTransaction.REQUIRE));

    assertRefused(strict::getConnection, "25000");

    manager.begin();
    note(strict, 1);
    manager.commit();
    assertThat(database.notes()).isEqualTo(1);
    assertRefused(strict::getConnection, "25000");
  }

  @Test
  void transactionThatIsMarkedForRollbackTakesNoNewConnection() throws Exception {
    manager.begin();
    manager.setRollbackOnly();

    assertRefused(source::getConnection, "25000");

    manager.rollback();
    assertThat(active(source)).isZero();
  }

  @Test
  void transactionThatIsMarkedForRollbackGoesOnWithTheConnectionItHas() throws Exception {
    manager.begin();
    note(source, 1);
    manager.setRollbackOnly();

    note(source, 2);

    manager.rollback();
    assertThat(database.notes()).isZero();
    assertThat(active(source)).isZero();
  }
}
