package dev.sluice.faults;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's driver, with troubles of its own while a soak has it troubled. A soak is alone in
 * its process, so there is one trouble at a time. Connections that were opened while there was none
 * are the driver's own.
 */
public final class SoakDriver implements Driver {
  private static volatile SoakTrouble trouble = SoakTrouble.NONE;

  /** For the pool, which makes it by its name. */
  public SoakDriver() {}

  /** From now on, calls meet with that. */
  static void trouble(SoakTrouble next) {
    trouble = next;
  }

  /** A call that is not the driver's: to the listener, or to the source of passwords. */
  static void touch(String call) throws Exception {
    trouble.before(call);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the one that stands for none
  public Connection connect(String url, Properties properties) throws SQLException {
    SoakTrouble now = trouble;
    try {
      now.before("connect");
    } catch (SQLException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new SQLException("injected", "08001", e);
    }
    Connection raw = DriverManager.getDriver(url).connect(url, properties);
    if (now == SoakTrouble.NONE) {
      return raw;
    }
    try {
      now.after("connect");
    } catch (Error e) {
      raw.close(); // else the soak would lose a session
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e); // none of the troubles has any
    }
    return troubled(Connection.class, raw);
  }

  /** What the driver gives out, with the trouble that there is at each call. */
  private static <T> T troubled(Class<T> type, T raw) {
    return type.cast(
        Proxy.newProxyInstance(
            SoakDriver.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              String name = method.getName();
              if (method.getDeclaringClass() == Object.class) {
                return call(raw, method, arguments);
              }
              if (name.equals("close") || name.equals("abort")) {
                return end(name, () -> call(raw, method, arguments));
              }
              SoakTrouble now = trouble;
              now.before(name);
              Object result = call(raw, method, arguments);
              now.after(name);
              return troubledIfUsed(method.getReturnType(), result);
            }));
  }

  private static @Nullable Object call(Object raw, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(raw, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static @Nullable Object troubledIfUsed(Class<?> type, @Nullable Object result) {
    if (result == null) {
      return null;
    }
    if (type == Statement.class) {
      return troubled(Statement.class, (Statement) result);
    }
    if (type == PreparedStatement.class) {
      return troubled(PreparedStatement.class, (PreparedStatement) result);
    }
    return type == ResultSet.class ? troubled(ResultSet.class, (ResultSet) result) : result;
  }

  private interface Call {
    @Nullable Object make() throws Throwable;
  }

  /** Whatever goes wrong in it, it is closed: else the soak would lose sessions. */
  private static @Nullable Object end(String name, Call call) throws Throwable {
    try {
      trouble.before(name);
    } finally {
      call.make();
    }
    trouble.after(name);
    return null;
  }

  @Override
  public boolean acceptsURL(String url) throws SQLException {
    return DriverManager.getDriver(url).acceptsURL(url);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties)
      throws SQLException {
    return DriverManager.getDriver(url).getPropertyInfo(url, properties);
  }

  @Override
  public int getMajorVersion() {
    return 1;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return true;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }
}
