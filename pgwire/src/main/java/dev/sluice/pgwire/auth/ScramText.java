package dev.sluice.pgwire.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.random.RandomGenerator;

/**
 * Reads a message of SCRAM: attributes of one letter, separated by commas. Each byte is one
 * character, so that text and bytes are the same thing and signatures cover what was sent.
 */
final class ScramText {
  /** The mechanism without channel binding. */
  static final String MECHANISM = "SCRAM-SHA-256";

  /** The mechanism with channel binding. */
  static final String MECHANISM_PLUS = "SCRAM-SHA-256-PLUS";

  /** The longest message that either side accepts. PostgreSQL's own have about 100 bytes. */
  static final int LONGEST_MESSAGE = 4_096;

  /** The longest nonce of the other side. PostgreSQL's have 24 characters. */
  static final int LONGEST_NONCE = 1_024;

  /** The longest salt, decoded. PostgreSQL's have 16 bytes. */
  static final int LONGEST_SALT = 1_024;

  /** As many random bytes as PostgreSQL takes. */
  private static final int NONCE_BYTES = 18;

  private final String text;
  private int at;

  /** Checks the length before anything is copied. */
  ScramText(byte[] message) throws ScramException {
    if (message.length > LONGEST_MESSAGE) {
      throw new ScramException(
          "SCRAM message of " + message.length + " bytes; the limit is " + LONGEST_MESSAGE);
    }
    this.text = new String(message, StandardCharsets.ISO_8859_1);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static byte[] decode(String base64, String what) throws ScramException {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new ScramException("malformed SCRAM message (" + what + " is not in base64)");
    }
  }

  /** A new nonce, in base64. */
  static String nonce(RandomGenerator random) {
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    return base64(bytes);
  }

  /** The next character; NUL at the end. */
  char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  boolean atEnd() {
    return at == text.length();
  }

  int position() {
    return at;
  }

  /** The whole message. */
  String all() {
    return text;
  }

  /** All before the position. */
  String before(int position) {
    return text.substring(0, position);
  }

  /** All from the position on. */
  String rest() {
    return text.substring(at);
  }

  /** The text up to the next comma, which is skipped. */
  String field() {
    int comma = text.indexOf(',', at);
    int end = comma < 0 ? text.length() : comma;
    String field = text.substring(at, end);
    at = comma < 0 ? end : comma + 1;
    return field;
  }

  /** The value of the next attribute, which must have this name. */
  String attribute(char name) throws ScramException {
    String field = field();
    if (field.length() < 2 || field.charAt(0) != name || field.charAt(1) != '=') {
      throw new ScramException("malformed SCRAM message (attribute " + name + " expected)");
    }
    return field.substring(2);
  }

  /** The value of an attribute {@code r}, which must be printable and not too long. */
  String nonce() throws ScramException {
    String nonce = attribute('r');
    if (nonce.isEmpty() || nonce.length() > LONGEST_NONCE) {
      throw new ScramException("malformed SCRAM message (nonce is empty or too long)");
    }
    if (!nonce.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new ScramException("malformed SCRAM message (nonce has unprintable characters)");
    }
    return nonce;
  }
}
