package dev.sluice.pool;

/**
 * A borrower's hold on a resource, from {@link Pool#acquire} to the first {@link #close}.
 * Thread-safe in that a resource is returned once however many threads close the lease; what the
 * resource itself allows is its own matter.
 *
 * <p>Subclass it to make the handle that a borrower holds and the lease one object.
 *
 * @param <R> the resource
 */
public class Lease<R> implements AutoCloseable {
  /** Takes hold of a slot; only a {@link LeaseFactory} is given one. */
  protected Lease(Slot<R> slot) {
    throw new UnsupportedOperationException();
  }

  /** The resource; meaningful only while {@link #isHeld}. Never throws, costs two loads. */
  protected final R resource() {
    throw new UnsupportedOperationException();
  }

  /** Whether this lease still has the resource: neither returned nor taken back. Two loads. */
  public final boolean isHeld() {
    throw new UnsupportedOperationException();
  }

  /** Returns the resource, clean, to the pool. Later calls have no effect. */
  @Override
  public void close() {
    release();
  }

  /**
   * Returns the resource as clean: the next borrower may have it as it is. Never blocks.
   *
   * @return whether this call returned it, false if it was returned or taken back before
   */
  protected final boolean release() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns the resource as dirty: {@link ResourceFactory#reset} runs on a worker before the next
   * borrower gets it. Never blocks. The lease ends before the reset begins.
   *
   * @return as {@link #release}
   */
  protected final boolean releaseForReset() {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends the lease and closes the resource on a worker; never blocks.
   *
   * @return as {@link #release}
   */
  protected final boolean discard(CloseReason reason) {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends the lease and closes the resource, and raises the pool's epoch: every resource that was
   * opened before is suspect too. For proofs that the server is gone or has changed its role.
   *
   * @param replaceAll true to replace the older ones without asking (the role changed), false to
   *     check each before its next use (the server may be gone)
   * @param why in a few words, for the log
   */
  protected final boolean discardAndSuspectOthers(boolean replaceAll, String why) {
    throw new UnsupportedOperationException();
  }
}
