package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jta.JtaBuilder;
import dev.sluice.jta.JtaDataSource;
import dev.sluice.jta.OutsideTransaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.jdbc.XADataSourceWrapper;
import org.springframework.core.env.Environment;

/**
 * Pools the connections of Boot's {@link XADataSource}, which knows the database and the login, by
 * the keys that configure Boot's pool otherwise.
 */
final class XaPool implements XADataSourceWrapper {
  static final String PREFIX = SluiceKeys.PREFIX + ".jta";

  private static final Log LOG = LogFactory.getLog("dev.sluice");
  private static final String BEAN = "dataSource";

  private final TransactionManager manager;
  private final TransactionSynchronizationRegistry registry;
  private final ListableBeanFactory beans;
  private final Environment environment;

  XaPool(
      TransactionManager manager,
      TransactionSynchronizationRegistry registry,
      ListableBeanFactory beans,
      Environment environment) {
    this.manager = manager;
    this.registry = registry;
    this.beans = beans;
    this.environment = environment;
  }

  @Override
  public DataSource wrapDataSource(XADataSource source) {
    JtaBuilder builder =
        JtaDataSource.builder(manager, registry).xaDataSource(source).pool(this::configured);
    OutsideTransaction outside =
        environment.getProperty(PREFIX + ".outside-transaction", OutsideTransaction.class);
    if (outside != null) {
      builder.outsideTransaction(outside);
    }
    String user = environment.getProperty(PREFIX + ".recovery-user");
    if (user != null) {
      builder.recoveryCredentials(user, environment.getProperty(PREFIX + ".recovery-password", ""));
    }
    return builder.build();
  }

  private SluiceBuilder configured(SluiceBuilder builder) {
    String name = environment.getProperty("spring.datasource.name", "");
    if (!name.isBlank()) {
      builder.name(name);
    }
    String user = environment.getProperty("spring.datasource.username");
    if (user != null) {
      builder.user(user).password(environment.getProperty("spring.datasource.password"));
    }
    HikariKeys.of(environment).withoutLocation().applyTo(builder).forEach(LOG::warn);
    SluiceKeys.of(environment, SluiceKeys.PREFIX).withoutLocation().applyTo(builder);
    PoolBeans.applyTo(builder, beans, BEAN);
    return builder;
  }
}
