package dev.sluice.pgwire.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * PostgreSQL's md5 login: {@code "md5" + md5(md5(password + user) + salt)}, where the salt is four
 * random bytes of the server.
 */
final class Md5 {
  /** The length of the prefix {@code md5}. */
  static final int PREFIX_BYTES = 3;

  /** The length of a hash with its prefix. */
  static final int LENGTH = 35;

  /** The length of the server's salt. */
  static final int SALT_BYTES = 4;

  private static final byte[] PREFIX = {'m', 'd', '5'};

  private Md5() {}

  /** The hash that PostgreSQL stores. */
  static StoredSecret.Md5Hash hash(StoredSecret.Plain password, String user) {
    byte[] name = user.getBytes(StandardCharsets.UTF_8);
    return new StoredSecret.Md5Hash(
        SecretBytes.of(Digests.md5Hex(password.password().raw(), name)));
  }

  /** What a client that has the hash answers to the salt. */
  static byte[] answer(StoredSecret.Md5Hash hash, byte[] salt) {
    byte[] answer = Arrays.copyOf(PREFIX, LENGTH);
    byte[] hex = Digests.md5Hex(hash.hex().raw(), salt);
    System.arraycopy(hex, 0, answer, PREFIX_BYTES, hex.length);
    return answer;
  }
}
