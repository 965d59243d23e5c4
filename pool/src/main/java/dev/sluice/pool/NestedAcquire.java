package dev.sluice.pool;

/**
 * What is thought of a thread that acquires while it still holds a resource of the same pool: if
 * enough of them do so at once, each waits for what another holds.
 */
public enum NestedAcquire {
  /** Nothing. */
  ALLOW,
  /**
   * It is warned of, once for each path of calls that leads there, and served. Each acquisition
   * then looks through the leases that are out, so this is for tests and for searches.
   */
  WARN
}
