package dev.sluice.spring.boot.crac;

/** A resource failed; its exception is suppressed in this one. */
public final class CheckpointException extends Exception {
  private static final long serialVersionUID = 1L;
}
