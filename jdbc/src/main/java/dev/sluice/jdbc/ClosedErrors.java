package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLException;

/**
 * The exceptions for using a closed statement or result set, with the SQLSTATE and vendor code of
 * the database's own driver. Class 08 would mean that the connection is lost, and frameworks would
 * retry a programming error.
 */
final class ClosedErrors {
  private ClosedErrors() {}

  static SQLException statement(ConnectionLease connection) {
    return switch (connection.physical.terms.dialect) {
      case POSTGRESQL -> closed(connection, "statement", "55000", 0);
      case MARIADB -> closed(connection, "statement", "42000", 0);
      case MYSQL -> closed(connection, "statement", "S1009", 0);
      case ORACLE -> closed(connection, "statement", "99999", 17009);
      case H2 -> closed(connection, "statement", "90007", 90007);
      case DERBY -> closed(connection, "statement", "XJ012", 20000);
      default -> closed(connection, "statement", SqlStates.FUNCTION_SEQUENCE, 0);
    };
  }

  static SQLException resultSet(ConnectionLease connection) {
    return switch (connection.physical.terms.dialect) {
      case POSTGRESQL -> closed(connection, "result set", "55000", 0);
      case MARIADB -> closed(connection, "result set", "HY000", 0);
      case MYSQL -> closed(connection, "result set", "S1000", 0);
      case ORACLE -> closed(connection, "result set", "99999", 17010);
      case H2 -> closed(connection, "result set", "90007", 90007);
      case DERBY -> closed(connection, "result set", "XCL16", 20000);
      default -> closed(connection, "result set", SqlStates.INVALID_CURSOR_STATE, 0);
    };
  }

  private static SQLException closed(
      ConnectionLease connection, String what, String state, int code) {
    return connection.explained(
        new SQLException("This " + what + " is closed" + connection.whyClosed(), state, code));
  }
}
