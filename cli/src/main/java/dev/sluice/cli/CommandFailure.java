package dev.sluice.cli;

import org.jspecify.annotations.Nullable;

/** A failure whose message is a sentence for the person who ran the command. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandFailure(String sentence) {
    super(sentence);
  }

  CommandFailure(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }
}
