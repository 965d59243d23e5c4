package dev.sluice.pgwire;

/**
 * The other side broke the protocol, so nothing that it sends from now on can be trusted: the
 * connection must be closed. The message says what came and what was expected, and may be shown to
 * the other side. SQLSTATE 08P01.
 */
public final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1L;

  /** SQLSTATE of a protocol violation. */
  public static final String SQLSTATE = "08P01";

  private final String message;

  /** Says what was wrong. */
  public ProtocolException(String message) {
    super(message, null, false, false); // thrown for what strangers send: no stack, no cost
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
