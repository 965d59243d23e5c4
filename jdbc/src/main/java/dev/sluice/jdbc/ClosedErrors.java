package dev.sluice.jdbc;

import java.sql.SQLException;

/**
 * What a caller is told who uses a statement or a result set that is closed: the SQLSTATE and code
 * that the database's own driver gives. Class 08 would say that the connection is lost, and
 * frameworks would retry a mistake of the program.
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
