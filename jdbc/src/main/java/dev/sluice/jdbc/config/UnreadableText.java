package dev.sluice.jdbc.config;

import org.jspecify.annotations.Nullable;

/**
 * A configuration's text cannot be parsed. The message says where and why, and shows no value,
 * because it may be a password.
 */
public final class UnreadableText extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableText(String message) {
    this(message, null);
  }

  UnreadableText(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
