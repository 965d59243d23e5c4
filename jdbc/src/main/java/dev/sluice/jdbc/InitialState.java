package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of a session's properties after its connection was opened and set up. A reset restores
 * them.
 *
 * <p>A property is read at open if that costs no round trip, or if the server forgets its initial
 * value. The rest is read later, but only in a state that cannot have changed: before the first
 * change by JDBC, before the first statement that may change a setting ({@link #isIncomplete}), or,
 * if the server remembers the session's initial values, whenever they are needed.
 */
final class InitialState {
  /** Stands for a value of null. */
  private static final Object NULL = new Object();

  /** Stands for a value that the driver does not report. */
  private static final Object UNKNOWN = new Object();

  private final Connection raw;
  private final Dialect dialect;
  private final Map<SessionProperty, Object> values = new EnumMap<>(SessionProperty.class);
  private final boolean serverRemembers;
  private boolean incomplete;

  private InitialState(Connection raw, Dialect dialect) {
    this.raw = raw;
    this.dialect = dialect;
    this.serverRemembers = false;
  }

  /**
   * Reads the properties that must be read at open.
   *
   * @param setUpBySql whether the pool's own statements have run, so that the server's initial
   *     values are not those that borrowers should find
   */
  InitialState(Connection raw, Dialect dialect, boolean setUpBySql) {
    this.raw = raw;
    this.dialect = dialect;
    this.serverRemembers = !setUpBySql;
    for (SessionProperty property : SessionProperty.all()) {
      if (dialect.readsAtOpen(property) || (setUpBySql && dialect.remembers(property))) {
        remember(property);
      } else if (isLostBySql(property)) {
        incomplete = true;
      }
    }
  }

  /** Knows no values, so a reset restores none. */
  static InitialState none(Connection raw, Dialect dialect) {
    return new InitialState(raw, dialect);
  }

  private boolean isLostBySql(SessionProperty property) {
    return property.mayBeChangedBySql(dialect)
        && !dialect.readsAtOpen(property)
        && !dialect.remembers(property);
  }

  /** Whether the server remembers the values that borrowers should find. */
  boolean isRememberedByServer() {
    return serverRemembers;
  }

  /** Whether a statement that changes a setting would make the initial value unknown. */
  boolean isIncomplete() {
    return incomplete;
  }

  /** Reads the properties that SQL may change from now on. */
  void complete() {
    incomplete = false;
    for (SessionProperty property : SessionProperty.all()) {
      if (isLostBySql(property)) {
        remember(property);
      }
    }
  }

  /**
   * Reads and remembers a property. If the driver cannot report it, it cannot be restored, and a
   * change costs the connection.
   */
  private void remember(SessionProperty property) {
    if (values.containsKey(property)) {
      return;
    }
    try {
      put(property, property.read(raw, dialect));
    } catch (SQLException | RuntimeException | AbstractMethodError e) {
      values.put(property, UNKNOWN);
    }
  }

  private void put(SessionProperty property, @Nullable Object value) {
    values.put(property, value == null ? NULL : value);
  }

  /** Returns whether the driver still has to be asked for the value. */
  boolean isUnread(SessionProperty property) {
    return !values.containsKey(property);
  }

  /** Reads a property that has not been changed by JDBC yet. */
  void read(SessionProperty property) throws SQLException {
    try {
      put(
          property,
          serverRemembers && dialect.remembers(property)
              ? property.readInitial(raw, dialect)
              : property.read(raw, dialect));
    } catch (SQLException | RuntimeException | Error e) {
      if (!DriverSupport.isMissing(e)) {
        throw e;
      }
      values.put(property, UNKNOWN);
    }
  }

  /** Whether the value is known, once it was read. */
  boolean isKnown(SessionProperty property) {
    Object value = values.get(property);
    return value != null && !UNKNOWN.equals(value);
  }

  /** The value; null if the value is null or unknown. */
  @Nullable Object get(SessionProperty property) {
    Object value = values.get(property);
    return NULL.equals(value) || UNKNOWN.equals(value) ? null : value;
  }
}
