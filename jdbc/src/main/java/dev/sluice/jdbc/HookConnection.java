package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The driver's connection as a hook sees it while the hook runs. It remembers the statements to
 * close, and refuses calls afterwards. It is a dynamic proxy, because it is not on a borrower's
 * path.
 */
final class HookConnection implements InvocationHandler {
  private final Connection raw;
  private final String hook;
  private final Queue<Statement> statements = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;

  HookConnection(Connection raw, String hook) {
    this.raw = raw;
    this.hook = hook;
  }

  /** The connection for the hook. */
  Connection face() {
    return (Connection)
        Proxy.newProxyInstance(
            HookConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a handle is equal to itself alone
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    switch (method.getName()) {
      case "close" -> {
        return null; // the pool's to close
      }
      case "isClosed" -> {
        return ended || raw.isClosed();
      }
      case "equals" -> {
        return arguments != null && proxy == arguments[0];
      }
      case "hashCode" -> {
        return System.identityHashCode(this);
      }
      case "toString" -> {
        return "HookConnection[" + hook + ", " + raw.getClass().getName() + "]";
      }
      default -> {
        return call(method, arguments);
      }
    }
  }

  /** The driver's connection behind one that a hook was given; null if it is another one. */
  static @Nullable Connection behind(Connection connection) throws SQLException {
    if (Proxy.isProxyClass(connection.getClass())
        && Proxy.getInvocationHandler(connection) instanceof HookConnection lent) {
      lent.requireOpen();
      return lent.raw;
    }
    return null;
  }

  private void requireOpen() throws SQLException {
    if (ended) {
      throw new SQLNonTransientConnectionException(
          "Connection is closed: it was lent to the hook " + hook + ", which has ended",
          SqlStates.CONNECTION_DOES_NOT_EXIST);
    }
  }

  private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
    requireOpen();
    Object type = arguments != null && arguments.length == 1 ? arguments[0] : null;
    if (type instanceof Class<?> wanted && wanted.isInstance(raw)) {
      boolean unwraps = method.getName().equals("unwrap");
      return unwraps ? raw : (Object) true;
    }
    Object result;
    try {
      result = method.invoke(raw, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
    if (result instanceof Statement statement) {
      statements.add(statement);
    }
    return result;
  }

  /** Closes what the hook left open, and disables the connection. */
  void end() throws SQLException {
    ended = true;
    for (Statement statement : statements) {
      statement.close();
    }
  }
}
