package dev.sluice.spring.boot;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The actuator's endpoint {@code sluice}. */
@AutoConfiguration(after = SluiceAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(SluicePools.class)
@ConditionalOnAvailableEndpoint(SluiceEndpoint.class)
public class SluiceEndpointAutoConfiguration {
  @Bean
  @ConditionalOnMissingBean
  SluiceEndpoint sluiceEndpoint(SluicePools pools) {
    return new SluiceEndpoint(pools);
  }
}
