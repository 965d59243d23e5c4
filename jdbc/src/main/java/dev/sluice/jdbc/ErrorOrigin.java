package dev.sluice.jdbc;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes errors sent by the server from errors made by the driver. Any function or trigger
 * can raise an error with any SQLSTATE, so a server error proves nothing about the connection. A
 * driver's error about its own connection does.
 */
final class ErrorOrigin {
  /** PostgreSQL's driver attaches the server's message to errors that the server sent. */
  private static final ClassValue<MethodHandle> SERVER_MESSAGE =
      new ClassValue<>() {
        @Override
        protected MethodHandle computeValue(Class<?> type) {
          MethodHandle found;
          try {
            found = MethodHandles.publicLookup().unreflect(type.getMethod("getServerErrorMessage"));
          } catch (ReflectiveOperationException e) {
            found = MethodHandles.dropArguments(NOTHING, 0, type);
          }
          return found.asType(MethodType.methodType(Object.class, SQLException.class));
        }
      };

  private static final MethodHandle NOTHING = MethodHandles.constant(Object.class, null);
  private static final int CHAIN_MAX = 16;

  private ErrorOrigin() {}

  /** Whether the driver itself found the error; false if that is not certain. */
  static boolean isDriver(SQLException e, Dialect dialect) {
    if (isEcho(e)) {
      return false;
    }
    return hasIoCause(e)
        || switch (dialect) {
          case POSTGRESQL -> !hasServerMessage(e);
          case MYSQL, MARIADB -> e.getErrorCode() <= 0; // a server's errors have numbers from 1
          case H2 -> e.getErrorCode() != 0; // SIGNAL gives an SQLSTATE without one
          case ORACLE -> e.getErrorCode() / 1000 == 17; // the range of Oracle's driver
          case SQLSERVER -> e.getErrorCode() == 0;
          case DB2 -> e.getErrorCode() != -438; // what SIGNAL gives
          case HSQLDB -> false;
          case DERBY, SQLITE, DUCKDB, OTHER ->
              true; // SQL cannot raise such errors there, as far as is known
        };
  }

  /**
   * Whether the exception only repeats the SQLSTATE of its cause, as those of batches and other
   * wrappers do.
   */
  private static boolean isEcho(SQLException e) {
    return sameState(e, e.getCause()) || sameState(e, e.getNextException());
  }

  private static boolean sameState(SQLException e, @Nullable Throwable other) {
    return other instanceof SQLException inner
        && e.getSQLState() != null
        && e.getSQLState().equals(inner.getSQLState());
  }

  private static boolean hasIoCause(SQLException e) {
    Throwable cause = e.getCause();
    for (int i = 0; cause != null && i < CHAIN_MAX; i++, cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasServerMessage(SQLException e) {
    try {
      Object message = (Object) SERVER_MESSAGE.get(e.getClass()).invokeExact(e);
      return message != null;
    } catch (RuntimeException | Error thrown) {
      throw thrown;
    } catch (Throwable thrown) {
      throw new IllegalStateException("an accessor threw a checked exception", thrown);
    }
  }
}
