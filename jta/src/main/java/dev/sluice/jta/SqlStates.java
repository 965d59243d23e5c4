package dev.sluice.jta;

/** The SQLSTATEs of the exceptions that this module throws. */
final class SqlStates {
  /** The transaction is not in the state that the call needs. */
  static final String TRANSACTION_STATE = "25000";

  /** Only the transaction manager may end the transaction. */
  static final String TERMINATION = "2D000";

  /** The transaction was rolled back. */
  static final String ROLLBACK = "40000";

  /** The caller was interrupted. */
  static final String INTERRUPTED = "57014";

  /** No connection is available. */
  static final String NO_CONNECTION = "08001";

  private SqlStates() {}
}
