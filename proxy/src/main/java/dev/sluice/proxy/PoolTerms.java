package dev.sluice.proxy;

import dev.sluice.pool.Fairness;
import dev.sluice.pool.HandoutOrder;
import dev.sluice.pool.NestedAcquire;
import dev.sluice.pool.Overload;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolGroup;
import dev.sluice.pool.StartPolicy;
import dev.sluice.proxy.config.EffectivePool;
import dev.sluice.proxy.config.Settings;
import dev.sluice.proxy.config.SluiceSettings;
import java.time.Duration;
import java.util.List;

/** Says in the engine's terms what PgBouncer's settings mean for a pool. */
final class PoolTerms {
  private static final int MOST = PoolConfig.MAX_SIZE_LIMIT;

  /** Long enough for a limit that is switched off. */
  private static final Duration NO_LIMIT = Duration.ofDays(365);

  private PoolTerms() {}

  static PoolConfig of(
      String name, EffectivePool limits, List<PoolGroup> groups, SluiceSettings own) {
    Settings settings = limits.settings();
    int reserve = Math.min(limits.reservePoolSize(), MOST - 1);
    int most = MOST - reserve;
    int size = limits.poolSize() == 0 ? most : Math.min(limits.poolSize(), most);
    PoolConfig.Builder builder =
        PoolConfig.builder()
            .name(name)
            .maxSize(size)
            .minSize(Math.min(limits.minPoolSize(), size))
            .reserveSize(reserve)
            .acquireTimeout(orNoLimit(limits.queryWaitTimeout()))
            .openTimeout(orNoLimit(settings.serverConnectTimeout()))
            .validationTimeout(orNoLimit(settings.serverConnectTimeout()))
            .validateAfterIdle(settings.serverCheckDelay())
            .handoutOrder(settings.serverRoundRobin() ? HandoutOrder.FIFO : HandoutOrder.LIFO)
            .fairness(Fairness.STRICT)
            .nestedAcquire(NestedAcquire.ALLOW)
            .startPolicy(isWanted(limits) ? StartPolicy.BACKGROUND : StartPolicy.LAZY)
            .leakThreshold(Duration.ZERO);
    if (reserve > 0) {
      builder.reserveAfter(settings.reservePoolTimeout());
    }
    builder.maxWaiters(own.maxWaiting());
    if (!own.overloadTarget().isZero()) {
      builder.overload(new Overload(own.overloadTarget(), own.overloadInterval()));
    }
    return finish(builder, settings, groups);
  }

  /** Servers of a user of the database's own are opened although no client has come. */
  private static boolean isWanted(EffectivePool limits) {
    return limits.minPoolSize() > 0 && limits.database().user().isPresent();
  }

  /** The pool of one client that replicates, for as long as it likes. */
  static PoolConfig ofReplica(String name, EffectivePool limits, List<PoolGroup> groups) {
    Settings settings = limits.settings();
    PoolConfig.Builder builder =
        PoolConfig.builder()
            .name(name)
            .maxSize(1)
            .minSize(0)
            .acquireTimeout(orNoLimit(limits.queryWaitTimeout()))
            .openTimeout(orNoLimit(settings.serverConnectTimeout()))
            .nestedAcquire(NestedAcquire.ALLOW)
            .startPolicy(StartPolicy.LAZY)
            .leakThreshold(Duration.ZERO)
            .validateAfterIdle(NO_LIMIT); // not every such session takes a query
    return finish(builder, settings, groups);
  }

  /** The sidecar itself looks after the ages, since the settings may change. */
  private static PoolConfig finish(
      PoolConfig.Builder builder, Settings settings, List<PoolGroup> groups) {
    groups.forEach(builder::group);
    builder.maxLifetime(Duration.ZERO).idleTimeout(Duration.ZERO);
    retry(builder, settings.serverLoginRetry());
    return builder.build();
  }

  private static void retry(PoolConfig.Builder builder, Duration most) {
    if (!most.isZero()) {
      Duration least = Duration.ofMillis(100);
      builder.backoffMin(most.compareTo(least) < 0 ? most : least).backoffMax(most);
    }
  }

  private static Duration orNoLimit(Duration limit) {
    return limit.isZero() ? NO_LIMIT : limit;
  }
}
