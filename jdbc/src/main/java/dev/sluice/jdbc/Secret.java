package dev.sluice.jdbc;

import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A value that must not be shown: a password, a token, a key. It prints {@code ***} wherever it
 * ends up, is not serializable, and gives its content to {@link #reveal} alone. Immutable;
 * thread-safe.
 */
public final class Secret {
  /** What is shown in place of any secret. */
  static final String MASK = "***";

  private final char[] value;

  private Secret(char[] value) {
    this.value = value;
  }

  /** Hides a text. */
  public static Secret of(String value) {
    return new Secret(value.toCharArray());
  }

  /** Hides a copy of the characters; the caller may wipe its own. */
  public static Secret of(char[] value) {
    return new Secret(value.clone());
  }

  /** Returns the content. Whoever calls this answers for where it goes. */
  public String reveal() {
    return new String(value);
  }

  /** Returns whether the content is empty. */
  public boolean isEmpty() {
    return value.length == 0;
  }

  /** Compares contents, in a time that does not depend on where they differ. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && MessageDigest.isEqual(bytes(), secret.bytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  /** Returns {@code ***}, whatever the content. */
  @Override
  public String toString() {
    return MASK;
  }

  private byte[] bytes() {
    return StandardCharsets.UTF_16LE.encode(CharBuffer.wrap(value)).array();
  }
}
