package dev.sluice.pgwire.auth;

/**
 * A SCRAM exchange that failed: a message that breaks the rules, or a proof that does not hold. The
 * message says which, for the log, and holds no secret.
 */
public final class ScramException extends Exception {
  private static final long serialVersionUID = 1;

  private final String reason;

  ScramException(String reason) {
    super(reason);
    this.reason = reason;
  }

  /** The message. */
  public String reason() {
    return reason;
  }
}
