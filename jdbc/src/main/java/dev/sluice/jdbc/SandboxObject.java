package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement, a result set or the metadata of a sandbox's connection, for one call at a time. */
final class SandboxObject implements InvocationHandler {
  private final SandboxConnection connection;
  private final Object raw;

  private SandboxObject(SandboxConnection connection, Object raw) {
    this.connection = connection;
    this.raw = raw;
  }

  static <T> T proxy(Class<T> type, InvocationHandler handler) {
    Object proxy =
        Proxy.newProxyInstance(Sandbox.class.getClassLoader(), new Class<?>[] {type}, handler);
    return type.cast(proxy);
  }

  /** Makes a call and wraps what it returns. */
  static @Nullable Object call(
      SandboxConnection connection, Object target, Method method, Object[] arguments)
      throws Throwable {
    Object result;
    try {
      result = method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
    if (result instanceof Statement statement && !(target instanceof ResultSet)) {
      connection.track(statement);
    }
    return wrap(connection, result);
  }

  private static @Nullable Object wrap(SandboxConnection connection, @Nullable Object result) {
    if (result instanceof Connection) {
      return connection.face();
    }
    if (result instanceof CallableStatement) {
      return proxy(CallableStatement.class, new SandboxObject(connection, result));
    }
    if (result instanceof PreparedStatement) {
      return proxy(PreparedStatement.class, new SandboxObject(connection, result));
    }
    if (result instanceof Statement) {
      return proxy(Statement.class, new SandboxObject(connection, result));
    }
    if (result instanceof ResultSet) {
      return proxy(ResultSet.class, new SandboxObject(connection, result));
    }
    if (result instanceof DatabaseMetaData) {
      return proxy(DatabaseMetaData.class, new SandboxObject(connection, result));
    }
    return result;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a handle is equal to itself alone
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given)
      throws Throwable {
    Object[] arguments = given == null ? new Object[0] : given;
    return switch (method.getName()) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(this);
      case "toString" -> "Sandbox:" + raw;
      case "unwrap" -> unwrap(proxy, (Class<?>) arguments[0]);
      case "isWrapperFor" -> ((Class<?>) arguments[0]).isInstance(proxy);
      default -> guarded(method, arguments);
    };
  }

  private static Object unwrap(Object proxy, Class<?> type) throws SQLException {
    if (type.isInstance(proxy)) {
      return proxy;
    }
    throw new SQLException(
        "An object of a sandbox does not give out the driver's", SqlStates.INVALID_ARGUMENT);
  }

  private @Nullable Object guarded(Method method, Object[] arguments) throws Throwable {
    String name = method.getName();
    boolean takesSql = raw instanceof Statement && arguments.length > 0;
    if (takesSql && arguments[0] instanceof String sql && isOfSql(name)) {
      SandboxConnection.requireNoTransactionBySql(sql);
    }
    SandboxSession.Call call = () -> call(connection, raw, method, arguments);
    return executes(name) ? connection.execute(call) : connection.callPlain(call);
  }

  private static boolean isOfSql(String method) {
    return method.startsWith("execute") || method.equals("addBatch");
  }

  private boolean executes(String method) {
    if (raw instanceof Statement) {
      return method.startsWith("execute");
    }
    return switch (method) {
      case "insertRow", "updateRow", "deleteRow" -> true;
      default -> raw instanceof DatabaseMetaData && method.startsWith("get");
    };
  }
}
