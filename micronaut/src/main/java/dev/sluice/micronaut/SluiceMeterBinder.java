package dev.sluice.micronaut;

import dev.sluice.jdbc.SluicePool;
import dev.sluice.micrometer.HikariTimers;
import dev.sluice.micrometer.SluiceMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import io.micronaut.core.util.StringUtils;
import jakarta.inject.Singleton;

/** Binds the figures of all pools to Micrometer, under Sluice's names and HikariCP's. */
@Singleton
@Requires(classes = {MeterRegistry.class, SluiceMetrics.class})
@Requires(property = "micronaut.metrics.enabled", notEquals = StringUtils.FALSE)
@Requires(property = "micronaut.metrics.binders.jdbc.enabled", notEquals = StringUtils.FALSE)
final class SluiceMeterBinder implements MeterBinder {
  private final SluicePools pools;
  private final boolean hikariNames;

  SluiceMeterBinder(
      SluicePools pools, @Value("${sluice.metrics.hikari-names:true}") boolean hikariNames) {
    this.pools = pools;
    this.hikariNames = hikariNames;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    pools
        .byName()
        .values()
        .forEach(
            pool -> {
              SluiceMetrics metrics = SluiceMetrics.of(pool.name(), pool::stats);
              (hikariNames ? withHikariNames(metrics, pool) : metrics).bindTo(registry);
            });
  }

  private static SluiceMetrics withHikariNames(SluiceMetrics metrics, SluicePool pool) {
    return pool.config().listeners().stream()
        .filter(HikariTimers.class::isInstance)
        .findFirst()
        .map(timers -> metrics.withHikariNames((HikariTimers) timers))
        .orElseGet(metrics::withHikariNames);
  }
}
