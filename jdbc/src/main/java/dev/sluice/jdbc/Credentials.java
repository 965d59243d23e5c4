package dev.sluice.jdbc;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who logs in to the database, and until when that works.
 *
 * @param user the name, null to leave it to the URL or the driver
 * @param password the password or token, null to log in without one
 * @param expiresAt when the database will stop accepting them for new connections, null if unknown:
 *     such credentials are asked for again for every connection
 */
public record Credentials(
    @Nullable String user, @Nullable Secret password, @Nullable Instant expiresAt) {

  /** Credentials of which it is not known how long they last. */
  public static Credentials of(@Nullable String user, @Nullable Secret password) {
    return new Credentials(user, password, null);
  }

  /** Returns these credentials with a time at which they expire. */
  public Credentials expiringAt(Instant expiresAt) {
    return new Credentials(user, password, expiresAt);
  }

  /** Returns whether both name the same user with the same password, whenever they expire. */
  boolean sameLogin(Credentials other) {
    return java.util.Objects.equals(user, other.user)
        && java.util.Objects.equals(password, other.password);
  }
}
