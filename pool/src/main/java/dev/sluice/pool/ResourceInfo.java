package dev.sluice.pool;

import java.time.Duration;

/**
 * The state, age and use of a resource.
 *
 * @param id its number in this pool, never used twice
 * @param state its state
 * @param age the time since it was opened
 * @param idle the time since it was last used; zero if it is in use
 * @param uses how often it was lent
 */
public record ResourceInfo(long id, State state, Duration age, Duration idle, long uses) {
  /** The state of a resource. */
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
