package dev.sluice.contract;

import org.jspecify.annotations.Nullable;

/**
 * Whether a pool keeps a behaviour.
 *
 * @param kind in a word
 * @param reason in a line; empty if it is kept
 * @param failure what was thrown, for those who want to look closer
 */
public record Verdict(Kind kind, String reason, @Nullable Throwable failure) {
  /** The possible verdicts. */
  public enum Kind {
    /** It behaves. */
    KEPT,
    /** It does not. */
    BROKEN,
    /** The trial did not end; its threads are still there. */
    HUNG,
    /** The question does not arise. */
    NOT_OFFERED
  }
}
