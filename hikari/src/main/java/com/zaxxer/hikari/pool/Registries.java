package com.zaxxer.hikari.pool;

import com.codahale.metrics.health.HealthCheckRegistry;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.dropwizard.CodahaleHealthChecker;
import com.zaxxer.hikari.metrics.dropwizard.CodahaleMetricsTrackerFactory;
import com.zaxxer.hikari.metrics.dropwizard.Dropwizard5MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import io.micrometer.core.instrument.MeterRegistry;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/**
 * The registries that a pool reports to. Their libraries may be absent: so the types are known by
 * name, and what touches them is in classes of its own.
 */
public final class Registries {
  private static final String MICROMETER = "io.micrometer.core.instrument.MeterRegistry";
  private static final String DROPWIZARD = "com.codahale.metrics.MetricRegistry";
  private static final String DROPWIZARD_5 = "io.dropwizard.metrics5.MetricRegistry";
  private static final String CHECKS = "com.codahale.metrics.health.HealthCheckRegistry";

  private Registries() {}

  /**
   * Gives a registry of metrics back, or the one of this name in JNDI.
   *
   * @throws IllegalArgumentException if it is of no library that the pool reports to
   */
  public static Object requireMetrics(Object registryOrName) {
    Object registry = lookedUp(registryOrName);
    if (registry != null
        && !isA(registry, MICROMETER)
        && !isA(registry, DROPWIZARD)
        && !isA(registry, DROPWIZARD_5)) {
      throw new IllegalArgumentException(
          "Class must be instance of " + DROPWIZARD + ", " + DROPWIZARD_5 + ", or " + MICROMETER);
    }
    return registry;
  }

  /**
   * Gives a registry of health checks back, or the one of this name in JNDI.
   *
   * @throws IllegalArgumentException if it is another object
   */
  public static Object requireHealthChecks(Object registryOrName) {
    Object registry = lookedUp(registryOrName);
    if (registry != null && !isA(registry, CHECKS)) {
      throw new IllegalArgumentException("Class must be an instance of " + CHECKS);
    }
    return registry;
  }

  @SuppressWarnings("BanJNDI") // the application chooses the name
  private static Object lookedUp(Object registryOrName) {
    if (!(registryOrName instanceof String name)) {
      return registryOrName;
    }
    try {
      return new InitialContext().lookup(name);
    } catch (NamingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static boolean isA(Object object, String className) {
    for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getName().equals(className)) {
        return true;
      }
    }
    return false;
  }

  /** The factory of trackers that report to a registry of {@link #requireMetrics}. */
  static MetricsTrackerFactory factory(Object registry) {
    if (isA(registry, MICROMETER)) {
      return Micrometer.factory(registry);
    }
    return isA(registry, DROPWIZARD) ? Dropwizard.factory(registry) : Dropwizard5.factory(registry);
  }

  /**
   * Registers the checks of a pool.
   *
   * @return takes them out again
   */
  static Runnable registerChecks(HikariPool pool, HikariConfig config, Object registry) {
    return Checks.register(pool, config, registry);
  }

  private static final class Micrometer {
    static MetricsTrackerFactory factory(Object registry) {
      return new MicrometerMetricsTrackerFactory((MeterRegistry) registry);
    }
  }

  private static final class Dropwizard {
    static MetricsTrackerFactory factory(Object registry) {
      return new CodahaleMetricsTrackerFactory((com.codahale.metrics.MetricRegistry) registry);
    }
  }

  private static final class Dropwizard5 {
    static MetricsTrackerFactory factory(Object registry) {
      return new Dropwizard5MetricsTrackerFactory((io.dropwizard.metrics5.MetricRegistry) registry);
    }
  }

  private static final class Checks {
    static Runnable register(HikariPool pool, HikariConfig config, Object registry) {
      HealthCheckRegistry checks = (HealthCheckRegistry) registry;
      CodahaleHealthChecker.registerHealthChecks(pool, config, checks);
      return () -> CodahaleHealthChecker.unregisterHealthChecks(pool.toString(), checks);
    }
  }
}
