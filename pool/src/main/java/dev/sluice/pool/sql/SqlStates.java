package dev.sluice.pool.sql;

/** The SQLSTATEs of the exceptions that Sluice itself throws. */
public final class SqlStates {
  /** No connection is available. */
  public static final String NO_CONNECTION = "08001";

  /** The connection, or the pool, is closed. */
  public static final String CONNECTION_DOES_NOT_EXIST = "08003";

  /** The connection failed its check. */
  public static final String CONNECTION_FAILURE = "08006";

  /** The caller was interrupted. */
  public static final String INTERRUPTED = "57014";

  /** The statement is closed. */
  public static final String FUNCTION_SEQUENCE = "HY010";

  /** The result set is closed. */
  public static final String INVALID_CURSOR_STATE = "24000";

  /** A locator, such as that of a Blob, is no longer valid. */
  public static final String INVALID_LOCATOR = "0F001";

  /** A savepoint is no longer valid, or belongs to another connection. */
  public static final String INVALID_SAVEPOINT = "3B001";

  /** An argument is invalid. */
  public static final String INVALID_ARGUMENT = "22023";

  /** The feature is not supported. */
  public static final String NOT_SUPPORTED = "0A000";

  /** The server is not the primary. */
  public static final String READ_ONLY = "25006";

  /** The transaction is not in the state that the call needs. */
  public static final String TRANSACTION_STATE = "25000";

  /** Only the transaction manager may end the transaction. */
  public static final String TERMINATION = "2D000";

  /** A transaction is under way, in which that cannot be changed. */
  public static final String ACTIVE_TRANSACTION = "25001";

  /** The transaction was rolled back instead of committed. */
  public static final String TRANSACTION_ROLLBACK = "40000";

  private SqlStates() {}
}
