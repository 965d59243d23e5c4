package dev.sluice.embedded;

import org.jspecify.annotations.Nullable;

/** Says why an embedded server cannot be had, in a sentence for the person who wanted it. */
public final class EmbeddedServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EmbeddedServerException(String message) {
    super(message);
  }

  EmbeddedServerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
