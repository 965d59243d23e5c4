package dev.sluice.pool;

/** Why the pool closed a resource. The pool counts each reason. */
public enum CloseReason {
  /** Idle for longer than the idle timeout. */
  IDLE,
  /** Older than its lifetime. */
  LIFETIME,
  /** Lent as often as {@link PoolConfig#maxUses} allows. */
  MAX_USES,
  /** A check found it dead. */
  INVALID,
  /** It broke while it was lent. */
  BROKEN,
  /** It could not be cleaned for the next borrower. */
  RESET_FAILED,
  /** The pool was made smaller. */
  SURPLUS,
  /** It came back when maxIdle resources were already idle and nobody waited. */
  MAX_IDLE,
  /** It was beyond maxSize and came back when nobody waited. */
  OVERFLOW,
  /** Another pool of its {@link PoolGroup} had less than its share and needed the place. */
  GROUP,
  /** It belonged to an older epoch, after a refresh, a failover or a change of credentials. */
  EPOCH,
  /** Its borrower kept it too long, and the pool took it back. */
  LEAK,
  /** Its borrower kept it beyond the deadline of the lease, and the pool took it back. */
  DEADLINE,
  /** Its borrower discarded it, or it was evicted while idle. */
  DISCARDED,
  /** Its borrower took it out of the pool and will close it. */
  DETACHED,
  /** The pool was closed. */
  POOL_CLOSED,
  /** One of the pool's own calls hung in it. */
  HUNG,
  /** A thread died of an Error while it was handling the resource inside the pool. */
  LOST
}
