package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlEffect;
import dev.sluice.pool.sql.SqlStates;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a sandbox: a transaction of its own, as a savepoint, on the shared connection. A
 * dynamic proxy, since tests need no speed.
 */
final class SandboxConnection implements InvocationHandler {
  private final SandboxSession session;
  private final boolean initialAutoCommit;

  /** What was set and is only remembered, by the setter's property. */
  private final Map<String, Object> remembered = new HashMap<>();

  /** What the shared connection had before this one set something else. */
  private final Map<String, @Nullable Object> before = new HashMap<>();

  private final List<Statement> statements = new ArrayList<>();
  private @Nullable Savepoint begin;
  private boolean autoCommit;
  private boolean closed;
  private final Connection face;

  SandboxConnection(SandboxSession session, boolean autoCommit) {
    this.session = session;
    this.initialAutoCommit = autoCommit;
    this.autoCommit = autoCommit;
    this.face = SandboxObject.proxy(Connection.class, this);
  }

  /** What the application gets. */
  Connection face() {
    return face;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a handle is equal to itself alone
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given)
      throws Throwable {
    Object[] arguments = given == null ? new Object[0] : given;
    return switch (method.getName()) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(this);
      case "toString" -> "SandboxConnection[" + (closed ? "closed" : "open") + "]";
      case "isClosed" -> closed;
      case "isWrapperFor" -> ((Class<?>) arguments[0]).isInstance(proxy);
      case "unwrap" -> unwrap(proxy, (Class<?>) arguments[0]);
      case "isValid" -> !closed && Boolean.TRUE.equals(plain(method, arguments));
      case "close" -> closed ? null : session.call(this, true, this::close);
      case "abort" -> closed ? null : session.call(this, false, this::close);
      default -> open(method, arguments);
    };
  }

  private static Object unwrap(Object proxy, Class<?> type) throws SQLException {
    if (type.isInstance(proxy)) {
      return proxy;
    }
    throw new SQLException(
        "A connection of a sandbox does not give out the driver's", SqlStates.INVALID_ARGUMENT);
  }

  private @Nullable Object open(Method method, Object[] arguments) throws Throwable {
    if (closed) {
      throw new SQLNonTransientConnectionException(
          "Connection is closed: its borrower closed it, and it can no longer be used",
          SqlStates.CONNECTION_DOES_NOT_EXIST);
    }
    return switch (method.getName()) {
      case "getAutoCommit" -> autoCommit;
      case "setAutoCommit" ->
          session.call(this, !autoCommit, () -> autoCommit((boolean) arguments[0]));
      case "commit" -> session.call(this, true, this::commit);
      case "rollback" ->
          arguments.length == 0
              ? session.call(this, true, this::rollback)
              : execute(() -> call(method, arguments));
      case "setSavepoint", "releaseSavepoint" -> execute(() -> call(method, arguments));
      case "setReadOnly", "setTransactionIsolation" -> remember(method, arguments[0]);
      case "isReadOnly" -> remembered("ReadOnly", method);
      case "getTransactionIsolation" -> remembered("TransactionIsolation", method);
      case "setSchema", "setCatalog" -> session.call(this, true, () -> change(method, arguments));
      case "setClientInfo", "setNetworkTimeout", "beginRequest", "endRequest" -> null;
      case "prepareStatement", "prepareCall" -> {
        requireNoTransactionBySql((String) arguments[0]);
        yield plain(method, arguments);
      }
      default -> plain(method, arguments);
    };
  }

  private @Nullable Object remember(Method setter, Object value) {
    remembered.put(setter.getName().substring(3), value);
    return null;
  }

  private @Nullable Object remembered(String property, Method getter) throws Throwable {
    Object known = remembered.get(property);
    return known != null ? known : plain(getter, new Object[0]);
  }

  /** Sets something in the shared session, until this connection is closed. */
  private @Nullable Object change(Method setter, Object[] arguments) throws Throwable {
    String name = setter.getName();
    if (!before.containsKey(name)) {
      before.put(name, name.equals("setSchema") ? raw().getSchema() : raw().getCatalog());
    }
    return call(setter, arguments);
  }

  /** A call that executes nothing; what it returns is wrapped. */
  private @Nullable Object plain(Method method, Object[] arguments) throws Throwable {
    return session.call(this, false, () -> call(method, arguments));
  }

  private @Nullable Object call(Method method, Object[] arguments) throws Throwable {
    return SandboxObject.call(this, raw(), method, arguments);
  }

  private Connection raw() {
    return session.raw;
  }

  // What its objects ask for

  /** Makes a call on an object of this connection. */
  @Nullable Object callPlain(SandboxSession.Call call) throws Throwable {
    return session.call(this, false, call);
  }

  /** Executes something, in this connection's transaction or in one of its own. */
  @Nullable Object execute(SandboxSession.Call call) throws Throwable {
    return session.call(this, true, () -> autoCommit ? alone(call) : within(call));
  }

  private @Nullable Object alone(SandboxSession.Call call) throws Throwable {
    Savepoint start = raw().setSavepoint();
    Object result;
    try {
      result = call.run();
    } catch (Throwable e) {
      raw().rollback(start);
      throw e;
    }
    release(start);
    return result;
  }

  private @Nullable Object within(SandboxSession.Call call) throws Throwable {
    if (begin == null) {
      begin = raw().setSavepoint();
      session.began(this);
    }
    return call.run();
  }

  void track(Statement statement) {
    statements.add(statement);
  }

  /** Refuses SQL that would end the shared transaction. */
  static void requireNoTransactionBySql(String sql) throws SQLException {
    if (SqlEffect.isTransactionControl(sql)) {
      throw new SQLFeatureNotSupportedException(
          "A sandbox cannot follow transactions by SQL; use setAutoCommit, commit and rollback",
          SqlStates.NOT_SUPPORTED);
    }
  }

  // Transactions, in its turn

  private @Nullable Object autoCommit(boolean on) throws SQLException {
    if (on && !autoCommit) {
      end(true);
    }
    autoCommit = on;
    return null;
  }

  private @Nullable Object commit() throws SQLException {
    requireManual();
    end(true);
    return null;
  }

  private @Nullable Object rollback() throws SQLException {
    requireManual();
    end(false);
    return null;
  }

  private void requireManual() throws SQLException {
    if (autoCommit) {
      throw new SQLException(
          "commit and rollback need auto-commit off", SqlStates.FUNCTION_SEQUENCE);
    }
  }

  private void end(boolean commit) throws SQLException {
    Savepoint start = begin;
    if (start == null) {
      return;
    }
    try {
      if (commit) {
        keep(start);
      } else {
        raw().rollback(start);
        release(start);
      }
    } finally {
      session.ended(this);
    }
  }

  /** Keeps the work since a savepoint, or undoes it if the server refuses that after an error. */
  private void keep(Savepoint start) throws SQLException {
    try {
      release(start);
    } catch (SQLException e) {
      raw().rollback(start);
      SQLException rolledBack = Transaction.rolledBack();
      rolledBack.initCause(e);
      throw rolledBack;
    }
  }

  /** Some databases have nothing to release. */
  private void release(Savepoint savepoint) throws SQLException {
    try {
      raw().releaseSavepoint(savepoint);
    } catch (SQLException | RuntimeException e) {
      if (!DriverSupport.isMissing(e)) {
        throw e;
      }
    }
  }

  /** Its savepoint is gone, or this transaction has ended. */
  void forgetTransaction() {
    begin = null;
  }

  private @Nullable Object close() throws SQLException {
    closed = true;
    remembered.clear();
    autoCommit = initialAutoCommit;
    for (Statement statement : statements) {
      statement.close();
    }
    statements.clear();
    end(false);
    if (before.containsKey("setCatalog")) {
      raw().setCatalog((String) before.get("setCatalog"));
    }
    if (before.containsKey("setSchema")) {
      raw().setSchema((String) before.get("setSchema"));
    }
    return null;
  }
}
