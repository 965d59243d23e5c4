package dev.sluice.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection that its borrower holds, and that is acquired when the borrower first needs it.
 * Until then it remembers what was set, and ends transactions in which nothing happened. A dynamic
 * proxy, since the call that it saves costs far more. For one thread at a time, as a connection is.
 */
final class LazyConnection implements InvocationHandler {
  private final SluiceDataSource dataSource;

  /** What was set before the acquisition, by the setter's name, in that order. */
  private final Map<String, Setting> settings = new LinkedHashMap<>();

  private @Nullable Connection acquired;
  private boolean closed;

  private record Setting(Method setter, @Nullable Object value) {}

  LazyConnection(SluiceDataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** The connection to give to the borrower. */
  Connection face() {
    return (Connection)
        Proxy.newProxyInstance(
            LazyConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a handle is equal to itself alone
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    switch (method.getName()) {
      case "equals" -> {
        return arguments != null && proxy == arguments[0];
      }
      case "hashCode" -> {
        return System.identityHashCode(this);
      }
      case "toString" -> {
        return "LazyConnection[" + (acquired != null ? acquired : closed ? "closed" : "idle") + "]";
      }
      default -> {
        Connection connection = acquired;
        return connection != null
            ? call(connection, method, arguments)
            : beforehand(method, arguments == null ? new Object[0] : arguments);
      }
    }
  }

  private @Nullable Object beforehand(Method method, Object[] arguments) throws Throwable {
    String name = method.getName();
    if (name.equals("close") || name.equals("abort")) {
      closed = true;
      return null;
    }
    if (name.equals("isClosed")) {
      return closed;
    }
    if (name.equals("isValid") && closed) {
      return false;
    }
    if (closed) {
      throw new SQLNonTransientConnectionException(
          "This connection was closed before it was acquired; it can no longer be used",
          SqlStates.CONNECTION_DOES_NOT_EXIST);
    }
    return switch (name) {
      case "setAutoCommit",
          "setReadOnly",
          "setTransactionIsolation",
          "setCatalog",
          "setSchema",
          "setHoldability" -> {
        settings.remove(name); // so that the order is that of the last calls
        settings.put(name, new Setting(method, arguments[0]));
        yield null;
      }
      case "commit" -> nothingToEnd(method, arguments);
      case "rollback" ->
          arguments.length == 0
              ? nothingToEnd(method, arguments)
              : acquireAndCall(method, arguments);
      case "clearWarnings", "getWarnings", "beginRequest", "endRequest" -> null;
      case "getAutoCommit" -> isAutoCommit();
      case "isReadOnly" -> known("setReadOnly", method, arguments);
      case "getTransactionIsolation" -> known("setTransactionIsolation", method, arguments);
      case "getCatalog" -> known("setCatalog", method, arguments);
      case "getSchema" -> known("setSchema", method, arguments);
      case "getHoldability" -> known("setHoldability", method, arguments);
      default -> acquireAndCall(method, arguments);
    };
  }

  /** Ends a transaction that has not begun; with auto-commit the driver says what it thinks. */
  private @Nullable Object nothingToEnd(Method method, Object[] arguments) throws Throwable {
    return isAutoCommit() ? acquireAndCall(method, arguments) : null;
  }

  private boolean isAutoCommit() {
    Setting set = settings.get("setAutoCommit");
    return set != null
        ? Boolean.TRUE.equals(set.value())
        : !Boolean.FALSE.equals(dataSource.config().autoCommit());
  }

  private @Nullable Object known(String setter, Method getter, Object[] arguments)
      throws Throwable {
    Setting set = settings.get(setter);
    return set != null ? set.value() : acquireAndCall(getter, arguments);
  }

  private @Nullable Object acquireAndCall(Method method, Object[] arguments) throws Throwable {
    return call(acquire(), method, arguments);
  }

  private Connection acquire() throws Throwable {
    Connection connection = dataSource.getConnection();
    try {
      for (Setting setting : settings.values()) {
        call(connection, setting.setter(), new @Nullable Object[] {setting.value()});
      }
    } catch (Throwable e) {
      closeAfter(e, connection);
      throw e;
    }
    acquired = connection;
    return connection;
  }

  private static void closeAfter(Throwable failure, Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private static @Nullable Object call(
      Connection connection, Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
