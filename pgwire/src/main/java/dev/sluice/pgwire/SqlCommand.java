package dev.sluice.pgwire;

import java.util.List;

/**
 * One command of a query, as far as a pooler must know it. Immutable.
 *
 * @param name of the statement, the channel or the savepoint; empty for other kinds
 * @param from where the command begins in the text
 * @param nameFrom where the name begins in the text, with its quotes
 * @param nameTo where the name ends
 * @param to where the command ends, before its semicolon
 * @param leaves what it leaves behind in the session if it succeeds
 * @param cleans what it cleans up if it succeeds
 */
public record SqlCommand(
    Kind kind,
    String name,
    int from,
    int nameFrom,
    int nameTo,
    int to,
    List<SessionTrace> leaves,
    List<SessionTrace> cleans) {
  /** What kind of command it is. */
  public enum Kind {
    PREPARE,
    /** EXECUTE of a prepared statement, also inside EXPLAIN and CREATE TABLE AS. */
    EXECUTE,
    DEALLOCATE,
    DEALLOCATE_ALL,
    DISCARD_ALL,
    LISTEN,
    UNLISTEN,
    UNLISTEN_ALL,
    /** Begins or ends a transaction. */
    TRANSACTION,
    SAVEPOINT,
    /** RELEASE of a savepoint. */
    RELEASE,
    /** ROLLBACK TO a savepoint. */
    ROLLBACK_TO,
    OTHER;

    /** Whether it begins or ends a transaction, or a part of one. */
    public boolean ofTransactions() {
      return this == TRANSACTION || this == SAVEPOINT || this == RELEASE || this == ROLLBACK_TO;
    }

    /** Whether it deals with prepared statements. */
    public boolean ofStatements() {
      return this == PREPARE
          || this == EXECUTE
          || this == DEALLOCATE
          || this == DEALLOCATE_ALL
          || this == DISCARD_ALL;
    }
  }
}
