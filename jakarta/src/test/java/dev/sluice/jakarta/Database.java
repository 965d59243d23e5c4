package dev.sluice.jakarta;

import dev.sluice.jta.JtaDataSource;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import org.h2.jdbcx.JdbcDataSource;

// tag::producer[]
/** Makes the pool with the application, and closes it with the application. */
@ApplicationScoped
public class Database {
  @Resource(lookup = "java:appserver/TransactionManager") // the name in GlassFish and Payara
  private TransactionManager transactions;

  @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
  private TransactionSynchronizationRegistry registry;

  @Produces
  @Singleton
  JtaDataSource dataSource() {
    JdbcDataSource driver = new JdbcDataSource(); // your driver's XADataSource
    driver.setUrl("jdbc:h2:mem:produced;DB_CLOSE_DELAY=-1");
    return JtaDataSource.builder(transactions, registry)
        .xaDataSource(driver)
        .pool(pool -> pool.user("sa").password("sa").maxSize(5))
        .build();
  }

  void close(@Disposes JtaDataSource dataSource) {
    dataSource.close();
  }
}
// end::producer[]
