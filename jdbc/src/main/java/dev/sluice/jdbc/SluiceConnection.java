package dev.sluice.jdbc;

import dev.sluice.pool.CloseReason;
import dev.sluice.pool.Slot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.CallableStatement;
import java.sql.ClientInfoStatus;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.ShardingKey;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The connection as a borrower holds it: the lease and the wrapper in one object of 40 bytes.
 *
 * <p>What the borrower does to the session is noted in the {@link PhysicalConnection}, what the
 * driver's errors mean for it here, and {@link #close} decides by both: a clean connection goes
 * back at once, any other goes through {@link PhysicalConnection#reset} on a worker, and a broken
 * one is closed.
 */
class SluiceConnection extends ConnectionDelegation {
  private static final VarHandle FLAGS;

  static {
    try {
      FLAGS = MethodHandles.lookup().findVarHandle(SluiceConnection.class, "flags", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The bits of {@link #flags} that hold a {@link Fate}. */
  private static final int FATE = 0b111;

  /** The driver's connection was used in this lease. */
  private static final int USED = 1 << 3;

  /** Someone is closing this handle and the connection is not clean; set atomically, once. */
  private static final int CLOSING = 1 << 4;

  final PhysicalConnection physical;
  private @Nullable Tracked tracked;
  private int flags;

  SluiceConnection(Slot<PhysicalConnection> slot, long token) {
    super(slot, token);
    physical = resource();
  }

  // Guards

  @Override
  Connection open() throws SQLException {
    if (!isHeld()) {
      throw closed();
    }
    return physical.raw;
  }

  @Override
  Connection use() throws SQLException {
    Connection raw = open();
    if ((flags & USED) == 0) {
      useFirst();
    }
    return raw;
  }

  /** The warnings that the last borrower left are dropped now: a look at them finds none. */
  private void useFirst() throws SQLException {
    flags |= USED;
    try {
      physical.dropWarnings();
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  Connection touch() throws SQLException {
    Connection raw = use();
    physical.touch();
    return raw;
  }

  SQLException closed() {
    return new SQLNonTransientConnectionException(
        "This connection was returned to "
            + physical.terms.poolTitle()
            + " or taken back by it; it can no longer be used",
        SqlStates.CONNECTION_DOES_NOT_EXIST);
  }

  @Override
  SQLException onError(SQLException e) {
    Fate fate = physical.judge(e);
    if (fate.severity > (flags & FATE)) {
      flags = (flags & ~FATE) | fate.severity;
      physical.condemnedBy(e);
    }
    return e;
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
    SluicePreparedStatement wrapper = new SluicePreparedStatement(this, statement, sql);
    physical.ran(sql);
    track(wrapper, statement);
    return wrapper;
  }

  @Override
  CallableStatement track(CallableStatement statement, String sql) throws SQLException {
    SluiceCallableStatement wrapper = new SluiceCallableStatement(this, statement, sql);
    physical.ran(sql);
    track(wrapper, statement);
    return wrapper;
  }

  private void track(Tracked wrapper, Statement statement) throws SQLException {
    track(wrapper);
    int seconds = physical.terms.queryTimeoutSeconds;
    if (seconds != 0) {
      statement.setQueryTimeout(seconds);
    }
  }

  /** Remembers something that must be closed before the connection is lent again. */
  void track(Tracked item) {
    Tracked head = tracked;
    item.next = head;
    if (head != null) {
      head.previous = item;
    }
    tracked = item;
  }

  /** Forgets something that was closed; harmless if it is not in the list. */
  @SuppressWarnings("ReferenceEquality") // a link is itself and nothing else
  void untrack(Tracked item) {
    Tracked previous = item.previous;
    Tracked next = item.next;
    if (previous != null) {
      previous.next = next;
      item.previous = null;
    } else if (tracked == item) {
      tracked = next;
    }
    if (next != null) {
      next.previous = previous;
      item.next = null;
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
   * Closes when there is something to see to. Only one of the threads that close at the same time
   * comes past the first line: what follows writes to the connection, which must not be the next
   * borrower's by then.
   */
  private void closeNoted() {
    if (!isHeld() || ((int) FLAGS.getAndBitwiseOr(this, CLOSING) & CLOSING) != 0) {
      return;
    }
    Fate fate = Fate.of(flags & FATE);
    switch (fate) {
      case EVICT -> discard(CloseReason.BROKEN, physical.reason());
      case SUSPECT_ALL -> discardAndSuspectOthers(false, physical.reason());
      case REPLACE_ALL -> discardAndSuspectOthers(true, physical.reason());
      case KEEP, CHECK -> closeForReset(fate == Fate.CHECK);
    }
  }

  private void closeForReset(boolean check) {
    dropFinished();
    if (check) {
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

  /** Statements that closed themselves need no reset. */
  private void dropFinished() {
    try {
      for (Tracked item = tracked; item != null; ) {
        Tracked next = item.next;
        if (item.isFinished()) {
          untrack(item);
        }
        item = next;
      }
    } catch (SQLException e) {
      // The reset closes them all, and finds out there what is wrong.
      physical.mustBeChecked();
    }
  }

  /** Ends the lease and closes the connection; false if the lease had ended. */
  boolean evict() {
    return discard(CloseReason.DISCARDED);
  }

  @Override
  public boolean isClosed() throws SQLException {
    return !isHeld() || physical.raw.isClosed();
  }

  @Override
  public void abort(@Nullable Executor executor) throws SQLException {
    if (executor == null) {
      throw new SQLException("abort needs an executor", SqlStates.INVALID_ARGUMENT);
    }
    if (!isHeld()) {
      return;
    }
    // First the driver, while the connection is certainly ours; then nobody else can get it.
    try {
      physical.raw.abort(executor);
    } finally {
      discard(CloseReason.DISCARDED);
    }
  }

  @Override
  public boolean isValid(int timeout) throws SQLException {
    if (!isHeld()) {
      return false;
    }
    Connection raw = touch();
    try {
      return raw.isValid(timeout);
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  // Transactions

  @Override
  public void commit() throws SQLException {
    use();
    try {
      physical.commit();
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  public void rollback() throws SQLException {
    use();
    try {
      physical.rollback();
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    use();
    try {
      physical.setAutoCommit(autoCommit);
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  // The rest of the session's state

  private void set(SessionProperty property, @Nullable Object value) throws SQLException {
    use();
    try {
      physical.set(property, value);
    } catch (SQLException e) {
      throw onError(e);
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
    use();
    try {
      physical.setNetworkTimeout(executor, milliseconds);
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  public Map<String, Class<?>> getTypeMap() throws SQLException {
    use();
    try {
      return physical.typeMap();
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  public void setTypeMap(@Nullable Map<String, Class<?>> map) throws SQLException {
    set(SessionProperty.TYPE_MAP, map);
  }

  @Override
  public void setClientInfo(String name, @Nullable String value) throws SQLClientInfoException {
    try {
      use();
      physical.setClientInfo(name, value);
    } catch (SQLException e) {
      throw clientInfoError(e);
    }
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    try {
      use();
      physical.setClientInfo(properties);
    } catch (SQLException e) {
      throw clientInfoError(e);
    }
  }

  private SQLClientInfoException clientInfoError(SQLException e) {
    if (isHeld()) {
      onError(e);
    }
    if (e instanceof SQLClientInfoException already) {
      return already;
    }
    Map<String, ClientInfoStatus> failed = Map.of();
    return new SQLClientInfoException(
        String.valueOf(e.getMessage()), e.getSQLState(), e.getErrorCode(), failed, e);
  }

  @Override
  public void setShardingKey(ShardingKey key) throws SQLException {
    Connection raw = use();
    try {
      raw.setShardingKey(key);
    } catch (SQLException e) {
      throw onError(e);
    }
    physical.cannotBeRestored();
  }

  @Override
  public void setShardingKey(ShardingKey key, ShardingKey superKey) throws SQLException {
    Connection raw = use();
    try {
      raw.setShardingKey(key, superKey);
    } catch (SQLException e) {
      throw onError(e);
    }
    physical.cannotBeRestored();
  }

  @Override
  public boolean setShardingKeyIfValid(ShardingKey key, int timeout) throws SQLException {
    Connection raw = use();
    try {
      return notingShardingKey(raw.setShardingKeyIfValid(key, timeout));
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  public boolean setShardingKeyIfValid(ShardingKey key, ShardingKey superKey, int timeout)
      throws SQLException {
    Connection raw = use();
    try {
      return notingShardingKey(raw.setShardingKeyIfValid(key, superKey, timeout));
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  private boolean notingShardingKey(boolean set) {
    if (set) {
      physical.cannotBeRestored();
    }
    return set;
  }

  // What leads elsewhere

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    Connection raw = use();
    try {
      return new SluiceMetaData(this, raw.getMetaData());
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    Connection raw = use();
    physical.leaksOut();
    try {
      return type.isInstance(raw) ? type.cast(raw) : raw.unwrap(type);
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    if (type.isInstance(this)) {
      return true;
    }
    Connection raw = open();
    try {
      return type.isInstance(raw) || raw.isWrapperFor(type);
    } catch (SQLException e) {
      throw onError(e);
    }
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
