package dev.sluice.spring.boot;

import dev.sluice.micrometer.SluiceMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Binds the figures of all pools to Micrometer. */
@AutoConfiguration(
    after = SluiceAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.metrics.MetricsAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.metrics.export.simple.SimpleMetricsExportAutoConfiguration"
    })
@ConditionalOnClass({MeterRegistry.class, SluiceMetrics.class})
@ConditionalOnBean({MeterRegistry.class, SluicePools.class})
public class SluiceMetricsAutoConfiguration {
  @Bean
  @ConditionalOnMissingBean(name = "sluiceMeterBinder")
  MeterBinder sluiceMeterBinder(
      SluicePools pools, @Value("${sluice.metrics.hikari-names:true}") boolean hikariNames) {
    return registry ->
        pools
            .byName()
            .forEach(
                (name, pool) -> {
                  SluiceMetrics metrics = SluiceMetrics.of(name, () -> Figures.of(pool));
                  (hikariNames ? metrics.withHikariNames() : metrics).bindTo(registry);
                });
  }
}
