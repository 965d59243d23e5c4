package dev.sluice.pool;

/**
 * An engine in virtual time on the test's own thread, for tests of a door: workers do one task each
 * time the test says so, and the keeper looks when time passes.
 */
public final class VirtualPool {
  private final SteppedPlatform platform = new SteppedPlatform();

  /** Makes a pool in this time. */
  public <R, L extends Lease<R>> Pool<R, L> create(
      PoolConfig config, ResourceFactory<R> resources, LeaseFactory<R, L> leases)
      throws AcquireException {
    return Pool.create(config, resources, leases, PoolListener.NONE, platform);
  }

  /** The time. */
  public long nanoTime() {
    return platform.nanoTime();
  }

  /** Lets time pass, and the keeper look. */
  public void pass(long millis) {
    platform.pass(millis);
  }

  /** Does one of the workers' tasks; returns whether there was one. */
  public boolean workOnce() {
    return platform.workOnce();
  }

  /** Does all that the workers have to do. */
  public void work() {
    platform.work();
  }
}
