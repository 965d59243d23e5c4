package dev.sluice.spring.boot;

import dev.sluice.jta.JtaDataSource;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.jdbc.XADataSourceWrapper;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Lets the data source that Boot makes for a Jakarta transaction manager be a pool of Sluice. The
 * application, or a starter of the manager, declares the manager and its registry as beans.
 */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.transaction.jta.autoconfigure.JtaAutoConfiguration",
      "org.springframework.boot.autoconfigure.transaction.jta.JtaAutoConfiguration"
    },
    beforeName = {
      "org.springframework.boot.jdbc.autoconfigure.XADataSourceAutoConfiguration",
      "org.springframework.boot.autoconfigure.jdbc.XADataSourceAutoConfiguration"
    })
@ConditionalOnClass({
  JtaDataSource.class,
  TransactionManager.class,
  TransactionSynchronizationRegistry.class
})
@ConditionalOnBean({TransactionManager.class, TransactionSynchronizationRegistry.class})
@ConditionalOnProperty(name = DefaultPool.ENABLED, matchIfMissing = true)
public class SluiceXaAutoConfiguration {
  @Bean
  @ConditionalOnMissingBean
  XADataSourceWrapper sluiceXaDataSourceWrapper(
      TransactionManager manager,
      TransactionSynchronizationRegistry registry,
      ListableBeanFactory beans,
      Environment environment) {
    return new XaPool(manager, registry, beans, environment);
  }
}
