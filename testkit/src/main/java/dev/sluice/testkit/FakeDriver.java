package dev.sluice.testkit;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The JDBC driver of all {@link FakeDatabase}s: {@code jdbc:fake:<name>}. */
public final class FakeDriver implements Driver {
  static final String PREFIX = "jdbc:fake:";

  static {
    try {
      DriverManager.registerDriver(new FakeDriver());
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @Override
  public @Nullable Connection connect(String url, Properties info) throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    String name = url.substring(PREFIX.length());
    FakeDatabase database = FakeDatabase.named(name);
    if (database == null) {
      throw new SQLException("There is no fake database " + name, "08001");
    }
    return database.connect(info);
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith(PREFIX);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return new DriverPropertyInfo[0];
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
    return false;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("dev.sluice.testkit");
  }
}
