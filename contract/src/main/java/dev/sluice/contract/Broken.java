package dev.sluice.contract;

/** Tells that a pool does not behave as it should. */
public final class Broken extends AssertionError {
  private static final long serialVersionUID = 1L;

  /** With what was seen instead, in one line. */
  public Broken(String what) {
    super(what);
  }

  Broken(String what, Throwable cause) {
    super(what, cause);
  }
}
