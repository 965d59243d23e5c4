package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the properties of a session were when its connection was opened and set up: what a reset
 * puts back.
 *
 * <p>A property is read at open where that costs no round trip, and where the server forgets it.
 * The rest is read late, and only in a state that cannot have been changed: before the first change
 * by JDBC, before the first statement that may change a setting ({@link #isIncomplete}), or, on a
 * server that remembers how the session began, whenever it is needed.
 */
final class InitialState {
  /** Stands for a value of null. */
  private static final Object NULL = new Object();

  /** Stands for a value that the driver does not tell. */
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
   * Reads what has to be read at open.
   *
   * @param setUpBySql whether statements of the pool's have run, so that the server's memory of the
   *     beginning is not what borrowers shall find
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

  /** Knows nothing and asks for nothing: nothing is put back. */
  static InitialState none(Connection raw, Dialect dialect) {
    return new InitialState(raw, dialect);
  }

  private boolean isLostBySql(SessionProperty property) {
    return property.mayBeChangedBySql(dialect)
        && !dialect.readsAtOpen(property)
        && !dialect.remembers(property);
  }

  /** Whether the server's memory of how the session began is what borrowers shall find. */
  boolean isRememberedByServer() {
    return serverRemembers;
  }

  /** Whether a statement that changes a setting would make the initial value unknown. */
  boolean isIncomplete() {
    return incomplete;
  }

  /** Reads what SQL may change from now on. */
  void complete() {
    incomplete = false;
    for (SessionProperty property : SessionProperty.all()) {
      if (isLostBySql(property)) {
        remember(property);
      }
    }
  }

  /** What the driver cannot tell cannot be put back: a change of it costs the connection. */
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

  /** Returns whether reading the value asks the driver. */
  boolean isUnread(SessionProperty property) {
    return !values.containsKey(property);
  }

  /** Reads the value of a property that nobody has changed by JDBC yet. */
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

  /** The value, null if that is the value or if it is not known. */
  @Nullable Object get(SessionProperty property) {
    Object value = values.get(property);
    return NULL.equals(value) || UNKNOWN.equals(value) ? null : value;
  }
}
