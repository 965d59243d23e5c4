package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.arjuna.ats.arjuna.common.CoreEnvironmentBeanException;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.internal.arjuna.utils.UuidProcessId;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionManagerImple;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple;
import com.arjuna.ats.internal.jta.transaction.arjunacore.UserTransactionImple;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import dev.sluice.jdbc.SluicePool;
import dev.sluice.jta.JtaDataSource;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.jta.JtaTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An application whose transactions are a Jakarta transaction manager's. */
class XaDataSourceTest {
  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Bank {
    // tag::xa[]
    @Bean
    TransactionManager transactions() {
      return new TransactionManagerImple(); // Narayana
    }

    @Bean
    TransactionSynchronizationRegistry registry() {
      return new TransactionSynchronizationRegistryImple();
    }

    @Bean
    PlatformTransactionManager transactionManager(TransactionManager transactions) {
      return new JtaTransactionManager(new UserTransactionImple(), transactions);
    }
    // end::xa[]
  }

  @BeforeAll
  static void keepNarayanaToItself(@TempDir Path folder) throws CoreEnvironmentBeanException {
    for (String store : new String[] {"default", "stateStore", "communicationStore"}) {
      BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store)
          .setObjectStoreDir(folder.toString());
    }
    arjPropertyManager.getObjectStoreEnvironmentBean().setObjectStoreDir(folder.toString());
    arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier("1");
    arjPropertyManager
        .getCoreEnvironmentBean()
        .setProcessImplementationClassName(UuidProcessId.class.getName()); // else a socket
    arjPropertyManager.getCoordinatorEnvironmentBean().setTransactionStatusManagerEnable(false);
  }

  private static ConfigurableApplicationContext run(String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.add(Apps.newDatabase());
    arguments.add("spring.flyway.enabled=false");
    arguments.add("spring.liquibase.enabled=false");
    return Apps.run(Bank.class, arguments.toArray(String[]::new));
  }

  @Test
  void bootsXaDataSourceIsAPoolInTheManagersTransactions() {
    SluicePool pool;
    try (ConfigurableApplicationContext app =
        run("spring.datasource.name=bank", "sluice.max-size=3")) {
      DataSource dataSource = app.getBean(DataSource.class);
      assertThat(dataSource).isInstanceOf(JtaDataSource.class);
      pool = ((JtaDataSource) dataSource).pool();
      assertThat(pool.name()).isEqualTo("bank");
      assertThat(pool.config().pool().maxSize()).isEqualTo(3);
      assertThat(app.getBean(SluicePools.class).byName()).containsOnlyKeys("bank");

      JdbcTemplate jdbc = app.getBean(JdbcTemplate.class);
      TransactionTemplate transaction =
          new TransactionTemplate(app.getBean(PlatformTransactionManager.class));
      jdbc.execute("CREATE TABLE entry (amount INT)");
      transaction.executeWithoutResult(
          status -> {
            jdbc.update("INSERT INTO entry VALUES (1)");
            jdbc.update("INSERT INTO entry VALUES (2)");
            assertThat(pool.stats().active()).as("one connection per transaction").isEqualTo(1);
          });
      assertThatThrownBy(
              () ->
                  transaction.executeWithoutResult(
                      status -> {
                        jdbc.update("INSERT INTO entry VALUES (3)");
                        throw new IllegalStateException("Not this one");
                      }))
          .hasMessage("Not this one");

      assertThat(jdbc.queryForObject("SELECT sum(amount) FROM entry", Integer.class)).isEqualTo(3);
      assertThat(pool.stats().active()).isZero();
    }
    assertThat(pool.isClosed()).isTrue();
  }

  @Test
  void useOutsideATransactionMayBeRefused() {
    // Hibernate asks the database for its version outside any transaction.
    try (ConfigurableApplicationContext app =
        run(
            "sluice.jta.outside-transaction=require",
            "spring.data.jpa.repositories.enabled=false",
            "spring.autoconfigure.exclude="
                + "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration,"
                + "org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration")) {
      JdbcTemplate jdbc = app.getBean(JdbcTemplate.class);

      assertThatThrownBy(() -> jdbc.queryForObject("SELECT 1", Integer.class))
          .rootCause()
          .hasMessageContaining("transaction");
    }
  }
}
