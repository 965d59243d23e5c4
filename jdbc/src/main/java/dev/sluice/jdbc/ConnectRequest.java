package dev.sluice.jdbc;

import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one attempt to connect, which {@link ConnectionHooks#beforeConnect} may change.
 * Changes apply to this attempt only. Not thread-safe.
 */
public final class ConnectRequest {
  private static final String USER = "user";
  private static final String PASSWORD = "password";

  private final Duration timeout;
  private final Properties properties;
  private @Nullable String url;

  ConnectRequest(@Nullable String url, Properties properties, Duration timeout) {
    this.url = url;
    this.properties = properties;
    this.timeout = timeout;
  }

  /** The JDBC URL, null if a {@link javax.sql.DataSource} opens the connections. */
  public @Nullable String url() {
    return url;
  }

  /**
   * Sets the URL. The same driver must accept it, and it must lead to the same kind of database.
   *
   * @throws IllegalStateException if a {@link javax.sql.DataSource} opens the connections
   */
  public ConnectRequest url(String url) {
    requireUrl();
    this.url = Objects.requireNonNull(url, "url");
    return this;
  }

  /** The user to log in as; null if the URL or the driver decides. */
  public @Nullable String user() {
    return properties.getProperty(USER);
  }

  /** Sets the user; null leaves it to the URL or the driver. */
  public ConnectRequest user(@Nullable String user) {
    put(USER, user);
    return this;
  }

  /** The password, null if there is none. */
  public @Nullable Secret password() {
    String password = properties.getProperty(PASSWORD);
    return password == null ? null : Secret.of(password);
  }

  /** Sets the password; null for none. */
  public ConnectRequest password(@Nullable Secret password) {
    put(PASSWORD, password == null ? null : password.reveal());
    return this;
  }

  /** A driver property, by the driver's own name; null if it is not set. */
  public @Nullable Object property(String name) {
    return properties.get(name);
  }

  /**
   * Sets a driver property; null removes it.
   *
   * @throws IllegalStateException if a {@link javax.sql.DataSource} opens the connections
   */
  public ConnectRequest property(String name, @Nullable Object value) {
    requireUrl();
    put(name, value);
    return this;
  }

  /** The time limit of this attempt. */
  public Duration timeout() {
    return timeout;
  }

  private void requireUrl() {
    if (url == null) {
      throw new IllegalStateException(
          "A DataSource opens the connections: it has the URL and the properties");
    }
  }

  private void put(String name, @Nullable Object value) {
    if (value == null) {
      properties.remove(name);
    } else {
      properties.put(name, value);
    }
  }

  /** The properties for the driver. */
  Properties properties() {
    return properties;
  }

  /** Shows the user, but not the URL or the properties, which may contain secrets. */
  @Override
  public String toString() {
    return "ConnectRequest{user=" + user() + ", " + properties.size() + " properties}";
  }
}
