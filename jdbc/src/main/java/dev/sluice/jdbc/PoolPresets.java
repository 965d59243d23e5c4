package dev.sluice.jdbc;

import dev.sluice.pool.StartPolicy;
import java.time.Duration;

/**
 * Sets of options to start from, for {@link SluiceBuilder#preset}: {@code
 * Sluice.dataSource(url).preset(PoolPresets::medium).maxSize(15)}.
 */
public final class PoolPresets {
  private PoolPresets() {}

  /** A small application: 5 to 10 connections. */
  public static SluiceBuilder small(SluiceBuilder builder) {
    return builder.minSize(5).maxSize(10);
  }

  /** A medium application: 10 to 20 connections. */
  public static SluiceBuilder medium(SluiceBuilder builder) {
    return builder.minSize(10).maxSize(20);
  }

  /** A large application: 20 to 50 connections. */
  public static SluiceBuilder large(SluiceBuilder builder) {
    return builder.minSize(20).maxSize(50);
  }

  /**
   * A function that is started, frozen and thawed at will: one connection, opened at the first use,
   * nothing done in the background, checked after every rest.
   */
  public static SluiceBuilder serverless(SluiceBuilder builder) {
    return builder
        .minSize(0)
        .maxSize(1)
        .warmUp(0)
        .startPolicy(StartPolicy.LAZY)
        .healthCheckInterval(Duration.ZERO)
        .keepaliveInterval(Duration.ZERO)
        .resumeGuard(true)
        .strictResumeGuard(true);
  }
}
