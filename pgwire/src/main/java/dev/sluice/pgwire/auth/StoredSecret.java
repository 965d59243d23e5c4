package dev.sluice.pgwire.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * What the sidecar knows of a user's password: the password itself, a hash of it in one of
 * PostgreSQL's two formats, keys that a client has proved to own, or nothing.
 *
 * <p>Secrets print {@code ***} and compare in constant time. Immutable; thread-safe.
 */
public sealed interface StoredSecret {
  /**
   * Reads a secret as PostgreSQL and PgBouncer do: {@code md5} and 32 hexadecimal digits in lower
   * case, {@code SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey}, and anything else is a
   * password. Empty text is no secret, which no login matches.
   */
  static StoredSecret parse(String text) {
    return parse(text.getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link #parse(String)}, for text whose encoding is unknown. */
  static StoredSecret parse(byte[] text) {
    if (text.length == 0) {
      return None.NONE;
    }
    String ascii = new String(text, StandardCharsets.ISO_8859_1);
    if (Md5Hash.isOne(ascii)) {
      return new Md5Hash(SecretBytes.of(Arrays.copyOfRange(text, Md5.PREFIX_BYTES, text.length)));
    }
    StoredSecret verifier = ScramVerifier.parse(ascii);
    return verifier == None.NONE ? new Plain(SecretBytes.of(text)) : verifier;
  }

  /** A password as it is, whatever it looks like. */
  static StoredSecret plain(String password) {
    return password.isEmpty()
        ? None.NONE
        : new Plain(SecretBytes.of(password.getBytes(StandardCharsets.UTF_8)));
  }

  /** Nothing is known: nothing matches, and no server that asks for a password can be used. */
  static StoredSecret none() {
    return None.NONE;
  }

  /** No secret. */
  enum None implements StoredSecret {
    /** The only one. */
    NONE
  }

  /**
   * A password as its owner types it.
   *
   * @param password never empty
   */
  record Plain(SecretBytes password) implements StoredSecret {
    /** Returns a copy of the password. The caller must keep it secret. */
    public byte[] bytes() {
      return password.raw().clone();
    }
  }

  /**
   * The hash of password and user name in PostgreSQL's old format.
   *
   * @param hex 32 hexadecimal digits in lower case
   */
  record Md5Hash(SecretBytes hex) implements StoredSecret {
    private static boolean isOne(String text) {
      return text.length() == Md5.LENGTH
          && text.startsWith("md5")
          && text.chars().skip(Md5.PREFIX_BYTES).allMatch(Md5Hash::isHexDigit);
    }

    private static boolean isHexDigit(int c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
  }

  /**
   * What a server of SCRAM-SHA-256 must know: enough to check a client, too little to be one.
   *
   * @param iterations of PBKDF2, at least 1
   * @param salt of PBKDF2, 1 to 1024 bytes
   * @param storedKey the hash of the client's key
   * @param serverKey the server's key
   */
  record ScramVerifier(
      int iterations, SecretBytes salt, SecretBytes storedKey, SecretBytes serverKey)
      implements StoredSecret {
    static final String PREFIX = "SCRAM-SHA-256$";

    /** The verifier of whoever has these keys. */
    static ScramVerifier of(int iterations, byte[] salt, ScramKeys keys) {
      SecretBytes storedKey = SecretBytes.of(Digests.sha256(keys.clientKey().raw()));
      return new ScramVerifier(iterations, SecretBytes.of(salt), storedKey, keys.serverKey());
    }

    /** {@link None#NONE} if the text has another form. */
    private static StoredSecret parse(String text) {
      if (!text.startsWith(PREFIX)) {
        return None.NONE;
      }
      int colon = text.indexOf(':');
      int dollar = text.indexOf('$', PREFIX.length());
      int last = text.lastIndexOf(':');
      if (colon < 0 || dollar < colon || last < dollar) {
        return None.NONE;
      }
      try {
        return new ScramVerifier(
            Integer.parseInt(text, PREFIX.length(), colon, 10),
            decoded(text.substring(colon + 1, dollar)),
            decoded(text.substring(dollar + 1, last)),
            decoded(text.substring(last + 1)));
      } catch (IllegalArgumentException e) {
        return None.NONE; // a password that looks like a verifier
      }
    }

    private static SecretBytes decoded(String base64) {
      return SecretBytes.of(Base64.getDecoder().decode(base64));
    }

    /** Checks the ranges. */
    public ScramVerifier {
      if (iterations < 1 || !isSalt(salt) || !isKey(storedKey) || !isKey(serverKey)) {
        throw new IllegalArgumentException("This is no SCRAM-SHA-256 secret.");
      }
    }

    private static boolean isSalt(SecretBytes salt) {
      int length = salt.raw().length;
      return length >= 1 && length <= ScramText.LONGEST_SALT;
    }

    private static boolean isKey(SecretBytes key) {
      return key.raw().length == Digests.SHA_256_BYTES;
    }

    /** Whether the keys are those that this verifier was made from. */
    boolean matches(ScramKeys keys) {
      boolean client = storedKey.equals(SecretBytes.of(Digests.sha256(keys.clientKey().raw())));
      boolean server = serverKey.equals(keys.serverKey());
      return client && server;
    }

    @Override
    public String toString() {
      return "ScramVerifier[***]";
    }
  }

  /**
   * Both keys of SCRAM-SHA-256, learnt from a client that logged in. They open a server whose own
   * secret has the same salt and iterations.
   *
   * @param clientKey the client's key
   * @param serverKey the server's key
   */
  record ScramKeys(SecretBytes clientKey, SecretBytes serverKey) implements StoredSecret {}
}
