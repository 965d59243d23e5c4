package dev.sluice.jdbc;

import dev.sluice.pool.ResourceInfo;
import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Records the changes that borrowers make to a session's properties by JDBC. Each property has a
 * bit while its value differs, or may differ, from the one that the next borrower must find. The
 * bit is set before the driver is called, and cleared when the driver has confirmed the initial
 * value. So a failed change counts as a change. {@link InitialState} has the initial values.
 */
final class SessionChanges {
  private final Connection raw;
  private final SessionPolicy terms;
  private final InitialState initial;
  private final Set<String> changedInfo = new HashSet<>(0);
  private int dirty;

  /** Null if none are kept. */
  final @Nullable StatementCache statements;

  SessionChanges(Connection raw, SessionPolicy terms) throws SQLException {
    this.raw = raw;
    this.terms = terms;
    this.statements = terms.newStatementCache();
    this.initial =
        terms.restoreState
            ? new InitialState(raw, terms.dialect, terms.setsUpBySql())
            : InitialState.none(raw, terms.dialect);
  }

  /** Whether there is nothing to restore. */
  boolean areNone() {
    return dirty == 0;
  }

  /** Whether it matters that SQL may change a setting. */
  boolean watchSql() {
    return statements != null || initial.isIncomplete();
  }

  /**
   * Records that SQL is about to run that may change a setting. Returns whether it needs {@link
   * #readBeforeSql} before it.
   */
  boolean settingsMayChange() {
    forgetStatements();
    return initial.isIncomplete();
  }

  /** Closes the statements that are kept, because what they mean may have changed. */
  void forgetStatements() {
    if (statements != null) {
      statements.clear();
    }
  }

  /** Records an error, which may have left open statements in any state. */
  void errorSeen() {
    if (statements != null) {
      statements.doubt();
    }
  }

  /**
   * Cleans as the policy says, beyond the changes recorded here; false if the user's hook discards
   * the connection.
   */
  boolean cleanDeeply(ResourceInfo info) throws SQLException {
    if (terms.cleansBeyondChanges()) {
      forgetStatements(); // not after it, when the server may have forgotten them
    }
    return terms.cleanDeeply(raw, info);
  }

  /** Reads the properties that SQL is about to change. */
  void readBeforeSql() {
    initial.complete();
  }

  /** Whether {@link #read} is needed before the property is changed. */
  boolean isUnread(SessionProperty property) {
    return terms.restoreState && initial.isUnread(property);
  }

  /** Asks the driver for the initial value. */
  void read(SessionProperty property) throws SQLException {
    initial.read(property);
  }

  /**
   * The value that the property had before any change.
   *
   * @throws SQLFeatureNotSupportedException if the driver does not tell it
   */
  @Nullable Object initialOf(SessionProperty property) throws SQLException {
    if (!terms.restoreState) {
      return property.read(raw, terms.dialect);
    }
    if (isUnread(property)) {
      read(property);
    }
    if (!initial.isKnown(property)) {
      throw new SQLFeatureNotSupportedException(
          "the driver does not tell the session's " + property + ", so it could not be undone",
          SqlStates.NOT_SUPPORTED);
    }
    return initial.get(property);
  }

  void set(SessionProperty property, @Nullable Object value) throws SQLException {
    if (terms.pooled) {
      PoolerRules.require(property);
    }
    boolean wasDirty = changing(property);
    try {
      property.write(raw, value);
    } catch (SQLException | RuntimeException | Error e) {
      failed(property, wasDirty, e);
      throw e;
    }
    changed(property, value);
  }

  void setNetworkTimeout(@Nullable Executor executor, int milliseconds) throws SQLException {
    boolean wasDirty = changing(SessionProperty.NETWORK_TIMEOUT);
    try {
      raw.setNetworkTimeout(executor, milliseconds);
    } catch (SQLException | RuntimeException | Error e) {
      failed(SessionProperty.NETWORK_TIMEOUT, wasDirty, e);
      throw e;
    }
    changed(SessionProperty.NETWORK_TIMEOUT, milliseconds);
  }

  /** Sets the timeout of a statement, which all statements of the session share. */
  void setQueryTimeout(Statement statement, int seconds) throws SQLException {
    changing(SessionProperty.QUERY_TIMEOUT);
    statement.setQueryTimeout(seconds);
    changed(SessionProperty.QUERY_TIMEOUT, seconds);
  }

  /** The driver's own map, which the caller may change in place. */
  Map<String, Class<?>> typeMap() throws SQLException {
    changing(SessionProperty.TYPE_MAP);
    return raw.getTypeMap();
  }

  void setClientInfo(String name, @Nullable String value) throws SQLException {
    boolean wasDirty = changing(SessionProperty.CLIENT_INFO);
    changedInfo.add(name);
    try {
      raw.setClientInfo(name, value);
    } catch (SQLException | RuntimeException | Error e) {
      failed(SessionProperty.CLIENT_INFO, wasDirty, e);
      throw e;
    }
    if (initial.get(SessionProperty.CLIENT_INFO) instanceof Properties before
        && Objects.equals(before.getProperty(name), value)) {
      changedInfo.remove(name);
    }
    changed(SessionProperty.CLIENT_INFO, changedInfo.isEmpty());
  }

  /** Sets these properties and clears all others. */
  void setClientInfo(Properties properties) throws SQLException {
    boolean wasDirty = changing(SessionProperty.CLIENT_INFO);
    if (initial.get(SessionProperty.CLIENT_INFO) instanceof Properties before) {
      changedInfo.addAll(before.stringPropertyNames());
    }
    changedInfo.addAll(properties.stringPropertyNames());
    try {
      raw.setClientInfo(properties);
    } catch (SQLException | RuntimeException | Error e) {
      failed(SessionProperty.CLIENT_INFO, wasDirty, e);
      throw e;
    }
    if (initial.get(SessionProperty.CLIENT_INFO) instanceof Properties before) {
      changedInfo.removeIf(
          name -> Objects.equals(before.getProperty(name), properties.getProperty(name)));
    }
    changed(SessionProperty.CLIENT_INFO, changedInfo.isEmpty());
  }

  /** Records a change that is about to be made; returns whether one was already recorded. */
  private boolean changing(SessionProperty property) {
    if (property.decidesMeaning()) {
      forgetStatements();
    }
    if (!terms.restoreState) {
      return true;
    }
    boolean wasDirty = (dirty & property.bit) != 0;
    dirty |= property.bit;
    return wasDirty;
  }

  /** Clears the bit if the driver does not support the change, because then it has made none. */
  private void failed(SessionProperty property, boolean wasDirty, Throwable e) {
    if (!wasDirty && DriverSupport.isMissing(e)) {
      dirty &= ~property.bit;
    }
  }

  private void changed(SessionProperty property, @Nullable Object value) {
    changed(property, Objects.equals(value, initial.get(property)));
  }

  private void changed(SessionProperty property, boolean isInitial) {
    if (isInitial && initial.isKnown(property)) {
      dirty &= ~property.bit;
    }
  }

  /**
   * Reads the properties that can change through the driver's own connection, before it is given
   * out.
   */
  void readAll() throws SQLException {
    for (SessionProperty property : SessionProperty.all()) {
      if (isUnread(property)) {
        read(property);
      }
    }
  }

  /** Records changes made through the driver's own connection. */
  void compare() throws SQLException {
    forgetStatements();
    for (SessionProperty property : SessionProperty.all()) {
      if (initial.isKnown(property)
          && !Objects.equals(property.read(raw, terms.dialect), initial.get(property))) {
        dirty |= property.bit;
      }
    }
  }

  /** Restores the properties, in a safe order. */
  void restore() throws SQLException {
    for (SessionProperty property : SessionProperty.all()) {
      if ((dirty & property.bit) != 0) {
        restore(property);
      }
    }
  }

  private void restore(SessionProperty property) throws SQLException {
    if (property.decidesMeaning()) {
      forgetStatements();
    }
    if (!initial.isKnown(property)) {
      terms.cannotRestore(property);
      throw new SQLNonTransientConnectionException(
          property + " was set, but the driver did not report its previous value",
          SqlStates.CONNECTION_FAILURE);
    }
    property.restore(raw, terms.dialect, initial.get(property));
    if (property == SessionProperty.READ_ONLY && initial.isRememberedByServer() && !terms.pooled) {
      terms.dialect.resetReadOnly(raw);
    }
  }

  /** Forgets the changes after they were undone. */
  void forget() {
    changedInfo.clear();
    dirty = 0;
  }
}
