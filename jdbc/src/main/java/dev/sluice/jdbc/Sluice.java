package dev.sluice.jdbc;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The entry point: starts the configuration of a pool. */
public final class Sluice {
  private Sluice() {}

  /**
   * Starts a pool of connections to this URL, which may be a JDBC URL or have the form of {@code
   * DATABASE_URL}.
   */
  public static SluiceBuilder dataSource(String url) {
    return new SluiceBuilder().url(url);
  }

  /**
   * Like {@link #dataSource(String)}, with a login. Nulls leave the login to the URL or the driver.
   */
  public static SluiceBuilder dataSource(
      String url, @Nullable String user, @Nullable String password) {
    SluiceBuilder builder = new SluiceBuilder().url(url);
    if (user != null) {
      builder.user(user);
    }
    return password == null ? builder : builder.password(password);
  }

  /** Starts a pool of connections that this data source opens. */
  public static SluiceBuilder dataSource(DataSource dataSource) {
    return new SluiceBuilder().dataSource(dataSource);
  }

  /** Starts from a map, as {@link SluiceBuilder#settings(Map)} reads it. */
  public static SluiceBuilder from(Map<String, ?> settings) {
    return new SluiceBuilder().settings(settings);
  }

  /** Starts from properties, as {@link SluiceBuilder#settings(Properties)} reads them. */
  public static SluiceBuilder from(Properties settings) {
    return new SluiceBuilder().settings(settings);
  }

  /** Starts from a file, as {@link SluiceBuilder#file(Path)} reads it. */
  public static SluiceBuilder fromFile(Path file) {
    return new SluiceBuilder().file(file);
  }

  /** Starts from the environment, as {@link SluiceBuilder#environment()} reads it. */
  public static SluiceBuilder fromEnvironment() {
    return new SluiceBuilder().environment();
  }

  /** Starts without anything set. */
  public static SluiceBuilder builder() {
    return new SluiceBuilder();
  }
}
