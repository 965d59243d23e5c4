package dev.sluice.jdbc;

/**
 * Supplies credentials for each connection that the pool opens, for instance from a vault, a
 * cloud's token service, or a rotated file.
 *
 * <p>{@link #get} runs on a worker of the pool, never on a borrower's thread. It may block, and the
 * pool interrupts it when the time of the attempt to open has run out. The pool caches credentials
 * with an {@linkplain Credentials#expiresAt expiry} until shortly before that time and renews them
 * in the background. It runs only one call at a time.
 */
@FunctionalInterface
public interface CredentialsSource {
  /**
   * Returns the credentials for the next connection.
   *
   * @throws Exception if there are none; the attempt to open fails with this cause
   */
  Credentials get() throws Exception;

  /**
   * Receives credentials that the database refused. A source that caches credentials should drop
   * them. The pool then calls {@link #get} once more before it gives up.
   */
  default void rejected(Credentials refused) {}

  /** A source that always returns the same credentials. */
  static CredentialsSource fixed(Credentials credentials) {
    return new CredentialsSource() { // linking a lambda would delay the first connection
      @Override
      public Credentials get() {
        return credentials;
      }
    };
  }
}
