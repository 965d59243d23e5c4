package dev.sluice.jdbc;

import dev.sluice.jdbc.ErrorClassifier.Verdict;
import dev.sluice.jdbc.StatementCache.Kept;
import dev.sluice.pool.CloseReason;
import dev.sluice.pool.Slot;
import dev.sluice.pool.sql.SqlStates;
import java.sql.CallableStatement;
import java.sql.ClientInfoStatus;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.ShardingKey;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The borrower's connection: the lease and the wrapper in one object of 40 bytes.
 *
 * <p>The {@link PhysicalConnection} records what the borrower does to the session. This class
 * records what the driver's errors mean. {@link #close} uses both: a clean connection goes back at
 * once, a changed one goes through {@link PhysicalConnection#reset} on a worker, and a broken one
 * is closed.
 */
class SluiceConnection extends CachingConnection {
  SluiceConnection(Slot<PhysicalConnection> slot, long token) {
    super(slot, token);
  }

  @Override
  final SluiceConnection handle() {
    return this;
  }

  // Statements

  @Override
  Statement track(Statement statement) throws SQLException {
    SluiceStatement wrapper = new SluiceStatement(this, statement);
    track(wrapper, statement);
    return wrapper;
  }

  @Override
  PreparedStatement track(PreparedStatement statement, String sql) throws SQLException {
    return track(new SluicePreparedStatement(this, statement, sql), statement, sql);
  }

  @Override
  PreparedStatement track(Kept kept, String sql) throws SQLException {
    PreparedStatement statement = kept.statement;
    return track(new SluicePreparedStatement(this, statement, sql, kept), statement, sql);
  }

  private <T extends SluicePreparedStatement> T track(
      T wrapper, PreparedStatement statement, String sql) throws SQLException {
    track(wrapper, statement);
    physical.preparing(sql);
    return wrapper;
  }

  @Override
  CallableStatement track(CallableStatement statement, String sql) throws SQLException {
    return track(new SluiceCallableStatement(this, statement, sql), statement, sql);
  }

  private void track(Tracked wrapper, Statement statement) throws SQLException {
    track(wrapper);
    int seconds = physical.terms.queryTimeoutSeconds;
    if (seconds != 0) {
      statement.setQueryTimeout(seconds);
    }
  }

  // The end of the lease

  @Override
  public void close() {
    int noted = flags;
    if (tracked == null && (noted & ~USED) == 0 && physical.isClean(noted != 0)) {
      release();
    } else {
      closeNoted();
    }
  }

  /**
   * Closes a connection that needs work. Only one of several threads that close at the same time
   * passes the first line, because the rest writes to the connection, which must not belong to the
   * next borrower by then.
   */
  private void closeNoted() {
    if (!beginClosing()) {
      return;
    }
    Verdict verdict = verdict();
    switch (verdict) {
      case EVICT -> discard(CloseReason.BROKEN, physical.judgement.reason());
      case EVICT_ALL, REPLACE_ALL -> discardWithOthers(verdict == Verdict.REPLACE_ALL);
      case KEEP, CHECK -> closeForReset(verdict == Verdict.CHECK);
    }
  }

  private void discardWithOthers(boolean replace) {
    String reason = physical.judgement.reason();
    FailoverPolicy failover = physical.terms.failover;
    if (replace ? failover.mayReplace() : failover.maySuspect()) {
      discardAndSuspectOthers(replace, reason);
    } else {
      discard(CloseReason.BROKEN, reason);
    }
  }

  private void closeForReset(boolean check) {
    boolean known = dropsFinished();
    if (check || !known) {
      physical.mustBeChecked();
    }
    if (tracked == null && physical.isClean((flags & USED) != 0)) {
      release();
    } else if (physical.mustBeDiscarded()) {
      discard(CloseReason.DISCARDED);
    } else {
      physical.handOver(tracked);
      releaseForReset();
    }
  }

  /**
   * Whether all statements have closed themselves. False if the driver cannot say; then the reset
   * closes them all and finds out what is wrong.
   */
  private boolean dropsFinished() {
    try {
      dropFinished();
      return true;
    } catch (SQLException | RuntimeException e) {
      return false;
    } catch (Error e) {
      physical.judgement.condemnedBy(e);
      discard(CloseReason.BROKEN, physical.judgement.reason());
      throw e;
    }
  }

  /** Ends the lease and closes the connection; false if the lease had ended. */
  boolean evict() {
    if (isHeld()) {
      physical.running.cut(); // it may run something for another thread
    }
    return discard(CloseReason.DISCARDED);
  }

  /** Ends the lease and takes the connection out of the pool; false if the lease had ended. */
  boolean leavePool() {
    return detach();
  }

  @Override
  public boolean isClosed() throws SQLException {
    if (!isHeld()) {
      return true;
    }
    try {
      return physical.raw.isClosed();
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  @Override
  public void abort(@Nullable Executor executor) throws SQLException {
    if (executor == null) {
      throw new SQLException("abort needs an executor", SqlStates.INVALID_ARGUMENT);
    }
    if (!isHeld()) {
      return;
    }
    // Call the driver first, while the connection certainly belongs to this lease.
    try {
      physical.raw.abort(executor);
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    } finally {
      discard(CloseReason.DISCARDED);
    }
  }

  @Override
  public boolean isValid(int timeout) throws SQLException {
    if (!isHeld()) {
      return false;
    }
    Connection raw = rawInTransaction();
    try {
      return raw.isValid(timeout);
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  // Transactions

  @Override
  public void commit() throws SQLException {
    rawUsed();
    try {
      physical.commit();
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  @Override
  public void rollback() throws SQLException {
    rawUsed();
    try {
      physical.rollback();
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    Savepoint own = own(savepoint);
    Connection raw = rawInTransaction();
    try {
      raw.rollback(own);
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    Savepoint own = own(savepoint);
    Connection raw = rawInTransaction();
    try {
      raw.releaseSavepoint(own);
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  /**
   * Checks that a savepoint belongs to this lease. Drivers compare only names, and a savepoint of
   * another lease may have the same name.
   */
  @SuppressWarnings("ReferenceEquality") // a handle is itself and nothing else
  private Savepoint own(Savepoint savepoint) throws SQLException {
    if (savepoint instanceof SluiceSavepoint ours && ours.connection != this) {
      throw new SQLException(
          "This savepoint belongs to another connection", SqlStates.INVALID_SAVEPOINT);
    }
    return Leasing.raw(savepoint);
  }

  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    rawUsed();
    try {
      physical.setAutoCommit(autoCommit);
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  // The rest of the session's state

  private void set(SessionProperty property, @Nullable Object value) throws SQLException {
    rawUsed();
    try {
      physical.set(property, value);
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  @Override
  public void setReadOnly(boolean readOnly) throws SQLException {
    set(SessionProperty.READ_ONLY, readOnly);
  }

  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    set(SessionProperty.ISOLATION, level);
  }

  @Override
  public void setHoldability(int holdability) throws SQLException {
    set(SessionProperty.HOLDABILITY, holdability);
  }

  @Override
  public void setCatalog(@Nullable String catalog) throws SQLException {
    set(SessionProperty.CATALOG, catalog);
  }

  @Override
  public void setSchema(@Nullable String schema) throws SQLException {
    set(SessionProperty.SCHEMA, schema);
  }

  @Override
  public void setNetworkTimeout(@Nullable Executor executor, int milliseconds) throws SQLException {
    rawUsed();
    try {
      physical.setNetworkTimeout(executor, milliseconds);
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  @Override
  public Map<String, Class<?>> getTypeMap() throws SQLException {
    rawUsed();
    try {
      return physical.typeMap();
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  @Override
  public void setTypeMap(@Nullable Map<String, Class<?>> map) throws SQLException {
    set(SessionProperty.TYPE_MAP, map);
  }

  /**
   * Returns a copy, because some drivers return their own object, and the next borrower would find
   * changes in it.
   */
  @Override
  public Properties getClientInfo() throws SQLException {
    Connection raw = rawInTransaction();
    try {
      return copy(raw.getClientInfo());
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  private static Properties copy(@Nullable Properties info) {
    Properties copy = new Properties();
    if (info != null) {
      info.stringPropertyNames().forEach(name -> copy.setProperty(name, info.getProperty(name)));
    }
    return copy;
  }

  @Override
  public void setClientInfo(String name, @Nullable String value) throws SQLClientInfoException {
    requireForClientInfo();
    try {
      physical.setClientInfo(name, value);
    } catch (Throwable e) {
      physical.unjudged++;
      throw clientInfoError(failed(e));
    }
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    requireForClientInfo();
    try {
      physical.setClientInfo(properties);
    } catch (Throwable e) {
      physical.unjudged++;
      throw clientInfoError(failed(e));
    }
  }

  private void requireForClientInfo() throws SQLClientInfoException {
    try {
      rawUsed();
    } catch (SQLException e) {
      throw clientInfoError(e);
    }
  }

  static SQLClientInfoException clientInfoError(SQLException e) {
    if (e instanceof SQLClientInfoException already) {
      return already;
    }
    Map<String, ClientInfoStatus> failed = Map.of();
    return new SQLClientInfoException(
        String.valueOf(e.getMessage()), e.getSQLState(), e.getErrorCode(), failed, e);
  }

  @Override
  public void setShardingKey(ShardingKey key) throws SQLException {
    Connection raw = rawUsed();
    try {
      raw.setShardingKey(key);
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
    physical.cannotBeRestored();
  }

  @Override
  public void setShardingKey(ShardingKey key, ShardingKey superKey) throws SQLException {
    Connection raw = rawUsed();
    try {
      raw.setShardingKey(key, superKey);
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
    physical.cannotBeRestored();
  }

  @Override
  public boolean setShardingKeyIfValid(ShardingKey key, int timeout) throws SQLException {
    Connection raw = rawUsed();
    try {
      return notingShardingKey(raw.setShardingKeyIfValid(key, timeout));
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  @Override
  public boolean setShardingKeyIfValid(ShardingKey key, ShardingKey superKey, int timeout)
      throws SQLException {
    Connection raw = rawUsed();
    try {
      return notingShardingKey(raw.setShardingKeyIfValid(key, superKey, timeout));
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  private boolean notingShardingKey(boolean set) {
    if (set) {
      physical.cannotBeRestored();
    }
    return set;
  }

  // Other objects

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    Connection raw = rawUsed();
    try {
      return new SluiceMetaData(this, raw.getMetaData());
    } catch (Throwable e) {
      physical.unjudged++;
      throw failed(e);
    }
  }

  /**
   * Works as JDBC specifies, with one exception: {@code Connection.class} returns the driver's own
   * connection, because monitoring agents key their caches by it and this handle is new with each
   * lease. That does not count as an escape from the pool.
   */
  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type == Connection.class ? type.cast(rawInState()) : super.unwrap(type);
  }

  /** Names the pool and the driver's connection. */
  @Override
  public String toString() {
    return "SluiceConnection@"
        + Integer.toHexString(hashCode())
        + "["
        + physical.terms.poolTitle()
        + ", "
        + (isHeld() ? physical : "closed")
        + "]";
  }
}
