package dev.sluice.pool;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Lends resources: fairly, within a deadline, never more than its maximum. Thread-safe.
 *
 * @param <R> the resource
 * @param <L> the handle that borrowers get
 */
public final class Pool<R, L extends Lease<R>> implements AutoCloseable {
  private Pool() {}

  /** Builds and starts a pool. */
  public static <R, L extends Lease<R>> Pool<R, L> create(
      PoolConfig config,
      ResourceFactory<R> resources,
      LeaseFactory<R, L> leases,
      PoolListener listener)
      throws AcquireException {
    throw new UnsupportedOperationException();
  }

  /** Acquires with the defaults. */
  public L acquire() throws AcquireException, InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** Acquires. */
  public L acquire(AcquireOptions options) throws AcquireException, InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** At once or not at all. */
  public Optional<L> tryAcquire() throws AcquireException {
    throw new UnsupportedOperationException();
  }

  /** Without blocking; cancel the future to give up. Fails with {@link AcquireException}. */
  public CompletableFuture<L> acquireAsync(AcquireOptions options) {
    throw new UnsupportedOperationException();
  }

  /** The configuration in force. */
  public PoolConfig config() {
    throw new UnsupportedOperationException();
  }

  /** A snapshot. */
  public PoolStats stats() {
    throw new UnsupportedOperationException();
  }

  /** A snapshot; the counters and histograms start anew. */
  public PoolStats statsAndReset() {
    throw new UnsupportedOperationException();
  }

  /** What is out; {@code withStacks} adds the holders' live stacks. */
  public List<LeaseInfo> leases(boolean withStacks) {
    throw new UnsupportedOperationException();
  }

  /** What exists. */
  public List<ResourceInfo> resources() {
    throw new UnsupportedOperationException();
  }

  /** Changes the sizes; kills no lease. */
  public void resize(int minSize, int maxSize) {
    throw new UnsupportedOperationException();
  }

  /** Replaces all resources opened before now: idle ones at once, leased ones on return. */
  public void refresh() {
    throw new UnsupportedOperationException();
  }

  /** Suspends lending: callers wait. */
  public void suspend() {
    throw new UnsupportedOperationException();
  }

  /** Resumes lending. */
  public void resume() {
    throw new UnsupportedOperationException();
  }

  /** Checks that a resource can be had and works, within the timeout, even if the pool is full. */
  public boolean checkHealth(Duration timeout) throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** Waits until the minimum is open. */
  public void awaitReady(Duration timeout) throws AcquireException, InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** Closes with the configured drain timeout. */
  @Override
  public void close() {
    close(config().drainTimeout());
  }

  /** Stops lending, wakes waiters, waits for borrowers, cuts the rest; returns what was cut. */
  public List<LeaseInfo> close(Duration drain) {
    throw new UnsupportedOperationException();
  }
}
