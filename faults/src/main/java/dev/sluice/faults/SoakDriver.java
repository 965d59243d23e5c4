package dev.sluice.faults;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
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
    return now == SoakTrouble.NONE ? raw : troubled(raw);
  }

  private static Connection troubled(Connection raw) {
    return (Connection)
        Proxy.newProxyInstance(
            SoakDriver.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, arguments) -> {
              boolean ends = method.getName().equals("close") || method.getName().equals("abort");
              boolean plain = method.getDeclaringClass() == Object.class;
              if (!ends && !plain) {
                trouble.before(method.getName());
              }
              try {
                return ends
                    ? end(method.getName(), () -> method.invoke(raw, arguments))
                    : method.invoke(raw, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private interface Call {
    @Nullable Object make() throws Exception;
  }

  /** Whatever goes wrong in it, the connection is closed: else the soak would lose sessions. */
  private static @Nullable Object end(String name, Call call) throws Exception {
    try {
      trouble.before(name);
    } finally {
      call.make();
    }
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
