package dev.sluice.jdbc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Tells, without a round trip, whether the server said last that the session is in a transaction.
 * JDBC has no question for it, and a transaction that was begun by SQL is seen in no other way; but
 * some drivers know. They are asked by reflection, so that none of them is a dependency.
 */
abstract class SessionProbe {
  /** For drivers that cannot tell. */
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

  private static final System.Logger LOG = System.getLogger(SessionProbe.class.getName());

  /** Whether the driver can tell. */
  boolean tells() {
    return true;
  }

  /** Whether the session is in a transaction, as far as the driver knows. */
  abstract boolean inTransaction() throws SQLException;

  /** Finds what can be asked of this connection. */
  static SessionProbe of(Connection raw, Dialect dialect) {
    try {
      return switch (dialect) {
        case POSTGRESQL -> postgresql(raw);
        case MARIADB -> mariadb(raw);
        case MYSQL -> mysql(raw);
        default -> NONE;
      };
    } catch (ReflectiveOperationException | SQLException | RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "the driver cannot be asked about transactions", e);
      return NONE;
    }
  }

  private static SessionProbe postgresql(Connection raw)
      throws ReflectiveOperationException, SQLException {
    Class<?> type = type(raw, "org.postgresql.core.BaseConnection");
    Class<?> state = type(raw, "org.postgresql.core.TransactionState");
    Object idle = state.getField("IDLE").get(null);
    MethodHandle ask = asking(raw, type, find(type, "getTransactionState", state), Object.class);
    return new Reflective() {
      @Override
      boolean ask() throws Throwable {
        return !idle.equals((Object) ask.invokeExact());
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
    return new Reflective() {
      @Override
      boolean ask() throws Throwable {
        return (boolean) ask.invokeExact();
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

  /** Binds a question to the connection, or to the driver's own that it wraps. */
  private static MethodHandle asking(
      Connection raw, Class<?> type, MethodHandle question, Class<?> answer) throws SQLException {
    Object target = type.isInstance(raw) ? raw : raw.unwrap(type);
    return question.bindTo(target).asType(MethodType.methodType(answer));
  }

  private abstract static class Reflective extends SessionProbe {
    abstract boolean ask() throws Throwable;

    @Override
    final boolean inTransaction() throws SQLException {
      try {
        return ask();
      } catch (SQLException | RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new SQLException("The driver could not tell whether a transaction is open", e);
      }
    }
  }
}
