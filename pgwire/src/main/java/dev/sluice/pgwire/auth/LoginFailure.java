package dev.sluice.pgwire.auth;

/**
 * Why the sidecar could not log in at a server.
 *
 * @param origin whose words the message is
 * @param severity as the server sent it, or FATAL
 * @param sqlstate as the server sent it; 08P01 if it sent none; otherwise 08P01 for a message that
 *     was not legal, and 28000 for a login that this side cannot do
 * @param message the cause
 */
public record LoginFailure(Origin origin, String severity, String sqlstate, String message) {
  /** Who found the cause. */
  public enum Origin {
    /** The server sent an error. */
    SERVER,
    /** The server broke the protocol, or did not prove that it knows the user's secret. */
    PROTOCOL,
    /** The stored secret does not suit what the server asks for. */
    SECRET
  }

  static final String PROTOCOL_VIOLATION = "08P01";

  static LoginFailure protocol(String message) {
    return new LoginFailure(Origin.PROTOCOL, "FATAL", PROTOCOL_VIOLATION, message);
  }

  static LoginFailure secret(String message) {
    return new LoginFailure(Origin.SECRET, "FATAL", "28000", message);
  }

  /**
   * Reads an ErrorResponse. A server need not be PostgreSQL, nor in its right mind, so each field
   * may be missing, and the last may be cut.
   */
  static LoginFailure ofError(byte[] payload) {
    String severity = "";
    String sqlstate = "";
    String message = "";
    Payload fields = new Payload(payload);
    while (fields.hasMore()) {
      byte field = fields.byteOr((byte) 0);
      if (field == 0) {
        break;
      }
      String value = fields.stringOrRest();
      switch (field) {
        case 'S' -> severity = severity.isEmpty() ? value : severity;
        case 'V' -> severity = value;
        case 'C' -> sqlstate = value;
        case 'M' -> message = value;
        default -> {}
      }
    }
    return new LoginFailure(
        Origin.SERVER,
        severity.isEmpty() ? "FATAL" : severity,
        sqlstate.matches("[0-9A-Z]{5}") ? sqlstate : PROTOCOL_VIOLATION,
        message.isEmpty() ? "the server sent an error without a message" : message);
  }
}
