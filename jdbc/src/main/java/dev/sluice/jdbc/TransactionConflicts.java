package dev.sluice.jdbc;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The errors by which a database says that it ended a transaction only because of others that ran
 * at the same time: a deadlock or a serialization failure. The same work may succeed when it is
 * done again. A connection that breaks is none of them: nobody knows whether its commit arrived.
 */
final class TransactionConflicts {
  /** How many exceptions of a chain are looked at. */
  private static final int CHAIN_MAX = 16;

  /** Serialization failure, in every database; PostgreSQL's deadlock. */
  private static final Set<String> STATES = Set.of("40001", "40P01");

  /**
   * Deadlock; XA's deadlock; the record has changed since the snapshot was taken; refused by the
   * other members of a group at the commit.
   */
  private static final Set<Integer> MYSQL_AND_MARIADB = Set.of(1213, 1614, 1020, 3101);

  /** Deadlock victim; snapshot isolation's conflicts, on disk and in memory. */
  private static final Set<Integer> SQLSERVER = Set.of(1205, 3960, 41301, 41302, 41305, 41325);

  /** Deadlock detected; cannot serialize access. */
  private static final Set<Integer> ORACLE = Set.of(60, 8177);

  /** Rolled back because of a deadlock or a timeout; the statement alone. */
  private static final Set<Integer> DB2 = Set.of(-911, -913);

  /** Deadlock; concurrent update. */
  private static final Set<Integer> H2 = Set.of(40001, 90131);

  private TransactionConflicts() {}

  /**
   * Whether a failure is, or was caused by, such an error.
   *
   * @param failure what a transaction failed with, perhaps a framework's exception around it
   */
  static boolean isIn(Throwable failure, Dialect dialect) {
    Set<Integer> codes = codes(dialect);
    Throwable e = failure;
    for (int i = 0; e != null && i < CHAIN_MAX; i++) {
      if (e instanceof SQLException sql && anyInChain(sql, codes)) {
        return true;
      }
      e = e.getCause();
    }
    return false;
  }

  private static boolean anyInChain(SQLException first, Set<Integer> codes) {
    SQLException e = first;
    for (int i = 0; e != null && i < CHAIN_MAX; i++) {
      if (says(e.getSQLState()) || codes.contains(e.getErrorCode())) {
        return true;
      }
      e = e.getNextException();
    }
    return false;
  }

  private static boolean says(@Nullable String state) {
    return state != null && STATES.contains(state);
  }

  private static Set<Integer> codes(Dialect dialect) {
    return switch (dialect) {
      case MYSQL, MARIADB -> MYSQL_AND_MARIADB;
      case SQLSERVER -> SQLSERVER;
      case ORACLE -> ORACLE;
      case DB2 -> DB2;
      case H2 -> H2;
      case POSTGRESQL, DERBY, HSQLDB, SQLITE, DUCKDB, OTHER -> Set.of();
    };
  }
}
