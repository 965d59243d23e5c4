package dev.sluice.pool;

import java.time.Duration;

/**
 * A resource that exists: its state, age and use.
 *
 * @param id its number in this pool, never used twice
 * @param state what it is doing
 * @param age since it was opened
 * @param idle since it was last used, zero if it is in use
 * @param uses how often it was lent
 */
public record ResourceInfo(long id, State state, Duration age, Duration idle, long uses) {
  /** What a resource is doing. */
  public enum State {
    /** Being opened. */
    OPENING,
    /** Ready to be lent. */
    IDLE,
    /** Lent out. */
    LEASED,
    /** Being validated or cleaned. */
    CHECKING,
    /** Being closed. */
    CLOSING
  }
}
