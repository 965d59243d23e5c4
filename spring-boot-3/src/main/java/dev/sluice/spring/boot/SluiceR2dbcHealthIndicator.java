package dev.sluice.spring.boot;

import dev.sluice.pool.PoolHealth;
import dev.sluice.r2dbc.SluiceConnectionFactory;
import io.r2dbc.spi.ConnectionFactory;
import org.springframework.boot.actuate.health.AbstractReactiveHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.actuate.r2dbc.ConnectionFactoryHealthIndicator;
import reactor.core.publisher.Mono;

/** Reports a reactive pool as {@link PoolHealth} finds it. */
final class SluiceR2dbcHealthIndicator extends AbstractReactiveHealthIndicator {
  private final SluiceConnectionFactory pool;

  private SluiceR2dbcHealthIndicator(SluiceConnectionFactory pool) {
    super("the reactive pool cannot reach its database");
    this.pool = pool;
  }

  /** The indicator of a connection factory: Boot's own if no pool of Sluice's is behind it. */
  static AbstractReactiveHealthIndicator of(ConnectionFactory factory) {
    SluiceConnectionFactory pool = R2dbcPools.behind(factory);
    return pool == null
        ? new ConnectionFactoryHealthIndicator(factory)
        : new SluiceR2dbcHealthIndicator(pool);
  }

  @Override
  protected Mono<Health> doHealthCheck(Health.Builder builder) {
    return Mono.from(pool.checkHealth(PoolHealth.limit(pool.config(), pool.stats())))
        .map(
            up -> {
              PoolHealth health = CheckedPool.named(up, pool.config().name(), pool.stats());
              return builder
                  .status(health.up() ? Status.UP : Status.DOWN)
                  .withDetails(health.details())
                  .build();
            });
  }
}
