package dev.sluice.bench.stub;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What the stub driver says of itself. Pools ask it when they open a connection, if at all, never
 * on a measured path: so it may be a dynamic proxy.
 */
final class StubMetaData {
  private StubMetaData() {}

  static DatabaseMetaData of(Connection connection) {
    return (DatabaseMetaData)
        Proxy.newProxyInstance(
            StubMetaData.class.getClassLoader(),
            new Class<?>[] {DatabaseMetaData.class},
            (self, method, arguments) -> answer(connection, self, method, arguments));
  }

  @SuppressWarnings("ReferenceEquality") // That is what equality means here.
  private static @Nullable Object answer(
      Connection connection, Object self, Method method, Object @Nullable [] arguments)
      throws SQLException {
    return switch (method.getName()) {
      case "getConnection" -> connection;
      case "getURL" -> StubDriver.URL;
      case "getJDBCMajorVersion" -> 4;
      case "getJDBCMinorVersion" -> 3;
      case "supportsTransactions" -> true;
      case "getDefaultTransactionIsolation" -> Connection.TRANSACTION_READ_COMMITTED;
      case "supportsTransactionIsolationLevel" -> true;
      case "equals" -> arguments != null && self == arguments[0];
      case "hashCode" -> System.identityHashCode(self);
      case "toString" -> "StubMetaData";
      default -> blank(method);
    };
  }

  private static Object blank(Method method) throws SQLException {
    Class<?> type = method.getReturnType();
    if (type == String.class) {
      return "stub";
    }
    if (type == boolean.class) {
      return false;
    }
    if (type == int.class) {
      return 0;
    }
    if (type == long.class) {
      return 0L;
    }
    throw Unsupported.method(method.getName());
  }
}
