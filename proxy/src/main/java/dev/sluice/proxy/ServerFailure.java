package dev.sluice.proxy;

import dev.sluice.pgwire.ErrorFields;

/** A server could not be reached, refused a login, or failed a query of the pooler's own. */
final class ServerFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final String sqlState;

  /** With a reason of our own. */
  ServerFailure(String message) {
    this(message, "08P01");
  }

  ServerFailure(String message, String sqlState) {
    super(message, null, false, false);
    this.sqlState = sqlState;
  }

  /** With the server's own words. */
  ServerFailure(ErrorFields error) {
    this(error.message(), error.sqlState().isEmpty() ? "08P01" : error.sqlState());
  }

  /** The server's SQLSTATE, or that of a protocol violation. */
  String sqlState() {
    return sqlState;
  }
}
