package dev.sluice.pool;

/** Why a resource was closed; the pool counts each. */
public enum CloseReason {
  /** Idle for longer than the idle timeout. */
  IDLE,
  /** Older than its lifetime. */
  LIFETIME,
  /** Lent as often as allowed. */
  MAX_USES,
  /** A check found it dead. */
  INVALID,
  /** It broke in the borrower's hands. */
  BROKEN,
  /** It could not be cleaned for the next borrower. */
  RESET_FAILED,
  /** The pool was made smaller. */
  SURPLUS,
  /** When it came back, as many as maxIdle were idle, and nobody waited. */
  MAX_IDLE,
  /** It was beyond maxSize, and nobody waited when it came back. */
  OVERFLOW,
  /** It belonged to an older epoch: refresh, failover, changed credentials. */
  EPOCH,
  /** Its borrower kept it too long and the pool took it back. */
  LEAK,
  /** Its borrower asked for it, or somebody had idle ones evicted. */
  DISCARDED,
  /** The pool was closed. */
  POOL_CLOSED,
  /** A call of the pool's own hung in it. */
  HUNG,
  /** A thread died of an Error in the middle of a step of the pool's, with the resource in hand. */
  LOST
}
