package dev.sluice.pool;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A pool's health, as an endpoint for health shows it: whether its database answers. A pool that is
 * merely full is up, because a restart would not help it. Immutable.
 *
 * @param up whether the database answers, as far as the pool knows
 * @param details the state ({@code ok}, {@code full} or {@code no answer}), and the sizes
 */
public record PoolHealth(boolean up, Map<String, Object> details) {
  private static final Duration WHEN_FULL = Duration.ofMillis(250);

  /** Copies the details, whose order stays. */
  public PoolHealth {
    details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
  }

  /**
   * The health of a pool that was checked.
   *
   * @param up what the check said
   * @param stats the figures after it
   */
  public static PoolHealth of(boolean up, PoolStats stats) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("state", up ? (isFull(stats) ? "full" : "ok") : "no answer");
    details.put("active", stats.active());
    details.put("idle", stats.idle());
    details.put("waiting", stats.waiting());
    details.put("maxSize", stats.maxSize());
    return new PoolHealth(up, details);
  }

  /**
   * How long a check may take: the validation timeout, but of a full pool 250 ms at most, because
   * whoever probes it waits no longer than a second, as Kubernetes does.
   */
  public static Duration limit(PoolConfig config, PoolStats stats) {
    Duration limit = config.validationTimeout();
    return isFull(stats) && limit.compareTo(WHEN_FULL) > 0 ? WHEN_FULL : limit;
  }

  private static boolean isFull(PoolStats stats) {
    return stats.active() >= stats.maxSize();
  }
}
