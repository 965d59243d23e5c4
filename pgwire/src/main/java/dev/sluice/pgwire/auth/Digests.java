package dev.sluice.pgwire.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The hash functions that logins need. */
final class Digests {
  /** The length of a SHA-256 hash, and so of every key of SCRAM-SHA-256. In bytes. */
  static final int SHA_256_BYTES = 32;

  private static final String HMAC = "HmacSHA256";

  /** HMAC pads keys with zeros, so this is the empty key, which {@link SecretKeySpec} refuses. */
  private static final byte[] EMPTY_KEY = {0};

  private Digests() {}

  static byte[] sha256(byte[] data) {
    return digest("SHA-256", data);
  }

  /** The MD5 hash of both parts together, as 32 hexadecimal digits in lower case. */
  static byte[] md5Hex(byte[] first, byte[] second) {
    byte[] hash = digest("MD5", first, second);
    return HexFormat.of().formatHex(hash).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] digest(String algorithm, byte[]... parts) {
    MessageDigest digest = messageDigest(algorithm);
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  private static MessageDigest messageDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw missing(algorithm, e);
    }
  }

  static byte[] hmac(byte[] key, byte[] data) {
    return mac(key).doFinal(data);
  }

  static byte[] hmac(byte[] key, String data) {
    return hmac(key, data.getBytes(StandardCharsets.US_ASCII));
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key.length == 0 ? EMPTY_KEY : key, HMAC));
      return mac;
    } catch (GeneralSecurityException e) {
      throw missing(HMAC, e);
    }
  }

  /** PBKDF2 with HMAC-SHA-256, for one block of output. RFC 5802 calls it {@code Hi}. */
  static byte[] pbkdf2(byte[] password, byte[] salt, int iterations) {
    Mac mac = mac(password);
    mac.update(salt);
    byte[] round = mac.doFinal(new byte[] {0, 0, 0, 1});
    byte[] result = round.clone();
    for (int i = 1; i < iterations; i++) {
      round = mac.doFinal(round);
      xorInto(result, round);
    }
    return result;
  }

  static byte[] xor(byte[] a, byte[] b) {
    byte[] result = a.clone();
    xorInto(result, b);
    return result;
  }

  private static void xorInto(byte[] result, byte[] other) {
    for (int i = 0; i < result.length; i++) {
      result[i] ^= other[i];
    }
  }

  private static IllegalStateException missing(String algorithm, Exception cause) {
    return new IllegalStateException(
        "This JVM has no " + algorithm + ", which logins need. Check its security providers.",
        cause);
  }
}
