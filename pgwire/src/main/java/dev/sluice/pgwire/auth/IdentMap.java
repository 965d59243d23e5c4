package dev.sluice.pgwire.auth;

/** A named map of {@code pg_ident.conf}: which names of the outside may be which user. */
public interface IdentMap {
  /** The map's name, for the log. */
  String name();

  /** Whether this name in a certificate, or of an account, may be this user. */
  boolean allows(String systemName, String user);
}
