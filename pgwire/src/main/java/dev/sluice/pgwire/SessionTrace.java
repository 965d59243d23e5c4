package dev.sluice.pgwire;

/**
 * Something that a command leaves behind in its session, so that the next user of the session would
 * find it. Immutable.
 *
 * @param name which one of its kind; {@link #ALL} for each of them
 */
public record SessionTrace(Kind kind, String name) {
  /** The name that stands for each of a kind. */
  public static final String ALL = "*";

  /** What can be left behind. */
  public enum Kind {
    /** A setting that has another value. */
    SETTING("SET", true),
    /** Another role. */
    ROLE("SET ROLE", true),
    /** Another user. */
    AUTHORIZATION("SET SESSION AUTHORIZATION", true),
    /** A temporary table, view or sequence. */
    TEMPORARY("a temporary object", true),
    /** An advisory lock that no transaction releases. */
    ADVISORY_LOCK("an advisory lock", false),
    /** A cursor WITH HOLD. */
    HOLD_CURSOR("a cursor WITH HOLD", true),
    /** A channel that the session listens on. */
    LISTEN("LISTEN", true),
    /** A statement that SQL's own PREPARE has made. */
    PREPARED("PREPARE", false),
    /** Nobody knows what: the query was too long to look at, or its end was not found. */
    UNREAD("a query that cannot be looked at", false);

    private final String words;

    /** Whether a rollback undoes it. */
    private final boolean transactional;

    Kind(String words, boolean transactional) {
      this.words = words;
      this.transactional = transactional;
    }

    /** Whether it is gone when its transaction is rolled back. */
    public boolean isTransactional() {
      return transactional;
    }
  }

  /** Whether a command that cleans up this trace cleans up the other one. */
  public boolean covers(SessionTrace other) {
    return kind == other.kind && (name.equals(ALL) || name.equals(other.name));
  }

  /** As the log has it. */
  @Override
  public String toString() {
    return name.isEmpty() || name.equals(ALL) ? kind.words : kind.words + " " + name;
  }
}
