package dev.sluice.jdbc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Reports, without a round trip, whether the server last said that the session is in a transaction.
 * JDBC has no method for it, and there is no other way to see a transaction begun by SQL. But some
 * drivers know. The probe asks them by reflection, so that none of them is a dependency.
 */
abstract class SessionProbe {
  /** For drivers that cannot report it. */
  static final SessionProbe NONE =
      new SessionProbe() {
        @Override
        boolean tells() {
          return false;
        }

        @Override
        boolean inTransaction() {
          return false;
        }
      };

  /** Whether the driver can report it. */
  boolean tells() {
    return true;
  }

  /** Whether the session is in a transaction, as far as the driver knows. */
  abstract boolean inTransaction() throws SQLException;

  /** Whether the transaction can only be rolled back. */
  boolean hasFailed() throws SQLException {
    return false;
  }

  /** Whether SQL has made the server's auto-commit differ from {@code getAutoCommit}. */
  boolean hidesAutoCommit() throws SQLException {
    return false;
  }

  /** Whether auto-commit is off and the driver knows that no transaction has begun. */
  final boolean isOutside(boolean autoCommit) throws SQLException {
    return !autoCommit && tells() && !inTransaction();
  }

  /**
   * Ends a transaction that reading began, because databases refuse some changes, and {@code SET
   * TRANSACTION}, inside one.
   */
  final void endWhatReadingBegan(Connection raw, boolean wasOutside) throws SQLException {
    if (wasOutside && inTransaction()) {
      raw.rollback();
    }
  }

  /** Finds the probe for this connection. */
  static SessionProbe of(Connection raw, Dialect dialect) {
    try {
      return switch (dialect) {
        case POSTGRESQL -> postgresql(raw);
        case MARIADB -> mariadb(raw);
        case MYSQL -> mysql(raw);
        default -> NONE;
      };
    } catch (ReflectiveOperationException | SQLException | RuntimeException e) {
      Log.debug("the driver cannot be asked about transactions", e);
      return NONE;
    }
  }

  private static SessionProbe postgresql(Connection raw)
      throws ReflectiveOperationException, SQLException {
    Class<?> type = type(raw, "org.postgresql.core.BaseConnection");
    Class<?> state = type(raw, "org.postgresql.core.TransactionState");
    Object idle = state.getField("IDLE").get(null);
    Object failed = state.getField("FAILED").get(null);
    MethodHandle ask = asking(raw, type, find(type, "getTransactionState", state), Object.class);
    return new Reflective() {
      @Override
      boolean ask() throws Throwable {
        return !idle.equals((Object) ask.invokeExact());
      }

      @Override
      boolean askFailed() throws Throwable {
        return failed.equals((Object) ask.invokeExact());
      }
    };
  }

  private static SessionProbe mariadb(Connection raw)
      throws ReflectiveOperationException, SQLException {
    Class<?> type = type(raw, "org.mariadb.jdbc.Connection");
    Class<?> context = type(raw, "org.mariadb.jdbc.client.Context");
    MethodHandle status =
        MethodHandles.filterReturnValue(
            find(type, "getContext", context), find(context, "getServerStatus", int.class));
    MethodHandle ask = asking(raw, type, status, int.class);
    return new Reflective() {
      private static final int IN_TRANSACTION = 1;

      @Override
      boolean ask() throws Throwable {
        return ((int) ask.invokeExact() & IN_TRANSACTION) != 0;
      }
    };
  }

  private static SessionProbe mysql(Connection raw)
      throws ReflectiveOperationException, SQLException {
    Class<?> type = type(raw, "com.mysql.cj.jdbc.JdbcConnection");
    Class<?> mysqlConnection = type(raw, "com.mysql.cj.MysqlConnection");
    Class<?> session = type(raw, "com.mysql.cj.Session");
    Class<?> server = type(raw, "com.mysql.cj.protocol.ServerSession");
    MethodHandle serverSession =
        MethodHandles.filterReturnValue(
            find(mysqlConnection, "getSession", session),
            find(session, "getServerSession", server));
    MethodHandle inTransaction =
        MethodHandles.filterReturnValue(
            serverSession, find(server, "inTransactionOnServer", boolean.class));
    MethodHandle ask = asking(raw, type, inTransaction, boolean.class);
    MethodHandle onServer =
        MethodHandles.filterReturnValue(serverSession, find(server, "isAutocommit", boolean.class));
    MethodHandle askAutoCommit = asking(raw, type, onServer, boolean.class);
    return new Reflective() {
      @Override
      boolean ask() throws Throwable {
        return (boolean) ask.invokeExact();
      }

      // The server's last report. getAutoCommit returns what JDBC last requested.
      @Override
      boolean askAutoCommit() throws Throwable {
        return (boolean) askAutoCommit.invokeExact() != raw.getAutoCommit();
      }
    };
  }

  private static Class<?> type(Connection raw, String name) throws ClassNotFoundException {
    return Class.forName(name, false, loader(raw));
  }

  private static @Nullable ClassLoader loader(Connection raw) {
    return raw.getClass().getClassLoader();
  }

  private static MethodHandle find(Class<?> type, String name, Class<?> result)
      throws ReflectiveOperationException {
    return MethodHandles.publicLookup().findVirtual(type, name, MethodType.methodType(result));
  }

  /** Binds a method to the connection, or to the driver's own connection that it wraps. */
  private static MethodHandle asking(
      Connection raw, Class<?> type, MethodHandle question, Class<?> answer) throws SQLException {
    Object target = type.isInstance(raw) ? raw : raw.unwrap(type);
    return question.bindTo(target).asType(MethodType.methodType(answer));
  }

  private abstract static class Reflective extends SessionProbe {
    abstract boolean ask() throws Throwable;

    boolean askFailed() throws Throwable {
      return false;
    }

    boolean askAutoCommit() throws Throwable {
      return false;
    }

    @Override
    final boolean inTransaction() throws SQLException {
      try {
        return ask();
      } catch (Throwable e) {
        throw asSqlException(e);
      }
    }

    @Override
    final boolean hasFailed() throws SQLException {
      try {
        return askFailed();
      } catch (Throwable e) {
        throw asSqlException(e);
      }
    }

    @Override
    final boolean hidesAutoCommit() throws SQLException {
      try {
        return askAutoCommit();
      } catch (Throwable e) {
        throw asSqlException(e);
      }
    }

    private static SQLException asSqlException(Throwable e) {
      if (e instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (e instanceof Error error) {
        throw error;
      }
      return e instanceof SQLException already
          ? already
          : new SQLException("The driver could not report the state of its transaction", e);
    }
  }
}
