package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Undoes what a borrower may have done through the driver's own API, beyond JDBC. It uses
 * reflection, so that no driver is a dependency.
 */
class DriverExtras {
  /** For drivers without known extras. */
  private static final DriverExtras NONE = new DriverExtras();

  /** Remembers the driver's settings before the borrower gets it; no round trip. */
  void remember() throws SQLException {}

  /** Ends work that would block other calls. Called before anything else. */
  void endWork() throws SQLException {}

  /** Restores what can be restored, outside a transaction. */
  void restore() throws SQLException {}

  static DriverExtras of(Connection raw, Dialect dialect) {
    return dialect == Dialect.POSTGRESQL ? new Postgres(raw) : NONE;
  }

  private static final class Postgres extends DriverExtras {
    private static final List<String> SETTINGS =
        List.of("PrepareThreshold", "DefaultFetchSize", "Autosave", "AdaptiveFetch");

    private final Connection raw;
    private final Map<String, Object> before = new LinkedHashMap<>();

    Postgres(Connection raw) {
      this.raw = raw;
    }

    @Override
    void remember() throws SQLException {
      Object target = target("org.postgresql.PGConnection");
      for (String setting : SETTINGS) {
        if (target != null && !before.containsKey(setting)) {
          Object value = call(target, getter(target, setting));
          if (value != null) {
            before.put(setting, value);
          }
        }
      }
    }

    @Override
    void endWork() throws SQLException {
      cancelCopy();
    }

    @Override
    void restore() throws SQLException {
      Object target = target("org.postgresql.PGConnection");
      for (Map.Entry<String, Object> setting : before.entrySet()) {
        putBack(target, setting.getKey(), setting.getValue());
      }
      try (Statement statement = raw.createStatement()) {
        statement.execute("UNLISTEN *");
      }
      if (!raw.getAutoCommit()) {
        raw.commit();
      }
      if (target != null) {
        call(target, method(target, "getNotifications"));
      }
    }

    private static void putBack(@Nullable Object target, String setting, Object value)
        throws SQLException {
      Object now = target == null ? value : call(target, getter(target, setting));
      if (target != null && !value.equals(now)) {
        for (Method setter : target.getClass().getMethods()) {
          if (setter.getName().equals("set" + setting) && setter.getParameterCount() == 1) {
            call(target, setter, value);
          }
        }
      }
    }

    /**
     * Cancels an open COPY, which holds the driver's lock. Every other call would wait for that
     * lock without limit. Only its owner may end the COPY, and only the lock knows the owner.
     */
    private void cancelCopy() throws SQLException {
      Object connection = target("org.postgresql.core.BaseConnection");
      Object executor =
          connection == null ? null : call(connection, method(connection, "getQueryExecutor"));
      if (executor == null) {
        return;
      }
      Object owner = ownerOfLock(executor);
      if (owner == null) {
        return;
      }
      Method cancel = method(owner, "cancelCopy");
      if (cancel == null) {
        throw new SQLNonTransientConnectionException(
            "The driver's connection was returned while in use", SqlStates.CONNECTION_FAILURE);
      }
      try {
        call(owner, cancel);
      } catch (SQLException e) {
        if (ownerOfLock(executor) != null) {
          throw e;
        }
        // The server had sent everything before the cancellation. The check comes later.
      }
    }

    /**
     * The owner of the lock. Also null if the driver keeps its lock elsewhere; then the reset's
     * timeout bounds the wait.
     */
    private static @Nullable Object ownerOfLock(Object executor) {
      try {
        Field owner = executor.getClass().getDeclaredField("lockedFor");
        owner.setAccessible(true);
        return owner.get(executor);
      } catch (ReflectiveOperationException | RuntimeException e) {
        return null;
      }
    }

    private @Nullable Object target(String typeName) throws SQLException {
      try {
        Class<?> type = Class.forName(typeName, false, raw.getClass().getClassLoader());
        return type.isInstance(raw) ? raw : raw.unwrap(type);
      } catch (ClassNotFoundException e) {
        return null;
      }
    }

    private static @Nullable Method getter(Object target, String setting) {
      return method(target, "get" + setting);
    }

    private static @Nullable Method method(Object target, String name) {
      try {
        Method method = target.getClass().getMethod(name);
        method.setAccessible(true); // some are public only by an interface
        return method;
      } catch (NoSuchMethodException | RuntimeException e) {
        return null;
      }
    }

    private static @Nullable Object call(Object target, @Nullable Method method, Object... args)
        throws SQLException {
      if (method == null) {
        return null;
      }
      try {
        return method.invoke(target, args);
      } catch (InvocationTargetException e) {
        throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e.getCause());
      } catch (IllegalAccessException e) {
        throw new SQLException("The driver refuses access to its method", e);
      }
    }
  }
}
