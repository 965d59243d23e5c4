package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLWarning;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A connection that its borrower holds before there is one: it is acquired when the borrower first
 * needs it. Until then this object remembers what was set, and ends transactions in which nothing
 * happened. Afterwards calls go straight to the acquired connection. For one thread at a time, as a
 * connection is.
 */
abstract class LateConnection extends ConnectionDeferral {
  /** What the borrower set, in the order of the last calls; null until something is. */
  private @Nullable Map<SessionProperty, @Nullable Object> settings;

  /** What the borrower set; null until then. */
  private @Nullable Boolean autoCommit;

  private @Nullable Connection acquired;
  private boolean closed;

  /** Acquires the connection. */
  abstract Connection acquire() throws SQLException;

  /** The auto-commit mode of a connection that was just acquired. */
  abstract boolean initialAutoCommit();

  /** The connection, if it was acquired. */
  final @Nullable Connection acquired() {
    return acquired;
  }

  /** For {@code toString}. */
  final String state() {
    return acquired != null ? acquired.toString() : closed ? "closed" : "idle";
  }

  @Override
  final Connection target() throws SQLException {
    Connection connection = acquired;
    return connection != null ? connection : acquireAndSet();
  }

  private Connection acquireAndSet() throws SQLException {
    return acquireAndSet(new StaleConnections());
  }

  private Connection acquireAndSet(StaleConnections stale) throws SQLException {
    requireOpen();
    while (true) {
      Connection connection = acquire();
      try {
        apply(connection);
        acquired = connection;
        return connection;
      } catch (Throwable e) {
        boolean replace = e instanceof SQLException && stale.mayReplace(connection);
        closeUnused(e, connection);
        if (!replace) {
          throw e;
        }
      }
    }
  }

  @Override
  final <T> T prepared(Preparation<T> preparation) throws SQLException {
    if (acquired != null) {
      return preparation.on(acquired);
    }
    StaleConnections stale = new StaleConnections();
    while (true) {
      Connection connection = acquireAndSet(stale);
      try {
        return preparation.on(connection);
      } catch (SQLException e) {
        if (!stale.mayReplace(connection)) {
          throw e;
        }
        acquired = null;
        closeUnused(e, connection);
      }
    }
  }

  /** Auto-commit comes last, so that no property is set in a transaction. */
  private void apply(Connection connection) throws SQLException {
    if (settings != null) {
      for (Map.Entry<SessionProperty, @Nullable Object> setting : settings.entrySet()) {
        set(connection, setting.getKey(), setting.getValue());
      }
    }
    if (autoCommit != null) {
      connection.setAutoCommit(autoCommit);
    }
  }

  /** Sets a property of the connection that was acquired. */
  void set(Connection connection, SessionProperty property, @Nullable Object value)
      throws SQLException {
    property.write(connection, value);
  }

  private void closeUnused(Throwable failure, Connection connection) {
    unused();
    try {
      connection.close();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  /** Nothing of the borrower's has run on the acquired connection, which is about to be closed. */
  void unused() {}

  final void requireOpen() throws SQLException {
    if (closed) {
      throw new SQLNonTransientConnectionException(
          "Connection is closed: its borrower closed it before it was acquired, and it can no longer be"
              + " used",
          SqlStates.CONNECTION_DOES_NOT_EXIST);
    }
  }

  /** Gives the connection back, and acquires another one when it is needed again. */
  final void giveBack() throws SQLException {
    Connection connection = acquired;
    acquired = null;
    if (connection != null) {
      release(connection);
    }
  }

  /** Gives this connection back. */
  void release(Connection connection) throws SQLException {
    connection.close();
  }

  // The end

  @Override
  public final void close() throws SQLException {
    Connection connection = acquired;
    if (connection == null) {
      closed = true;
    } else {
      release(connection);
    }
  }

  @Override
  public final void abort(@Nullable Executor executor) throws SQLException {
    Connection connection = acquired;
    if (connection == null) {
      closed = true;
    } else {
      connection.abort(executor);
      aborted();
    }
  }

  /** The connection was aborted. */
  void aborted() {}

  @Override
  public final boolean isClosed() throws SQLException {
    Connection connection = acquired;
    return connection == null ? closed : connection.isClosed();
  }

  @Override
  public final boolean isValid(int timeout) throws SQLException {
    return !(acquired == null && closed) && target().isValid(timeout);
  }

  // Transactions

  @Override
  public final void setAutoCommit(boolean on) throws SQLException {
    requireOpen();
    if (acquired != null) {
      acquired.setAutoCommit(on);
    }
    autoCommit = on;
  }

  @Override
  public final boolean getAutoCommit() throws SQLException {
    if (acquired != null) {
      return acquired.getAutoCommit();
    }
    requireOpen();
    return autoCommit != null ? autoCommit : initialAutoCommit();
  }

  @Override
  public final void commit() throws SQLException {
    if (isBegunOrAutoCommitted()) {
      target().commit();
    }
  }

  @Override
  public final void rollback() throws SQLException {
    if (isBegunOrAutoCommitted()) {
      target().rollback();
    }
  }

  /** False if there is no transaction to end; with auto-commit the driver says what it thinks. */
  private boolean isBegunOrAutoCommitted() throws SQLException {
    return acquired != null || getAutoCommit();
  }

  // The rest of the session's state

  /** Sets a property now or when the connection is acquired. */
  final void set(SessionProperty property, @Nullable Object value) throws SQLException {
    requireOpen();
    if (acquired != null) {
      set(acquired, property, value);
    }
    remember(property, value);
  }

  /** Remembers a property for the connections that are yet to be acquired. */
  final void remember(SessionProperty property, @Nullable Object value) {
    if (settings == null) {
      settings = new LinkedHashMap<>(4);
    }
    settings.remove(property); // so that the order is that of the last calls
    settings.put(property, value);
  }

  /** Whether the answer must come from the connection. */
  private boolean isUnset(SessionProperty property) {
    return acquired != null || settings == null || !settings.containsKey(property);
  }

  private @Nullable Object setting(SessionProperty property) throws SQLException {
    requireOpen();
    return settings == null ? null : settings.get(property);
  }

  @Override
  public void setReadOnly(boolean readOnly) throws SQLException {
    set(SessionProperty.READ_ONLY, readOnly);
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return isUnset(SessionProperty.READ_ONLY)
        ? target().isReadOnly()
        : Boolean.TRUE.equals(setting(SessionProperty.READ_ONLY));
  }

  @Override
  public final void setTransactionIsolation(int level) throws SQLException {
    set(SessionProperty.ISOLATION, level);
  }

  @Override
  public final int getTransactionIsolation() throws SQLException {
    return !isUnset(SessionProperty.ISOLATION)
            && setting(SessionProperty.ISOLATION) instanceof Integer level
        ? level
        : target().getTransactionIsolation();
  }

  @Override
  public final void setHoldability(int holdability) throws SQLException {
    set(SessionProperty.HOLDABILITY, holdability);
  }

  @Override
  public final int getHoldability() throws SQLException {
    return !isUnset(SessionProperty.HOLDABILITY)
            && setting(SessionProperty.HOLDABILITY) instanceof Integer holdability
        ? holdability
        : target().getHoldability();
  }

  @Override
  public final void setCatalog(@Nullable String catalog) throws SQLException {
    set(SessionProperty.CATALOG, catalog);
  }

  @Override
  public final @Nullable String getCatalog() throws SQLException {
    return isUnset(SessionProperty.CATALOG)
        ? target().getCatalog()
        : (String) setting(SessionProperty.CATALOG);
  }

  @Override
  public final void setSchema(@Nullable String schema) throws SQLException {
    set(SessionProperty.SCHEMA, schema);
  }

  @Override
  public final @Nullable String getSchema() throws SQLException {
    return isUnset(SessionProperty.SCHEMA)
        ? target().getSchema()
        : (String) setting(SessionProperty.SCHEMA);
  }

  @Override
  public final void setClientInfo(String name, @Nullable String value)
      throws SQLClientInfoException {
    forClientInfo().setClientInfo(name, value);
  }

  @Override
  public final void setClientInfo(Properties properties) throws SQLClientInfoException {
    forClientInfo().setClientInfo(properties);
  }

  private Connection forClientInfo() throws SQLClientInfoException {
    try {
      return target();
    } catch (SQLException e) {
      throw SluiceConnection.clientInfoError(e);
    }
  }

  // Without an acquisition

  @Override
  public final @Nullable SQLWarning getWarnings() throws SQLException {
    requireOpen();
    return acquired == null ? null : acquired.getWarnings();
  }

  @Override
  public final void clearWarnings() throws SQLException {
    requireOpen();
    if (acquired != null) {
      acquired.clearWarnings();
    }
  }

  @Override
  public final void beginRequest() throws SQLException {
    requireOpen();
    if (acquired != null) {
      acquired.beginRequest();
    }
  }

  @Override
  public final void endRequest() throws SQLException {
    requireOpen();
    if (acquired != null) {
      acquired.endRequest();
    }
  }
}
