package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluicePool;
import dev.sluice.micrometer.HikariTimers;
import dev.sluice.micrometer.SluiceMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
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
  private static final String HIKARI_NAMES = "sluice.metrics.hikari-names";

  /** Only with HikariCP's names, because each lease pays for them. */
  @Bean
  @ConditionalOnProperty(name = HIKARI_NAMES, havingValue = "true", matchIfMissing = true)
  PoolTimers sluicePoolTimers() {
    return HikariTimers::create;
  }

  @Bean
  @ConditionalOnMissingBean(name = "sluiceMeterBinder")
  MeterBinder sluiceMeterBinder(
      SluicePools pools, @Value("${" + HIKARI_NAMES + ":true}") boolean hikariNames) {
    return registry ->
        pools
            .byName()
            .forEach(
                (name, pool) -> {
                  SluiceMetrics metrics = SluiceMetrics.of(pool.name(), () -> Figures.of(pool));
                  (hikariNames ? withHikariNames(metrics, pool) : metrics)
                      .withTags(Tags.of("pool", name))
                      .bindTo(registry);
                });
  }

  /** A pool that the application built itself has timers only if it was given some. */
  private static SluiceMetrics withHikariNames(SluiceMetrics metrics, SluicePool pool) {
    return pool.config().listeners().stream()
        .filter(HikariTimers.class::isInstance)
        .findFirst()
        .map(timers -> metrics.withHikariNames((HikariTimers) timers))
        .orElseGet(metrics::withHikariNames);
  }
}
