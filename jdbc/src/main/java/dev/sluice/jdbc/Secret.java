package dev.sluice.jdbc;

import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value that must not be shown: a password, a token, a key. It always prints {@code ***}, is not
 * serializable, and reveals its content only through {@link #reveal} and {@link #revealObject}.
 * Immutable; thread-safe.
 */
public final class Secret {
  /** What is shown in place of any secret. */
  static final String MASK = "***";

  private final char[] value;

  /** The hidden value if it is not text. */
  private final @Nullable Object object;

  private Secret(char[] value) {
    this(value, null);
  }

  private Secret(char[] value, @Nullable Object object) {
    this.value = value;
    this.object = object;
  }

  /** Hides a text. */
  public static Secret of(String value) {
    return new Secret(value.toCharArray());
  }

  /** Hides a copy of the characters, so the caller may wipe its own. */
  public static Secret of(char[] value) {
    return new Secret(value.clone());
  }

  /**
   * Hides an object, such as a {@link java.security.PrivateKey}. Strings, numbers, booleans and
   * enums are hidden as text. A secret is returned unchanged.
   */
  public static Secret hiding(Object value) {
    if (value instanceof Secret secret) {
      return secret;
    }
    if (value instanceof CharSequence
        || value instanceof Number
        || value instanceof Boolean
        || value instanceof Enum<?>) {
      return of(value.toString());
    }
    return new Secret(new char[0], value);
  }

  /**
   * Returns the content, if it is text. The caller must keep it secret.
   *
   * @throws IllegalStateException if it is an object, which {@link #revealObject} returns
   */
  public String reveal() {
    if (object != null) {
      throw new IllegalStateException(
          "the secret is not text but a " + object.getClass().getName());
    }
    return new String(value);
  }

  /** Returns the content: text, or the object. The caller must keep it secret. */
  public Object revealObject() {
    return object != null ? object : reveal();
  }

  /** Returns whether the content is empty. */
  public boolean isEmpty() {
    return object == null && value.length == 0;
  }

  /** Compares contents, in a time that does not depend on where they differ. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret
        && Objects.equals(object, secret.object)
        && MessageDigest.isEqual(bytes(), secret.bytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value) + Objects.hashCode(object);
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
