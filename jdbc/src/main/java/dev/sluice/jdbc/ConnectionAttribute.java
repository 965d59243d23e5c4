package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;

/**
 * A key under which you keep your own value with a physical connection, such as facts about its
 * server or a prepared statement. Thread-safe. Equal only to itself.
 *
 * <p>Hooks and borrowers read and write the values by the connection that they were given. A value
 * stays from lease to lease, whatever the reset does to the session, and dies with the physical
 * connection. Whoever never sets one pays nothing.
 *
 * <pre>{@code
 * static final ConnectionAttribute<String> REGION = ConnectionAttribute.of("region");
 * }</pre>
 *
 * @param <T> the type of the values
 */
public final class ConnectionAttribute<T> {
  private final String name;

  private ConnectionAttribute(String name) {
    this.name = name;
  }

  /**
   * Makes a new key.
   *
   * @param name for {@link #toString} alone: two keys of one name are two keys
   */
  public static <T> ConnectionAttribute<T> of(String name) {
    return new ConnectionAttribute<>(Objects.requireNonNull(name, "name"));
  }

  /**
   * Reads the value of a connection; empty if it has none. No round trip.
   *
   * @param connection one that a Sluice pool lent, to a borrower or to a hook, or a wrapper around
   *     it
   * @throws SQLException if it is not such a connection, or was returned (08003)
   */
  @SuppressWarnings("unchecked") // only a T is kept under this key
  public Optional<T> get(Connection connection) throws SQLException {
    return Optional.ofNullable((T) AttributeStore.get(AttributeStore.raw(connection), this));
  }

  /**
   * Sets the value of a connection, in place of one that it has.
   *
   * @throws SQLException as {@link #get} does
   */
  public void set(Connection connection, T value) throws SQLException {
    Objects.requireNonNull(value, "value");
    AttributeStore.set(AttributeStore.raw(connection), this, value);
  }

  /**
   * Removes the value of a connection, if it has one.
   *
   * @throws SQLException as {@link #get} does
   */
  public void remove(Connection connection) throws SQLException {
    AttributeStore.remove(AttributeStore.raw(connection), this);
  }

  /** The name. */
  @Override
  public String toString() {
    return name;
  }
}
