package dev.sluice.spring.boot;

import dev.sluice.r2dbc.SluiceConnectionFactory;
import io.r2dbc.spi.ConnectionFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcConnectionDetails;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcProperties;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcTransactionManagerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.r2dbc.core.DatabaseClient;

/** What Boot's configuration of R2DBC has beside the pool, for an application where it is out. */
@AutoConfiguration(
    after = {SluiceR2dbcAutoConfiguration.class, R2dbcAutoConfiguration.class},
    before = R2dbcTransactionManagerAutoConfiguration.class,
    beforeName = "org.springframework.boot.data.r2dbc.autoconfigure.DataR2dbcAutoConfiguration")
@ConditionalOnClass({SluiceConnectionFactory.class, R2dbcAutoConfiguration.class})
@Conditional(R2dbcStandInAutoConfiguration.IfBootsIsOut.class)
@EnableConfigurationProperties(R2dbcProperties.class)
public class R2dbcStandInAutoConfiguration {
  @Bean
  @ConditionalOnMissingBean(R2dbcConnectionDetails.class)
  @ConditionalOnProperty(R2dbcKeys.URL)
  R2dbcConnectionDetails sluiceR2dbcConnectionDetails(
      Environment environment, ListableBeanFactory beans) {
    return () -> R2dbcLocation.ofProperties(environment, BootR2dbc.databaseName(beans));
  }

  /** Without a pool, if {@code spring.r2dbc.pool.enabled=false}. */
  @Bean
  @ConditionalOnMissingBean(ConnectionFactory.class)
  ConnectionFactory connectionFactory(
      ListableBeanFactory beans, Environment environment, ResourceLoader loader) {
    return R2dbcLocation.driver(
        R2dbcLocation.of(beans, environment, loader.getClassLoader()), beans);
  }

  /** Spring's client. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(DatabaseClient.class)
  static class Client {
    @Bean
    @ConditionalOnMissingBean
    DatabaseClient r2dbcDatabaseClient(ConnectionFactory connectionFactory) {
      return DatabaseClient.create(connectionFactory);
    }
  }

  static final class IfBootsIsOut implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return R2dbcPoolFilter.isNeeded(context.getEnvironment(), context.getClassLoader());
    }
  }
}
