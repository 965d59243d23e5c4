package com.zaxxer.hikari.metrics.dropwizard;

import com.zaxxer.hikari.metrics.PoolStats;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/** What a pool's metrics are called, which is the same in both versions of the library. */
final class DropwizardNames {
  static final String WAIT = "Wait";
  static final String USAGE = "Usage";
  static final String CREATION = "ConnectionCreation";
  static final String TIMEOUTS = "ConnectionTimeoutRate";

  private DropwizardNames() {}

  /** The full name of a pool's metric or check. */
  static String of(String pool, String name) {
    return pool + ".pool." + name;
  }

  /** The sizes, by the names of their gauges. */
  static Map<String, ToIntFunction<PoolStats>> gauges() {
    Map<String, ToIntFunction<PoolStats>> gauges = new LinkedHashMap<>();
    gauges.put("TotalConnections", PoolStats::getTotalConnections);
    gauges.put("IdleConnections", PoolStats::getIdleConnections);
    gauges.put("ActiveConnections", PoolStats::getActiveConnections);
    gauges.put("PendingConnections", PoolStats::getPendingThreads);
    gauges.put("MaxConnections", PoolStats::getMaxConnections);
    gauges.put("MinConnections", PoolStats::getMinConnections);
    return gauges;
  }
}
