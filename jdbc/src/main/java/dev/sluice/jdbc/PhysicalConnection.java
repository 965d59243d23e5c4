package dev.sluice.jdbc;

import dev.sluice.pool.ResourceInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The driver's connection, and what is known of its session. Belongs to whoever has the lease, or
 * to the worker that opens, checks, cleans or closes it; none of it is thread-safe beyond that.
 *
 * <h2>What is noted</h2>
 *
 * <p>Each part of the session has a bit in {@link #dirty} while it is, or may be, other than the
 * next borrower must find it. The bit is set before the driver is told of a change, and taken back
 * once the driver has said that the value is again the original, so a failed change counts as one.
 * The original is asked for before the first change, once in the connection's life.
 *
 * <h2>How it is put back</h2>
 *
 * <p>{@link #reset} closes what was forgotten, ends the transaction, and only then restores
 * auto-commit: switching it on commits. Then come the other properties. Restoring some of them
 * begins a transaction where auto-commit is off, and is undone if that is rolled back, so it is
 * committed at the end.
 */
final class PhysicalConnection {
  private static final int AUTO_COMMIT = 1;
  private static final int OPEN_TRANSACTION = 1 << 1;
  private static final int MUST_BE_CHECKED = 1 << 2;
  private static final int CANNOT_BE_RESTORED = 1 << 3;
  private static final int FORGOTTEN_STATEMENTS = 1 << 4;
  private static final int BEGUN_BY_SQL = 1 << 5;

  /** The bits of all {@link SessionProperty}s. */
  private static final int PROPERTIES = ~0xff;

  /** Stands for an original value of null. */
  private static final Object NONE = new Object();

  final Connection raw;
  final ConnectionTerms terms;

  private final SessionProbe probe;
  private final boolean looksAfterUse;
  private final boolean autoCommitAtHome;
  private final Map<SessionProperty, Object> home = new EnumMap<>(SessionProperty.class);
  private final Set<String> changedInfo = new HashSet<>(0);

  private int dirty;
  private boolean autoCommit;
  private boolean readOnly;
  private boolean mayHaveWarnings;
  private boolean leaked;
  private @Nullable String lastSql;
  private @Nullable Tracked forgotten;
  private @Nullable String reason;

  /** Takes a connection over that is as every borrower shall find it. */
  PhysicalConnection(Connection raw, ConnectionTerms terms) throws SQLException {
    this.raw = raw;
    this.terms = terms;
    this.probe = SessionProbe.of(raw, terms.dialect);
    this.looksAfterUse = terms.resetsAfterUse || terms.dialect.sqlMaySetAutoCommit || probe.tells();
    this.autoCommitAtHome = raw.getAutoCommit();
    this.autoCommit = autoCommitAtHome;
    this.readOnly = terms.isReadOnlyAtHome();
  }

  // What the borrower does

  /** Notes that something may have begun a transaction, if auto-commit is off. */
  void touch() {
    if (!autoCommit) {
      dirty |= OPEN_TRANSACTION;
    }
  }

  /** Notes what is executed. */
  void executing(String sql) {
    ran(sql);
    touch();
  }

  /** Remembers the last SQL; comparing first spares the garbage collector's barrier a write. */
  @SuppressWarnings("ReferenceEquality") // meant so: cheap, and a needless write is harmless
  void ran(String sql) {
    if (lastSql != sql) {
      ranAnother(sql);
    }
  }

  private void ranAnother(String sql) {
    lastSql = sql;
    if (!probe.tells() && SqlText.beginsTransaction(sql)) {
      dirty |= BEGUN_BY_SQL;
    }
  }

  /** Notes that the driver's own connection was given out: it may be changed behind our back. */
  void leaksOut() {
    leaked = true;
  }

  /** Notes a change that cannot be undone: the connection will be closed on return. */
  void cannotBeRestored() {
    dirty |= CANNOT_BE_RESTORED;
  }

  void mustBeChecked() {
    dirty |= MUST_BE_CHECKED;
  }

  /**
   * Drops the warnings of the last borrower, once per lease, which no driver makes a round trip.
   */
  void dropWarnings() throws SQLException {
    if (mayHaveWarnings) {
      raw.clearWarnings();
    }
    mayHaveWarnings = true;
  }

  void commit() throws SQLException {
    raw.commit();
    dirty &= ~OPEN_TRANSACTION;
  }

  void rollback() throws SQLException {
    raw.rollback();
    dirty &= ~OPEN_TRANSACTION;
  }

  void setAutoCommit(boolean on) throws SQLException {
    dirty |= AUTO_COMMIT;
    raw.setAutoCommit(on);
    autoCommit = on;
    if (on) {
      dirty &= ~OPEN_TRANSACTION; // JDBC: it was committed
    }
    if (on == autoCommitAtHome || !terms.restoreState) {
      dirty &= ~AUTO_COMMIT;
    }
  }

  void set(SessionProperty property, @Nullable Object value) throws SQLException {
    Object original = changing(property);
    property.write(raw, value);
    if (property == SessionProperty.READ_ONLY) {
      readOnly = Boolean.TRUE.equals(value);
    }
    changed(property, Objects.equals(value, original));
  }

  void setNetworkTimeout(@Nullable Executor executor, int milliseconds) throws SQLException {
    Object original = changing(SessionProperty.NETWORK_TIMEOUT);
    raw.setNetworkTimeout(executor, milliseconds);
    changed(SessionProperty.NETWORK_TIMEOUT, Objects.equals(milliseconds, original));
  }

  /** Sets the timeout of a statement, or of all of the session's where they share one. */
  void setQueryTimeout(Statement statement, int seconds) throws SQLException {
    if (!terms.dialect.sharesQueryTimeout()) {
      statement.setQueryTimeout(seconds);
      return;
    }
    Object original = changing(SessionProperty.QUERY_TIMEOUT);
    statement.setQueryTimeout(seconds);
    changed(SessionProperty.QUERY_TIMEOUT, Objects.equals(seconds, original));
  }

  /** The map itself, which the caller may change in place. */
  Map<String, Class<?>> typeMap() throws SQLException {
    changing(SessionProperty.TYPE_MAP);
    return raw.getTypeMap();
  }

  void setClientInfo(String name, @Nullable String value) throws SQLException {
    Object original = changing(SessionProperty.CLIENT_INFO);
    changedInfo.add(name);
    raw.setClientInfo(name, value);
    if (original instanceof Properties home && Objects.equals(home.getProperty(name), value)) {
      changedInfo.remove(name);
    }
    changed(SessionProperty.CLIENT_INFO, changedInfo.isEmpty());
  }

  /** Also clears what is not among the properties. */
  void setClientInfo(Properties properties) throws SQLException {
    Object original = changing(SessionProperty.CLIENT_INFO);
    if (original instanceof Properties home) {
      changedInfo.addAll(home.stringPropertyNames());
    }
    changedInfo.addAll(properties.stringPropertyNames());
    raw.setClientInfo(properties);
    if (original instanceof Properties home) {
      changedInfo.removeIf(
          name -> Objects.equals(home.getProperty(name), properties.getProperty(name)));
    }
    changed(SessionProperty.CLIENT_INFO, changedInfo.isEmpty());
  }

  private @Nullable Object changing(SessionProperty property) throws SQLException {
    if (!terms.restoreState) {
      return null;
    }
    Object original = original(property);
    dirty |= property.bit;
    return original;
  }

  private void changed(SessionProperty property, boolean isOriginal) {
    if (isOriginal) {
      dirty &= ~property.bit;
    }
    if (property.mayBeginTransaction()) {
      touch();
    }
  }

  private @Nullable Object original(SessionProperty property) throws SQLException {
    Object original = home.get(property);
    if (original == null) {
      touch();
      original = property.read(raw, terms.dialect);
      home.put(property, original == null ? NONE : original);
    }
    return NONE.equals(original) ? null : original;
  }

  // What its errors mean

  /** Judges an exception of the driver's. */
  Fate judge(SQLException e) {
    Fate fate = terms.judge(e);
    if (fate == Fate.REPLACE_ALL && isReadOnly()) {
      fate = Fate.KEEP; // the server refused a write because the borrower had asked it to
    }
    return fate == Fate.KEEP && isClosedByDriver() ? Fate.EVICT : fate;
  }

  private boolean isReadOnly() {
    try {
      return readOnly || raw.isReadOnly();
    } catch (SQLException e) {
      return false;
    }
  }

  private boolean isClosedByDriver() {
    try {
      return raw.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }

  /** Remembers why the connection will be closed. */
  void condemnedBy(SQLException e) {
    String code = e.getErrorCode() == 0 ? "" : ", code " + e.getErrorCode();
    reason = "a connection got SQLSTATE " + e.getSQLState() + code;
  }

  String reason() {
    return String.valueOf(reason);
  }

  // What the return needs

  /**
   * Returns whether the next borrower may have it as it is. Runs at every return, so it asks the
   * driver only where that costs no round trip and the dialect has something to tell.
   */
  boolean isClean(boolean used) {
    return dirty == 0 && !(used && (looksAfterUse || leaked) && isDirtyUnnoted());
  }

  /** Changes nothing: a handle that is closed twice may ask when the next borrower is at work. */
  private boolean isDirtyUnnoted() {
    try {
      return terms.resetsAfterUse || probe.inTransaction() || raw.getAutoCommit() != autoCommit;
    } catch (SQLException e) {
      return true; // the reset asks again, where it can fail
    }
  }

  /** Returns whether the borrower left a transaction open and shall pay with the connection. */
  boolean mustBeDiscarded() {
    if ((dirty & OPEN_TRANSACTION) == 0) {
      return false;
    }
    return terms.openTransactionReturned(this);
  }

  /** Leaves what the borrower forgot to close to the reset. */
  void handOver(@Nullable Tracked statements) {
    if (statements != null) {
      forgotten = statements;
      dirty |= FORGOTTEN_STATEMENTS;
    }
  }

  // The reset, on a worker

  /**
   * Makes the session as every borrower shall find it.
   *
   * @param info what the pool knows of this connection
   * @throws SQLException if that cannot be done; the connection is of no more use
   */
  void reset(ResourceInfo info) throws SQLException {
    closeForgotten();
    endTransaction();
    restore();
    raw.clearWarnings();
    terms.cleanDeeply(raw, info);
    if ((dirty & MUST_BE_CHECKED) != 0) {
      terms.requireValid(raw, info);
    }
    changedInfo.clear();
    mayHaveWarnings = false;
    leaked = false;
    lastSql = null;
    dirty = 0;
  }

  private void closeForgotten() throws SQLException {
    SQLException failure = null;
    Tracked item = forgotten;
    forgotten = null;
    while (item != null) {
      Tracked next = item.next;
      item.next = null; // ends the walk even if misuse by several threads made the list a ring
      try {
        item.closeForgotten();
      } catch (SQLException e) {
        failure = chain(failure, e);
      }
      item = next;
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static SQLException chain(@Nullable SQLException first, SQLException next) {
    if (first == null) {
      return next;
    }
    first.addSuppressed(next);
    return first;
  }

  private void endTransaction() throws SQLException {
    boolean known = !leaked && (dirty & AUTO_COMMIT) == 0 && !terms.dialect.sqlMaySetAutoCommit;
    boolean actual = known ? autoCommit : raw.getAutoCommit();
    if (actual) {
      if (probe.inTransaction() || (dirty & BEGUN_BY_SQL) != 0) {
        terms.endTransactionBegunBySql(raw);
      }
    } else if (autoCommit || leaked || (dirty & OPEN_TRANSACTION) != 0 || probe.inTransaction()) {
      terms.endTransaction(raw, mustRollBack());
    }
    autoCommit = actual;
  }

  /** Leaving a transaction alone is no option if it must end for something to be put back. */
  private boolean mustRollBack() {
    return terms.restoreState && ((dirty & PROPERTIES) != 0 || autoCommitAtHome);
  }

  private void restore() throws SQLException {
    if ((dirty & CANNOT_BE_RESTORED) != 0) {
      throw new SQLNonTransientConnectionException(
          "A sharding key was set, which JDBC cannot put back", SqlStates.CONNECTION_FAILURE);
    }
    if (!terms.restoreState) {
      return;
    }
    if (autoCommitAtHome && !autoCommit) {
      raw.setAutoCommit(true);
    }
    boolean restored = restoreProperties();
    if (!autoCommitAtHome) {
      if (autoCommit) {
        raw.setAutoCommit(false);
      } else if (restored) {
        raw.commit();
      }
    }
    autoCommit = autoCommitAtHome;
  }

  private boolean restoreProperties() throws SQLException {
    boolean restored = false;
    for (SessionProperty property : SessionProperty.all()) {
      if ((dirty & property.bit) != 0) {
        property.restore(raw, terms.dialect, original(property));
        restored = true;
      }
    }
    readOnly = terms.isReadOnlyAtHome();
    return restored;
  }

  /** Ends what a check of ours began. */
  void endCheck() throws SQLException {
    if (!autoCommit && (!probe.tells() || probe.inTransaction())) {
      raw.rollback();
    }
  }

  /** What the borrower last ran, shortened and without its literals; from any thread. */
  String describe() {
    String sql = lastSql;
    return sql == null ? "" : SqlText.masked(sql);
  }

  /** Names the driver's connection. */
  @Override
  public String toString() {
    return raw.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(raw));
  }
}
