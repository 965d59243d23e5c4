package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Wrapper;

/**
 * An object that a lease handed out and that leads to its session. It refuses to work once the
 * lease has ended, because the session may then belong to another borrower.
 */
abstract class Leased implements Wrapper {
  final SluiceConnection connection;

  Leased(SluiceConnection connection) {
    this.connection = connection;
  }

  /** The driver's object. */
  abstract Object driverObject();

  /** The driver's object, for passing back to the driver. */
  Object forDriver() throws SQLException {
    requireHeld();
    return driverObject();
  }

  final void requireHeld() throws SQLException {
    if (!connection.isHeld()) {
      throw connection.explained(
          new SQLException(
              "This " + noun() + " can no longer be used" + connection.whyClosed(), state()));
    }
  }

  private String noun() {
    return getClass().getSimpleName().substring("Sluice".length());
  }

  private String state() {
    if (this instanceof Savepoint) {
      return SqlStates.INVALID_SAVEPOINT;
    }
    return this instanceof Blob || this instanceof Clob
        ? SqlStates.INVALID_LOCATOR
        : SqlStates.FUNCTION_SEQUENCE;
  }

  @Override
  public final <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    requireHeld();
    try {
      T unwrapped = unwrapDrivers(type);
      connection.physical.escapes();
      return unwrapped;
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failed(e);
    }
  }

  private <T> T unwrapDrivers(Class<T> type) throws SQLException {
    Object driver = driverObject();
    if (type.isInstance(driver)) {
      return type.cast(driver);
    }
    if (driver instanceof Wrapper wrapper) {
      return wrapper.unwrap(type);
    }
    throw new SQLException(
        "This " + noun() + " is no " + type.getName(), SqlStates.INVALID_ARGUMENT);
  }

  @Override
  public final boolean isWrapperFor(Class<?> type) throws SQLException {
    Object driver = driverObject();
    if (type.isInstance(this) || type.isInstance(driver)) {
      return true;
    }
    requireHeld();
    try {
      return driver instanceof Wrapper wrapper && wrapper.isWrapperFor(type);
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failed(e);
    }
  }

  /** Like the driver's object, which for an array shows its text. */
  @Override
  public final String toString() {
    return connection.isHeld()
        ? String.valueOf(driverObject())
        : getClass().getSimpleName() + "[closed]";
  }
}
