package dev.sluice.pgwire.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * What all logins of clients share: the source of randomness, the number of iterations, and a key
 * from which each user name gets its salt.
 *
 * <p>The salt of a user whose password is stored as it is, and of a user who does not exist, come
 * from the same key. They are the same at each login, so a client cannot tell which users exist by
 * asking twice. Verifiers made from passwords are kept, so only the first login pays for the
 * derivation. Thread-safe.
 */
public final class Authenticator {
  /** PostgreSQL's and PgBouncer's default. */
  public static final int DEFAULT_ITERATIONS = 4_096;

  /** PostgreSQL's length of a salt. */
  private static final int SALT_BYTES = 16;

  /** The most verifiers that are kept; users beyond that pay at each login. */
  private static final int MOST_VERIFIERS = 10_000;

  private static final int KEY_BYTES = 32;

  private final RandomGenerator random;
  private final int iterations;
  private final SecretBytes key;
  private final ConcurrentHashMap<String, Made> made = new ConcurrentHashMap<>();

  /** A verifier, and the password that it was made from. */
  private record Made(StoredSecret.Plain password, StoredSecret.ScramVerifier verifier) {}

  /**
   * Creates one with a random key.
   *
   * @param random a {@link java.security.SecureRandom} outside tests
   * @param iterations of PBKDF2 for users whose password is stored as it is, and for users who do
   *     not exist; 1 to 600,000. The latter are hidden best if all stored secrets have as many.
   */
  public Authenticator(RandomGenerator random, int iterations) {
    if (iterations < 1 || iterations > ServerLogin.DEFAULT_MAX_ITERATIONS) {
      throw new IllegalArgumentException("scram iterations must be 1 to 600000: " + iterations);
    }
    this.random = random;
    this.iterations = iterations;
    byte[] bytes = new byte[KEY_BYTES];
    random.nextBytes(bytes);
    this.key = SecretBytes.of(bytes);
  }

  RandomGenerator random() {
    return random;
  }

  /** What a user who does not exist is asked for. Nobody has keys for it. */
  StoredSecret.ScramVerifier mockVerifier(String user) {
    SecretBytes nobody = SecretBytes.of(new byte[Digests.SHA_256_BYTES]);
    return new StoredSecret.ScramVerifier(iterations, salt(user), nobody, nobody);
  }

  /** The verifier that was made from this password before. */
  Optional<StoredSecret.ScramVerifier> madeBefore(String user, StoredSecret.Plain password) {
    Made before = made.get(user);
    return before != null && before.password().equals(password)
        ? Optional.of(before.verifier())
        : Optional.empty();
  }

  KeyDerivation derivation(String user, StoredSecret.Plain password) {
    return new KeyDerivation(password.password(), salt(user), iterations);
  }

  /** Makes a verifier of derived keys, and keeps it. */
  StoredSecret.ScramVerifier make(
      String user, StoredSecret.Plain password, StoredSecret.ScramKeys keys) {
    StoredSecret.ScramVerifier verifier =
        StoredSecret.ScramVerifier.of(iterations, salt(user).raw(), keys);
    if (made.size() < MOST_VERIFIERS || made.containsKey(user)) {
      made.put(user, new Made(password, verifier));
    }
    return verifier;
  }

  private SecretBytes salt(String user) {
    byte[] hash = Digests.hmac(key.raw(), user.getBytes(StandardCharsets.UTF_8));
    return SecretBytes.of(Arrays.copyOf(hash, SALT_BYTES));
  }

  @Override
  public String toString() {
    return "Authenticator[" + iterations + " iterations]";
  }
}
