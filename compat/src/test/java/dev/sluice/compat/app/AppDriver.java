package dev.sluice.compat.app;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A driver that is part of the application, and says who called it. */
public final class AppDriver implements Driver {
  static final String PREFIX = "jdbc:app:";

  private static volatile @Nullable Sightings sightings;

  static void noteIn(Sightings where) {
    sightings = where;
  }

  private final Driver h2 = new org.h2.Driver();

  @Override
  public @Nullable Connection connect(String url, Properties info) throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    Sightings noting = sightings;
    if (noting != null) {
      noting.note("driver");
    }
    return h2.connect("jdbc:h2:mem:" + url.substring(PREFIX.length()), info);
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
    return Logger.getLogger("app");
  }
}
