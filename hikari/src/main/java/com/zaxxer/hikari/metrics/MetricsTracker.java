package com.zaxxer.hikari.metrics;

/** A tracker that records nothing, for classes that extended it before there was an interface. */
public class MetricsTracker implements IMetricsTracker {
  /** A tracker that records nothing. */
  public MetricsTracker() {}
}
