package dev.sluice.spring.boot;

import dev.sluice.micrometer.SluiceMetrics;
import dev.sluice.pool.PoolStats;
import dev.sluice.r2dbc.SluiceConnectionFactory;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.r2dbc.spi.ConnectionFactory;
import java.util.function.ToDoubleFunction;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Binds the figures of the reactive pools to Micrometer: Sluice's own, and those that Boot has for
 * r2dbc-pool.
 */
@AutoConfiguration(
    after = {SluiceR2dbcAutoConfiguration.class, SluiceMetricsAutoConfiguration.class},
    afterName = {
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.metrics.export.simple.SimpleMetricsExportAutoConfiguration"
    })
@ConditionalOnClass({MeterRegistry.class, SluiceMetrics.class, SluiceConnectionFactory.class})
@ConditionalOnBean({MeterRegistry.class, ConnectionFactory.class})
public class SluiceR2dbcMetricsAutoConfiguration {
  @Bean
  @ConditionalOnMissingBean(name = "sluiceR2dbcMeterBinder")
  MeterBinder sluiceR2dbcMeterBinder(ListableBeanFactory beans) {
    return registry ->
        R2dbcPools.of(beans)
            .forEach(
                (beanName, pool) -> {
                  SluiceMetrics.of(pool.config().name(), pool::stats).bindTo(registry);
                  bindBootsNames(registry, beanName, pool);
                });
  }

  private static void bindBootsNames(
      MeterRegistry registry, String beanName, SluiceConnectionFactory pool) {
    gauge(registry, beanName, pool, "acquired", PoolStats::active);
    gauge(registry, beanName, pool, "allocated", PoolStats::size);
    gauge(registry, beanName, pool, "idle", PoolStats::idle);
    gauge(registry, beanName, pool, "pending", PoolStats::waiting);
    gauge(registry, beanName, pool, "max.allocated", PoolStats::maxSize);
    int bound = pool.config().maxWaiters();
    gauge(registry, beanName, pool, "max.pending", stats -> bound == 0 ? Integer.MAX_VALUE : bound);
  }

  private static void gauge(
      MeterRegistry registry,
      String beanName,
      SluiceConnectionFactory pool,
      String name,
      ToDoubleFunction<PoolStats> figure) {
    Gauge.builder("r2dbc.pool." + name, pool, it -> figure.applyAsDouble(it.stats()))
        .tag("name", beanName)
        .baseUnit("connections")
        .register(registry);
  }
}
