package dev.sluice.jdbc;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The user and password of a database login, and when they expire.
 *
 * @param user the user name; null if the URL or the driver decides
 * @param password the password or token, null to log in without one
 * @param expiresAt when the database stops accepting them for new connections; null if unknown, in
 *     which case the pool asks for credentials for every connection
 */
public record Credentials(
    @Nullable String user, @Nullable Secret password, @Nullable Instant expiresAt) {

  /** Credentials without a known expiry. */
  public static Credentials of(@Nullable String user, @Nullable Secret password) {
    return new Credentials(user, password, null);
  }

  /** Returns these credentials with an expiry. */
  public Credentials expiringAt(Instant expiresAt) {
    return new Credentials(user, password, expiresAt);
  }

  /** Returns whether both have the same user and password, regardless of expiry. */
  boolean sameLogin(Credentials other) {
    return java.util.Objects.equals(user, other.user)
        && java.util.Objects.equals(password, other.password);
  }
}
