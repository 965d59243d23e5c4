package com.zaxxer.hikari.pool;

import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import io.micrometer.core.instrument.MeterRegistry;

/** Finds the factory of trackers for a registry. */
final class Registries {
  private static final String MICROMETERS = "io.micrometer.core.instrument.MeterRegistry";

  private Registries() {}

  /** The factory; null if the library is none that the pool reports to. */
  static MetricsTrackerFactory factory(Object registry) {
    for (Class<?> type = registry.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getName().equals(MICROMETERS)) {
        return Micrometers.factory(registry);
      }
    }
    return null;
  }

  /** A class of its own, because Micrometer may be absent. */
  private static final class Micrometers {
    static MetricsTrackerFactory factory(Object registry) {
      return new MicrometerMetricsTrackerFactory((MeterRegistry) registry);
    }
  }
}
