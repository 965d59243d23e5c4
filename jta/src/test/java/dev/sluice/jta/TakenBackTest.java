package dev.sluice.jta;

import static dev.sluice.jta.Fixture.active;
import static dev.sluice.jta.Fixture.note;
import static dev.sluice.jta.Fixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolListener;
import dev.sluice.testkit.Eventually;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Borrowers that never let go, and connections that the pool takes back from a transaction. */
class TakenBackTest {
  private static final Duration SOON = Duration.ofMillis(300);

  private final Fixture fixture = new Fixture();
  private final TransactionManager manager = fixture.manager;
  private final Servers.Database database = Servers.database(Servers.postgres());
  private final BlockingQueue<LeaseInfo> leaks = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    manager.setTransactionTimeout(0);
    fixture.close();
  }

  private UnaryOperator<SluiceBuilder> watched(Duration threshold, boolean reclaim) {
    return pool ->
        Fixture.login(pool, database)
            .maxSize(1)
            .drainTimeout(SOON)
            .leakThreshold(threshold)
            .leakReclaim(reclaim)
            .listener(
                new PoolListener() {
                  @Override
                  public void leaked(LeaseInfo lease) {
                    leaks.add(lease);
                  }
                });
  }

  private JtaDataSource source(UnaryOperator<SluiceBuilder> pool) {
    return fixture.source(database, builder -> builder.pool(pool));
  }

  /** Rolls this thread's transaction back on another thread. */
  private void rollBackElsewhere() throws Exception {
    Transaction transaction = manager.suspend();
    onAnotherThread(
        "other",
        () -> {
          manager.resume(transaction);
          manager.rollback();
        });
  }

  private interface Work {
    void run() throws Exception;
  }

  private static FutureTask<Void> start(String name, Work work) {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              work.run();
              return null;
            });
    new Thread(task, name).start();
    return task;
  }

  private static void onAnotherThread(String name, Work work) throws Exception {
    start(name, work).get(60, TimeUnit.SECONDS);
  }

  private static Optional<Connection> free(JtaDataSource source) throws SQLException {
    return ((SluiceDataSource) source.pool()).tryConnection();
  }

  private static void assertComesFree(JtaDataSource source) {
    Eventually.await(
        () -> {
          try (Connection next = free(source).orElse(null)) {
            return next != null;
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        },
        "the place comes free");
  }

  private static void assertRefused(ThrowingCallable call, String... reasons) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo("08003");
              Throwable cause = e;
              for (String reason : reasons) {
                cause = cause.getCause();
                assertThat(cause).hasMessageContaining(reason);
              }
            });
  }

  private static void assertRefusesAll(Connection handle, Statement statement, String... reasons) {
    assertRefused(handle::createStatement, reasons);
    assertRefused(() -> handle.prepareStatement("SELECT 1"), reasons);
    assertRefused(() -> handle.prepareCall("SELECT 1"), reasons);
    assertRefused(handle::getMetaData, reasons);
    assertRefused(handle::getAutoCommit, reasons);
    assertRefused(() -> handle.setAutoCommit(false), reasons);
    assertRefused(handle::commit, reasons);
    assertRefused(handle::rollback, reasons);
    assertRefused(handle::setSavepoint, reasons);
    assertRefused(() -> handle.setSchema("public"), reasons);
    assertRefused(() -> handle.unwrap(Connection.class), reasons);
    assertThatThrownBy(() -> statement.executeQuery("SELECT 1"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void cutLeaseIsReportedByTheNameOfItsBorrowerAndKeepsItsPlace() throws Exception {
    JtaDataSource source = source(watched(Duration.ofSeconds(3), false));
    CountDownLatch end = new CountDownLatch(1);
    FutureTask<Void> borrower =
        start(
            "forgetful",
            () -> {
              manager.setTransactionTimeout(1);
              manager.begin();
              Connection connection = source.getConnection();
              note(connection, 1);
              end.await();
              connection.close();
              manager.suspend();
            });

    LeaseInfo leak = leaks.poll(60, TimeUnit.SECONDS);

    assertThat(leak).isNotNull();
    assertThat(leak.thread()).isEqualTo("forgetful");
    assertThat(leak.doing())
        .contains("INSERT INTO note", "time was up", "thread 'forgetful' has not closed");
    assertThat(free(source)).as("it keeps its place").isEmpty();
    end.countDown();
    borrower.get(60, TimeUnit.SECONDS);
    assertComesFree(source);
  }

  @Test
  void placeOfABorrowerThatNeverLetsGoComesBackByLeakReclaim() throws Exception {
    JtaDataSource source = source(watched(SOON, true));
    manager.begin();
    Connection kept = source.getConnection();
    int session = session(kept);
    Statement statement = kept.createStatement();
    statement.execute("INSERT INTO note VALUES (1, 'x')");

    rollBackElsewhere();
    assertComesFree(source);

    assertThat(leaks.poll(60, TimeUnit.SECONDS)).isNotNull();
    try (Connection next = source.getConnection()) {
      assertThat(session(next)).isNotEqualTo(session);
    }
    assertThat(kept.isClosed()).isTrue();
    assertThat(kept.isValid(5)).isFalse();
    assertRefusesAll(kept, statement, "leakThreshold", "by thread 'other'");
    assertThat(database.notes()).isZero();
    kept.close();
    assertThat(active(source)).as("the late close takes nobody's place").isZero();
    assertComesFree(source);
  }

  @Test
  void connectionThatIsTakenBackWithinATransactionRollsItBack() throws Exception {
    JtaDataSource source = source(watched(SOON, true));
    manager.begin();
    Connection kept = source.getConnection();
    Statement statement = kept.createStatement();
    statement.execute("INSERT INTO note VALUES (1, 'x')");

    assertComesFree(source);

    assertRefusesAll(kept, statement, "leakThreshold");
    assertThatThrownBy(source::getConnection)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25000"))
        .cause()
        .hasMessageContaining("leakThreshold");
    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);
    kept.close();
    assertThat(database.notes()).isZero();
    assertThat(database.inDoubt()).isZero();
    assertThat(active(source)).isZero();
    assertComesFree(source);
  }

  @Test
  void statementThatRunsIsStoppedWhenItsConnectionIsTakenBack() throws Exception {
    JtaDataSource source = source(watched(SOON, true));
    manager.begin();

    try (Connection kept = source.getConnection();
        Statement statement = kept.createStatement()) {
      note(kept, 1);
      assertThatThrownBy(() -> statement.execute("SELECT pg_sleep(100)"))
          .isInstanceOf(SQLException.class);
    }

    manager.rollback();
    assertComesFree(source);
    assertThat(database.notes()).isZero();
  }

  @Test
  void lastResourceThatIsTakenBackRollsBackTheOthers() throws Exception {
    Servers.Database second = Servers.database(Servers.postgres());
    JtaDataSource other = fixture.source(second);
    org.postgresql.ds.PGSimpleDataSource plain = new org.postgresql.ds.PGSimpleDataSource();
    plain.setUrl(database.url());
    JtaDataSource last =
        fixture.keep(fixture.builder().lastResource(plain).pool(watched(SOON, true)).build());
    manager.begin();
    note(other, 1);
    note(last, 1);

    assertComesFree(last);

    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);
    assertThat(database.notes()).isZero();
    assertThat(second.notes()).isZero();
    assertThat(second.inDoubt()).isZero();
    assertThat(active(last)).isZero();
    assertThat(active(other)).isZero();
  }

  @Test
  void handleThatNobodyHasAnyMoreGivesItsPlaceBack() throws Exception {
    JtaDataSource source = source(pool -> Fixture.login(pool, database).maxSize(1));
    manager.begin();
    session(source.getConnection()); // and is lost
    rollBackElsewhere();

    Eventually.await(
        () -> {
          System.gc();
          return active(source) == 0;
        },
        "the handle is collected");

    assertComesFree(source);
  }

  @Test
  void poolThatIsClosedCutsAndSaysSo() throws Exception {
    JtaDataSource source = source(watched(SOON, false));
    manager.begin();
    Connection kept = source.getConnection();
    Statement statement = kept.createStatement();
    note(kept, 1);

    source.close();

    assertRefusesAll(kept, statement, "was closed");
    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);
    assertThat(database.notes()).isZero();
  }

  @Test
  void connectionsThatAreEvictedRollTheirTransactionsBack() throws Exception {
    JtaDataSource source = source(pool -> Fixture.login(pool, database).maxSize(1));
    manager.begin();
    Connection kept = source.getConnection();
    Statement statement = kept.createStatement();
    try (ResultSet rows = statement.executeQuery("SELECT 1")) {
      assertThat(rows.next()).isTrue();
    }

    ((SluiceDataSource) source.pool()).evictAll();
    assertComesFree(source); // handles of a transaction are cut by the pool's worker

    assertRefusesAll(kept, statement, "evicted");
    assertThatThrownBy(manager::commit).isInstanceOf(RollbackException.class);
  }
}
