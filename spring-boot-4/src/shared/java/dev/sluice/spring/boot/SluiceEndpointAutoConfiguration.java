package dev.sluice.spring.boot;

import dev.sluice.r2dbc.SluiceConnectionFactory;
import io.r2dbc.spi.ConnectionFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The actuator's endpoint {@code sluice}, for the pools of both doors. */
@AutoConfiguration(after = {SluiceAutoConfiguration.class, SluiceR2dbcAutoConfiguration.class})
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnProperty(name = DefaultPool.ENABLED, matchIfMissing = true)
@ConditionalOnAvailableEndpoint(SluiceEndpoint.class)
public class SluiceEndpointAutoConfiguration {
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({SluiceConnectionFactory.class, ConnectionFactory.class})
  @ConditionalOnBean(type = "io.r2dbc.spi.ConnectionFactory")
  static class Reactive {
    @Bean
    R2dbcPools sluiceReactivePools(ListableBeanFactory beans) {
      return new R2dbcPools(beans);
    }
  }

  @Bean
  @ConditionalOnBean(PoolDirectory.class)
  @ConditionalOnMissingBean
  SluiceEndpoint sluiceEndpoint(ObjectProvider<PoolDirectory> directories) {
    return new SluiceEndpoint(directories.orderedStream().toList());
  }
}
