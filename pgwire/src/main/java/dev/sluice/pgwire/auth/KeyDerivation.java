package dev.sluice.pgwire.auth;

import java.util.concurrent.Callable;

/**
 * Derives the keys of SCRAM-SHA-256 from a password. It takes about a millisecond per 4,000
 * iterations, so an event loop must leave it to a worker. Immutable; thread-safe; cannot be
 * interrupted.
 */
public final class KeyDerivation implements Callable<StoredSecret.ScramKeys> {
  private final SecretBytes password;
  private final SecretBytes salt;
  private final int iterations;

  KeyDerivation(SecretBytes password, SecretBytes salt, int iterations) {
    this.password = password;
    this.salt = salt;
    this.iterations = iterations;
  }

  /** How many iterations it runs. */
  public int iterations() {
    return iterations;
  }

  /** Derives the keys. */
  @Override
  public StoredSecret.ScramKeys call() {
    byte[] prepared = SaslPrep.prepare(password.raw());
    byte[] salted = Digests.pbkdf2(prepared, salt.raw(), iterations);
    return new StoredSecret.ScramKeys(
        SecretBytes.of(Digests.hmac(salted, "Client Key")),
        SecretBytes.of(Digests.hmac(salted, "Server Key")));
  }

  @Override
  public String toString() {
    return "KeyDerivation[" + iterations + " iterations]";
  }
}
