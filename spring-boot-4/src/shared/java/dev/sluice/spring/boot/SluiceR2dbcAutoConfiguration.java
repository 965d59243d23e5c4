package dev.sluice.spring.boot;

import dev.sluice.pool.PoolListener;
import dev.sluice.r2dbc.SluiceConnectionFactory;
import dev.sluice.r2dbc.SluiceConnectionFactoryBuilder;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.r2dbc.ConnectionFactoryDecorator;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Makes Sluice the reactive pool of an application that has {@code sluice-r2dbc}, with or without
 * r2dbc-pool.
 */
@AutoConfiguration(
    beforeName = {
      "org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration",
      "org.springframework.boot.autoconfigure.r2dbc.R2dbcAutoConfiguration",
      "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
      "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration"
    })
@ConditionalOnClass({SluiceConnectionFactory.class, ConnectionFactoryDecorator.class})
@ConditionalOnMissingBean(ConnectionFactory.class)
@ConditionalOnProperty(
    name = {DefaultPool.ENABLED, R2dbcKeys.ENABLED},
    matchIfMissing = true)
public class SluiceR2dbcAutoConfiguration {
  @Bean(destroyMethod = "dispose")
  SluiceConnectionFactory connectionFactory(
      ListableBeanFactory beans, Environment environment, ApplicationContext context) {
    ConnectionFactoryOptions options =
        R2dbcKeys.addTo(
            R2dbcLocation.of(beans, environment, context.getClassLoader()), environment);
    SluiceConnectionFactoryBuilder builder =
        SluiceConnectionFactory.builder(options, below -> R2dbcLocation.driver(below, beans));
    beans.getBeanProvider(PoolListener.class).orderedStream().forEach(builder::listener);
    beans
        .getBeanProvider(SluiceR2dbcBuilderCustomizer.class)
        .orderedStream()
        .forEach(customizer -> customizer.customize(builder));
    return builder.build();
  }

  @Bean
  SmartLifecycle sluiceR2dbcLifecycle(
      SluiceConnectionFactory connectionFactory, ApplicationContext context) {
    boolean crac = ClassUtils.isPresent("org.crac.Resource", context.getClassLoader());
    return new PoolLifecycle(
        () -> List.of(new OperatedR2dbcPool(connectionFactory)), context, crac);
  }
}
