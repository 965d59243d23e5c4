package com.zaxxer.hikari.metrics.dropwizard;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import com.codahale.metrics.health.HealthCheck;
import com.codahale.metrics.health.HealthCheckRegistry;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * HikariCP's health checks for Dropwizard: {@code NAME.pool.ConnectivityCheck} borrows a connection
 * within {@code connectivityCheckTimeoutMs}, by default the pool's connection timeout. {@code
 * NAME.pool.Connection99Percent} compares the waits with {@code expected99thPercentileMs}; it is
 * there only if that is set and the pool reports to a {@link MetricRegistry}.
 */
public final class CodahaleHealthChecker {
  private static final String CONNECTIVITY = "ConnectivityCheck";
  private static final String PERCENTILE = "Connection99Percent";

  private CodahaleHealthChecker() {}

  /** Registers the checks of a pool. */
  public static void registerHealthChecks(
      HikariPool pool, HikariConfig config, HealthCheckRegistry registry) {
    String name = config.getPoolName();
    long timeout = number(config, "connectivityCheckTimeoutMs", config.getConnectionTimeout());
    registry.register(
        DropwizardNames.of(name, CONNECTIVITY), new Connectivity(pool, Math.max(0, timeout)));
    long expected = number(config, "expected99thPercentileMs", 0);
    if (expected > 0 && config.getMetricRegistry() instanceof MetricRegistry metrics) {
      Timer wait = metrics.getTimers().get(DropwizardNames.of(name, DropwizardNames.WAIT));
      if (wait != null) {
        registry.register(DropwizardNames.of(name, PERCENTILE), new Percentile(wait, expected));
      }
    }
  }

  /** Takes the checks of a pool out, so that one of its name can register its own. */
  public static void unregisterHealthChecks(String poolName, HealthCheckRegistry registry) {
    registry.unregister(DropwizardNames.of(poolName, CONNECTIVITY));
    registry.unregister(DropwizardNames.of(poolName, PERCENTILE));
  }

  private static long number(HikariConfig config, String name, long otherwise) {
    Properties properties = config.getHealthCheckProperties();
    return Long.parseLong(properties.getProperty(name, Long.toString(otherwise)).strip());
  }

  private static final class Connectivity extends HealthCheck {
    private final HikariPool pool;
    private final long timeoutMs;

    Connectivity(HikariPool pool, long timeoutMs) {
      this.pool = pool;
      this.timeoutMs = timeoutMs;
    }

    @Override
    protected Result check() {
      try {
        pool.getConnection(timeoutMs).close();
        return Result.healthy();
      } catch (SQLException e) {
        return Result.unhealthy(e);
      }
    }
  }

  private static final class Percentile extends HealthCheck {
    private final Timer wait;
    private final long expectedMs;

    Percentile(Timer wait, long expectedMs) {
      this.wait = wait;
      this.expectedMs = expectedMs;
    }

    @Override
    protected Result check() {
      long nanos = Math.round(wait.getSnapshot().get99thPercentile());
      long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
      return millis <= expectedMs
          ? Result.healthy()
          : Result.unhealthy(
              "99th percentile connection wait time of %dms exceeds the threshold %dms",
              millis, expectedMs);
    }
  }
}
