package dev.sluice.jdbc;

/**
 * One part of a {@link SessionState}.
 *
 * @param name of a variable or of client info; otherwise empty
 */
record SessionPart(Kind kind, String name) implements Comparable<SessionPart> {
  static final SessionPart ROLE = new SessionPart(Kind.ROLE, "");
  static final SessionPart SCHEMA = new SessionPart(Kind.SCHEMA, "");
  static final SessionPart CATALOG = new SessionPart(Kind.CATALOG, "");

  /** The kinds, in the order in which a server gets them: a role may be needed for the rest. */
  enum Kind {
    ROLE,
    CATALOG,
    SCHEMA,
    VARIABLE,
    CLIENT_INFO
  }

  static SessionPart variable(String name) {
    return new SessionPart(Kind.VARIABLE, name);
  }

  static SessionPart clientInfo(String name) {
    return new SessionPart(Kind.CLIENT_INFO, name);
  }

  @Override
  public int compareTo(SessionPart other) {
    int byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : name.compareTo(other.name);
  }
}
