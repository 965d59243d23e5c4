package dev.sluice.jdbc;

/** What becomes of a connection after an error, from the mildest to the hardest. */
enum Fate {
  /** The connection is fine, the statement was not. */
  KEEP(0),
  /** The connection is checked before it is lent again. */
  CHECK(1),
  /** The connection is closed when its borrower returns it. */
  EVICT(2),
  /**
   * As {@link #EVICT}, and all others are checked before their next use: the server may be gone.
   */
  SUSPECT_ALL(3),
  /** As {@link #EVICT}, and all others are replaced: the server is no longer the primary. */
  REPLACE_ALL(4);

  private static final Fate[] BY_SEVERITY = {KEEP, CHECK, EVICT, SUSPECT_ALL, REPLACE_ALL};

  /** A number that is higher the harder it is, from 0 to 4. */
  final int severity;

  Fate(int severity) {
    this.severity = severity;
  }

  static Fate of(int severity) {
    return BY_SEVERITY[severity];
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
