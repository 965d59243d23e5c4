package dev.sluice.jdbc;

/**
 * Where the pool gets its credentials, asked for each connection that it opens: a vault, a cloud's
 * token service, a file that is rotated.
 *
 * <p>{@link #get} runs on a worker of the pool, never on a borrower's thread, may block, and is
 * interrupted when the attempt to open has used up its time. The pool keeps what has an {@linkplain
 * Credentials#expiresAt expiry} until shortly before, renews it in the background, and lets only
 * one call run at a time.
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
   * Is told that the database refused these credentials. A source that keeps a copy drops it; the
   * pool then asks {@link #get} once more before it gives up.
   */
  default void rejected(Credentials refused) {}

  /** A source that always gives the same. */
  static CredentialsSource fixed(Credentials credentials) {
    return new CredentialsSource() { // linking a lambda would delay the first connection
      @Override
      public Credentials get() {
        return credentials;
      }
    };
  }
}
