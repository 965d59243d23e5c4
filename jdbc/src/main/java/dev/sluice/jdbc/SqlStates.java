package dev.sluice.jdbc;

/** The SQLSTATEs of the exceptions that Sluice itself throws. */
final class SqlStates {
  /** No connection is available. */
  static final String NO_CONNECTION = "08001";

  /** The connection, or the pool, is closed. */
  static final String CONNECTION_DOES_NOT_EXIST = "08003";

  /** The connection failed its check. */
  static final String CONNECTION_FAILURE = "08006";

  /** The caller was interrupted. */
  static final String INTERRUPTED = "57014";

  /** The statement is closed. */
  static final String FUNCTION_SEQUENCE = "HY010";

  /** The result set is closed. */
  static final String INVALID_CURSOR_STATE = "24000";

  /** A locator, such as that of a Blob, is no longer valid. */
  static final String INVALID_LOCATOR = "0F001";

  /** A savepoint is no longer valid, or belongs to another connection. */
  static final String INVALID_SAVEPOINT = "3B001";

  /** An argument is invalid. */
  static final String INVALID_ARGUMENT = "22023";

  /** The feature is not supported. */
  static final String NOT_SUPPORTED = "0A000";

  /** The server is not the primary. */
  static final String READ_ONLY = "25006";

  /** A transaction is under way, in which that cannot be changed. */
  static final String ACTIVE_TRANSACTION = "25001";

  /** The transaction was rolled back instead of committed. */
  static final String TRANSACTION_ROLLBACK = "40000";

  private SqlStates() {}
}
