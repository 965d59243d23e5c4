package dev.sluice.jdbc;

/** What becomes of a connection after an error, from the mildest to the hardest. */
enum Fate {
  /** The connection is fine, the statement was not. */
  KEEP,
  /** The connection is checked before it is lent again. */
  CHECK,
  /** The connection is closed when its borrower returns it. */
  EVICT,
  /**
   * As {@link #EVICT}, and all others are checked before their next use: the server may be gone.
   */
  SUSPECT_ALL,
  /** As {@link #EVICT}, and all others are replaced: the server is no longer the primary. */
  REPLACE_ALL;

  private static final Fate[] VALUES = values();

  static Fate of(int ordinal) {
    return VALUES[ordinal];
  }

  static Fate of(ErrorClassifier.Verdict verdict) {
    return switch (verdict) {
      case KEEP -> KEEP;
      case CHECK -> CHECK;
      case EVICT -> EVICT;
      case EVICT_ALL -> SUSPECT_ALL;
    };
  }
}
