package dev.sluice.micronaut;

import dev.sluice.micrometer.HikariTimers;
import dev.sluice.pool.PoolListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Requires;
import io.micronaut.core.util.StringUtils;
import jakarta.inject.Singleton;

/** Timers under HikariCP's names; there only with these names, because each lease pays for them. */
@Singleton
@Requires(classes = {MeterRegistry.class, HikariTimers.class})
@Requires(beans = MeterRegistry.class)
@Requires(property = "micronaut.metrics.binders.jdbc.enabled", notEquals = StringUtils.FALSE)
@Requires(property = "sluice.metrics.hikari-names", notEquals = StringUtils.FALSE)
final class HikariPoolTimers implements PoolTimers {
  @Override
  public PoolListener create() {
    return HikariTimers.create();
  }
}
