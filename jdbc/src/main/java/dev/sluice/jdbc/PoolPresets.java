package dev.sluice.jdbc;

import dev.sluice.pool.StartPolicy;
import java.time.Duration;

/**
 * Predefined sets of options, for {@link SluiceBuilder#preset}: {@code
 * Sluice.dataSource(url).preset(PoolPresets::medium).maxSize(15)}.
 *
 * <p>The largest size of each is what {@link PoolSizing#spindles} gives for a server with an SSD,
 * rounded up to the next ten. It is for one instance that has the server to itself: several
 * instances share it, so divide it by their number.
 */
public final class PoolPresets {
  private PoolPresets() {}

  /** A small application: 5 to 10 connections, for a server of 4 cores (9). */
  public static SluiceBuilder small(SluiceBuilder builder) {
    return builder.minSize(5).maxSize(10);
  }

  /** A medium application: 10 to 20 connections, for a server of 8 cores (17). */
  public static SluiceBuilder medium(SluiceBuilder builder) {
    return builder.minSize(10).maxSize(20);
  }

  /** A large application: 20 to 50 connections, for a server of 24 cores (49). */
  public static SluiceBuilder large(SluiceBuilder builder) {
    return builder.minSize(20).maxSize(50);
  }

  /**
   * No pooling, with a cap: each borrower gets a new connection, or one for which it waited. The
   * pool closes what comes back while nobody waits. maxSize is the cap.
   */
  public static SluiceBuilder unpooled(SluiceBuilder builder) {
    return builder.minSize(0).warmUp(0).maxIdle(0);
  }

  /**
   * One connection, lent to one borrower at a time and kept for as long as it works. For a database
   * that lives in its connection, and for tests.
   */
  public static SluiceBuilder single(SluiceBuilder builder) {
    return builder
        .minSize(1)
        .maxSize(1)
        .maxOverflow(0)
        .reserveSize(0)
        .minSpare(0)
        .warmUp(0)
        .idleTimeout(Duration.ZERO)
        .maxLifetime(Duration.ZERO);
  }

  /**
   * A pool that fails a test which does not give back what it took: closing throws an {@link
   * AssertionError} at once that says who took what, and where. A second close of a connection is
   * logged with the stacks of both.
   */
  public static SluiceBuilder asserting(SluiceBuilder builder) {
    return builder.assertReturned(true).drainTimeout(Duration.ZERO).strictClose(true);
  }

  /**
   * A serverless function, which the platform may freeze and thaw at any time. At most one
   * connection, opened at first use, checked after every idle period; no work in the background.
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
