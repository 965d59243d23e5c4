package dev.sluice.jta;

import static org.assertj.core.api.Assertions.assertThat;

import com.arjuna.ats.internal.jta.recovery.arjunacore.XARecoveryModule;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple;
import com.arjuna.ats.jta.common.jtaPropertyManager;
import com.arjuna.ats.jta.recovery.XAResourceRecoveryHelper;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** The snippets of docs/transactions.md. */
class DocumentTest {
  private final Fixture fixture = new Fixture();
  private final Servers.Database orders = Servers.database(Servers.postgres());
  private final Servers.Database stock = Servers.database(Servers.mariaDb());

  @AfterEach
  void close() throws Exception {
    fixture.close();
  }

  private JtaDataSource build(Servers.Database database, XADataSource driver) {
    String password = database.server().password();
    String user = database.server().user();
    // tag::jta[]
    TransactionManager manager = com.arjuna.ats.jta.TransactionManager.transactionManager();
    TransactionSynchronizationRegistry registry = new TransactionSynchronizationRegistryImple();

    JtaDataSource source =
        JtaDataSource.builder(manager, registry)
            .xaDataSource(driver) // PGXADataSource, MariaDbDataSource, …
            .pool(pool -> pool.name("orders").maxSize(10).user(user).password(password))
            .outsideTransaction(OutsideTransaction.WARN)
            .build();
    // end::jta[]
    return fixture.keep(source);
  }

  // tag::jta-use[]
  private static void move(TransactionManager manager, DataSource orders, DataSource stock)
      throws Exception {
    manager.begin();
    try {
      execute(orders, "INSERT INTO note VALUES (1, 'sold')");
      execute(stock, "INSERT INTO note VALUES (1, 'less')");
    } catch (Throwable e) {
      manager.rollback();
      throw e;
    }
    manager.commit(); // in both or in none
  }

  private static void execute(DataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  // end::jta-use[]

  @Test
  void transactionsOverTwoDatabases() throws Exception {
    JtaDataSource first = build(orders, orders.xa());
    JtaDataSource second = build(stock, stock.xa());

    move(fixture.manager, first, second);

    assertThat(orders.notes()).isEqualTo(1);
    assertThat(stock.notes()).isEqualTo(1);
  }

  @Test
  void recovery() throws Exception {
    JtaDataSource source = build(orders, orders.xa());
    Narayana.recover();
    // tag::jta-recovery[]
    XAResourceRecoveryHelper helper =
        new XAResourceRecoveryHelper() {
          @Override
          public boolean initialise(String unused) {
            return true;
          }

          @Override
          public XAResource[] getXAResources() {
            return source.recoveryResources().toArray(new XAResource[0]);
          }
        };
    XARecoveryModule recovery = XARecoveryModule.getRegisteredXARecoveryModule();
    recovery.addXAResourceRecoveryHelper(helper);
    // end::jta-recovery[]
    try {
      assertThat(helper.getXAResources()).hasSize(1);
    } finally {
      recovery.removeXAResourceRecoveryHelper(helper);
    }
  }

  @Test
  void lastResource() throws Exception {
    PGSimpleDataSource plain = new PGSimpleDataSource();
    plain.setUrl(orders.url());
    String password = orders.server().password();
    String user = orders.server().user();
    // tag::jta-last[]
    jtaPropertyManager
        .getJTAEnvironmentBean()
        .setLastResourceOptimisationInterface(LastResource.class); // before the first transaction

    JtaDataSource last =
        JtaDataSource.builder(fixture.manager, Narayana.registry())
            .lastResource(plain) // any DataSource
            .pool(pool -> pool.name("old").user(user).password(password))
            .build();
    // end::jta-last[]
    fixture.keep(last);
    JtaDataSource second = build(stock, stock.xa());

    move(fixture.manager, last, second);

    assertThat(orders.notes()).isEqualTo(1);
    assertThat(stock.notes()).isEqualTo(1);
  }
}
