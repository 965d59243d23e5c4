package dev.sluice.spring.boot;

import dev.sluice.r2dbc.SluiceConnectionFactory;
import io.r2dbc.spi.ConnectionFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.CompositeReactiveHealthContributorConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.AbstractReactiveHealthIndicator;
import org.springframework.boot.health.contributor.ReactiveHealthContributor;
import org.springframework.boot.r2dbc.autoconfigure.health.ConnectionFactoryHealthContributorAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The health {@code r2dbc}, in place of Boot's, for which a busy pool is a broken one. */
@AutoConfiguration(
    after = {SluiceR2dbcAutoConfiguration.class, R2dbcStandInAutoConfiguration.class},
    before = ConnectionFactoryHealthContributorAutoConfiguration.class)
@ConditionalOnClass({
  SluiceConnectionFactory.class,
  ConditionalOnEnabledHealthIndicator.class,
  ConnectionFactoryHealthContributorAutoConfiguration.class
})
@ConditionalOnBean(SluiceConnectionFactory.class)
@ConditionalOnEnabledHealthIndicator("r2dbc")
public class SluiceR2dbcHealthAutoConfiguration
    extends CompositeReactiveHealthContributorConfiguration<
        AbstractReactiveHealthIndicator, ConnectionFactory> {
  SluiceR2dbcHealthAutoConfiguration() {
    super(SluiceR2dbcHealthIndicator::of);
  }

  @Bean
  @ConditionalOnMissingBean(name = {"r2dbcHealthIndicator", "r2dbcHealthContributor"})
  ReactiveHealthContributor r2dbcHealthContributor(ConfigurableListableBeanFactory beans) {
    return createContributor(beans, ConnectionFactory.class);
  }
}
