package dev.sluice.jta;

import static dev.sluice.jta.Fixture.active;
import static dev.sluice.jta.Fixture.note;
import static dev.sluice.jta.Fixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.atomikos.datasource.RecoverableResource;
import com.atomikos.datasource.xa.XATransactionalResource;
import com.atomikos.icatch.config.Configuration;
import com.atomikos.icatch.jta.TransactionSynchronizationRegistryImp;
import com.atomikos.icatch.jta.UserTransactionManager;
import dev.sluice.testkit.Eventually;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.Transaction;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Transactions under Atomikos, over PostgreSQL and MariaDB. */
class AtomikosTest {
  private static final UserTransactionManager MANAGER = new UserTransactionManager();
  @TempDir private static Path log;

  private final List<JtaDataSource> sources = new ArrayList<>();
  private final List<RecoverableResource> resources = new ArrayList<>();
  private final Servers.Database postgres = Servers.database(Servers.postgres());
  private final Servers.Database maria = Servers.database(Servers.mariaDb());

  @BeforeAll
  static void start() throws Exception {
    System.setProperty("com.atomikos.icatch.log_base_dir", log.toString());
    System.setProperty("com.atomikos.icatch.tm_unique_name", "sluice-test");
    System.setProperty("com.atomikos.icatch.recovery_delay", "1000");
    System.setProperty("com.atomikos.icatch.oltp_retry_interval", "200");
    System.setProperty("com.atomikos.icatch.automatic_resource_registration", "false");
    MANAGER.init();
  }

  @AfterAll
  static void stop() {
    MANAGER.setForceShutdown(true);
    MANAGER.close();
  }

  @AfterEach
  void close() throws Exception {
    if (MANAGER.getStatus() != Status.STATUS_NO_TRANSACTION) {
      MANAGER.rollback();
    }
    MANAGER.setTransactionTimeout(0);
    resources.forEach(each -> Configuration.removeResource(each.getName()));
    sources.forEach(JtaDataSource::close);
  }

  // tag::atomikos-resource[]
  /** By which Atomikos recovers what a data source left behind. */
  private static class Recovered extends XATransactionalResource {
    private final JtaDataSource source;

    Recovered(String name, JtaDataSource source) {
      super(name);
      this.source = source;
    }

    @Override
    protected XAResource refreshXAConnection() {
      return source.recoveryResources().get(0);
    }

    @Override
    public boolean usesXAResource(XAResource resource) {
      return source.owns(resource);
    }
  }

  // end::atomikos-resource[]

  private JtaDataSource source(Servers.Database database) {
    return source(database, database.xa());
  }

  private JtaDataSource source(Servers.Database database, XADataSource xa) {
    JtaDataSource source =
        JtaDataSource.builder(MANAGER, new TransactionSynchronizationRegistryImp())
            .xaDataSource(xa)
            .pool(pool -> Fixture.login(pool, database))
            .build();
    return keep(source, new Recovered(database.name(), source));
  }

  private JtaDataSource keep(JtaDataSource source, Recovered recovered) {
    sources.add(source);
    Configuration.addResource(recovered);
    resources.add(recovered);
    return source;
  }

  @Test
  void commitCommitsInBothDatabasesAndReturnsTheConnections() throws Exception {
    JtaDataSource one = source(postgres);
    JtaDataSource two = source(maria);
    int registered = Configuration.getResources().size();
    for (int i = 0; i < 20; i++) {
      MANAGER.begin();
      note(one, i);
      note(two, i);
      assertThat(postgres.notes()).isEqualTo(i);
      MANAGER.commit();
    }

    assertThat(postgres.notes()).isEqualTo(20);
    assertThat(maria.notes()).isEqualTo(20);
    assertThat(active(one) + active(two)).isZero();
    assertThat(one.pool().stats().size()).isEqualTo(1);
    assertThat(Configuration.getResources()).hasSize(registered);
  }

  @Test
  void rollbackRollsBackInBothDatabases() throws Exception {
    JtaDataSource one = source(postgres);
    JtaDataSource two = source(maria);
    MANAGER.begin();
    note(one, 1);
    note(two, 1);

    MANAGER.rollback();

    assertThat(postgres.notes() + maria.notes()).isZero();
    assertThat(active(one) + active(two)).isZero();
    assertThat(one.pool().stats().size()).isEqualTo(1);
  }

  @Test
  void handlesOfATransactionLeadToOneConnectionThatRefusesToEndIt() throws Exception {
    JtaDataSource one = source(postgres);
    MANAGER.begin();
    try (Connection outer = one.getConnection();
        Connection inner = one.getConnection()) {
      assertThat(session(inner)).isEqualTo(session(outer));
      assertThatThrownBy(inner::commit)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("2D000"));
    }
    assertThat(active(one)).isEqualTo(1);

    MANAGER.commit();

    assertThat(active(one)).isZero();
  }

  @Test
  void failedStatementThatWasIgnoredRollsAllBack() throws Exception {
    JtaDataSource one = source(postgres);
    JtaDataSource two = source(maria);
    MANAGER.begin();
    note(two, 1);
    try (Connection connection = one.getConnection();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("SELECT 1 / 0")).isInstanceOf(SQLException.class);
    }

    assertThatThrownBy(MANAGER::commit).isInstanceOf(RollbackException.class);

    assertThat(maria.notes()).isZero();
    Eventually.await(() -> active(one) + active(two) == 0, "all leases end");
  }

  /** So does Hibernate, if it writes nothing before it flushes. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void firstConnectionMayBeTakenJustBeforeTheCompletion(boolean interposed) throws Exception {
    JtaDataSource one = source(postgres);
    JtaDataSource two = source(maria);
    Synchronization flush = Fixture.writing(1, one, two);
    MANAGER.begin();
    if (interposed) {
      new TransactionSynchronizationRegistryImp().registerInterposedSynchronization(flush);
    } else {
      MANAGER.getTransaction().registerSynchronization(flush);
    }

    MANAGER.commit();

    assertThat(postgres.notes()).isEqualTo(1);
    assertThat(maria.notes()).isEqualTo(1);
    assertThat(active(one) + active(two)).isZero();
  }

  @Test
  void suspendedTransactionGoesOnWithItsConnection() throws Exception {
    JtaDataSource one = source(postgres);
    MANAGER.begin();
    note(one, 1);
    Transaction first = MANAGER.suspend();
    MANAGER.begin();
    note(one, 2);
    assertThat(active(one)).isEqualTo(2);
    MANAGER.rollback();
    MANAGER.resume(first);
    note(one, 3);

    MANAGER.commit();

    assertThat(postgres.notes()).isEqualTo(2);
    assertThat(active(one)).isZero();
  }

  /** Atomikos rolls back when the application's thread comes to the commit. */
  @Test
  void transactionThatTimedOutCommitsNothing() throws Exception {
    JtaDataSource one = source(postgres);
    MANAGER.setTransactionTimeout(1);
    MANAGER.begin();
    try (Connection connection = one.getConnection();
        Statement statement = connection.createStatement()) {
      note(connection, 1);
      statement.execute("SELECT pg_sleep(3)");
    }

    assertThatThrownBy(MANAGER::commit).isInstanceOf(RollbackException.class);

    Eventually.await(() -> active(one) == 0, "the lease ends");
    assertThat(postgres.notes()).isZero();
    assertThat(postgres.inDoubt()).isZero();
  }

  /** The decision is in the manager's log, and its recovery finds the branch through Sluice. */
  @Test
  void commitThatDidNotArriveIsMadeUpForByRecovery() throws Exception {
    AtomicInteger failing = new AtomicInteger(2);
    Tap tap =
        (call, before) -> {
          if (before && call.equals("commit") && failing.getAndDecrement() > 0) {
            throw new XAException(XAException.XAER_RMFAIL);
          }
        };
    JtaDataSource one = source(postgres, tap.on(postgres.xa()));
    JtaDataSource two = source(maria);
    MANAGER.begin();
    note(one, 1);
    note(two, 1);

    try {
      MANAGER.commit();
    } catch (jakarta.transaction.HeuristicMixedException
        | jakarta.transaction.HeuristicRollbackException e) {
      assertThat(e).hasMessageContaining("euristic"); // it does not know the outcome yet
    }

    assertThat(failing.get()).isLessThan(2);
    Eventually.await(
        () -> postgres.inDoubt() == 0 && postgres.notes() == 1 && maria.notes() == 1,
        () -> "committed in both: in doubt " + postgres.inDoubt());
    Eventually.await(() -> active(one) + active(two) == 0, "all leases end");
  }

  /** Atomikos knows no last resource: it asks every one of two to prepare. */
  @Test
  void connectionWithOnePhaseCommitsAloneOnly() throws Exception {
    PGSimpleDataSource plain = new PGSimpleDataSource();
    plain.setUrl(postgres.url());
    JtaDataSource local =
        JtaDataSource.builder(MANAGER, new TransactionSynchronizationRegistryImp())
            .lastResource(plain)
            .pool(pool -> Fixture.login(pool, postgres))
            .build();
    keep(local, new NothingToRecover(local));
    JtaDataSource other = source(maria);

    MANAGER.begin();
    note(local, 1);
    MANAGER.commit();
    assertThat(postgres.notes()).isEqualTo(1);

    MANAGER.begin();
    note(local, 2);
    note(other, 2);
    assertThatThrownBy(MANAGER::commit).isInstanceOf(RollbackException.class);
    assertThat(postgres.notes()).isEqualTo(1);
    Eventually.await(() -> maria.notes() == 0, "the other is rolled back");
  }

  /** By which Atomikos knows a data source that leaves nothing behind. */
  private static final class NothingToRecover extends Recovered {
    NothingToRecover(JtaDataSource source) {
      super("local", source);
    }

    @Override
    protected XAResource refreshXAConnection() {
      return null;
    }
  }
}
