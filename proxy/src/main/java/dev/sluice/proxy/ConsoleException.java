package dev.sluice.proxy;

/** A console command was refused. The session goes on. */
final class ConsoleException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Of a configuration that cannot be used. */
  static final String CONFIG_FILE_ERROR = "F0000";

  private static final String REFUSED = "08P01";

  private final String sqlState;

  ConsoleException(String message) {
    this(REFUSED, message);
  }

  ConsoleException(String sqlState, String message) {
    super(message, null, false, false);
    this.sqlState = sqlState;
  }

  String sqlState() {
    return sqlState;
  }
}
