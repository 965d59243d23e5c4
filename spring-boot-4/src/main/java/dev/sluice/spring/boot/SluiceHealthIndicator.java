package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluicePool;
import dev.sluice.pool.PoolHealth;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** Reports a pool as {@link PoolHealth} finds it. */
final class SluiceHealthIndicator extends AbstractHealthIndicator {
  private final SluicePool pool;

  SluiceHealthIndicator(SluicePool pool) {
    super("the pool cannot reach its database");
    this.pool = pool;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    PoolHealth health = CheckedPool.check(pool);
    builder.status(health.up() ? Status.UP : Status.DOWN).withDetails(health.details());
  }
}
