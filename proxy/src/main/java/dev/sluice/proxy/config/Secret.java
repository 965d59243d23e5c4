package dev.sluice.proxy.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A password or a stored secret. It always prints {@code ***}. Immutable; thread-safe. */
public final class Secret {
  private final String text;

  private Secret(String text) {
    this.text = text;
  }

  /** Hides a text. */
  public static Secret of(String text) {
    return new Secret(text);
  }

  /** Returns the text. The caller must keep it secret. */
  public String reveal() {
    return text;
  }

  /** Returns whether the text is empty. */
  public boolean isEmpty() {
    return text.isEmpty();
  }

  /** Compares the texts, in a time that does not depend on where they differ. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret
        && MessageDigest.isEqual(
            text.getBytes(StandardCharsets.UTF_8), secret.text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Returns {@code ***}, whatever the text. */
  @Override
  public String toString() {
    return "***";
  }
}
