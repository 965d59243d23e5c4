package dev.sluice.contract;

/** Tells that a pool, a driver or this JVM lacks what a behaviour is about. */
public final class NotOffered extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what is lacking, in a few words. */
  public NotOffered(String what) {
    super(what);
  }
}
