package dev.sluice.pgwire.auth;

import java.security.MessageDigest;

/**
 * Bytes that must not be shown: a password, a key, a salt. It prints {@code ***}, and compares in a
 * time that does not depend on where two values differ. Immutable; thread-safe.
 */
public final class SecretBytes {
  private final byte[] bytes;

  private SecretBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Hides a copy of the bytes. */
  static SecretBytes of(byte[] bytes) {
    return new SecretBytes(bytes.clone());
  }

  /** The bytes themselves. Callers must not change them. */
  byte[] raw() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretBytes secret && MessageDigest.isEqual(bytes, secret.bytes);
  }

  /** Depends on the length alone, so that no hash code gives a bit of the secret away. */
  @Override
  public int hashCode() {
    return bytes.length;
  }

  @Override
  public String toString() {
    return "***";
  }
}
