package dev.sluice.jdbc;

import dev.sluice.jdbc.ErrorClassifier.Verdict;
import dev.sluice.pool.ResourceInfo;
import dev.sluice.pool.sql.SqlEffect;
import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The driver's connection, and the known state of its session. Belongs to the holder of the lease,
 * or to the worker that opens, checks, cleans or closes it. Otherwise it is not thread-safe.
 *
 * <h2>What is recorded</h2>
 *
 * <p>Each part of the session has a bit in {@link #dirty} while it may differ from the state that
 * the next borrower must find. {@link SessionChanges} has the bits of the session's properties.
 *
 * <p>To learn whether SQL began a transaction, the pool asks the driver ({@link SessionProbe}). If
 * the driver cannot say, the pool reads the text of the statements ({@link SqlNotes}).
 *
 * <h2>How it is restored</h2>
 *
 * <p>{@link #reset} closes forgotten statements, ends the transaction, and only then restores
 * auto-commit, because switching it on commits. Then come the other properties. Restoring some of
 * them begins a transaction if auto-commit is off. A rollback would undo the restoration, so that
 * transaction is committed at the end.
 */
final class PhysicalConnection {
  private static final int AUTO_COMMIT = 1;
  private static final int OPEN_TRANSACTION = 1 << 1;
  private static final int MUST_BE_CHECKED = 1 << 2;
  private static final int CANNOT_BE_RESTORED = 1 << 3;
  private static final int FORGOTTEN_STATEMENTS = 1 << 4;
  final Connection raw;
  final SessionPolicy terms;

  /** What the driver's exceptions mean for this connection since it was last cleaned. */
  final Judgement judgement;

  final RunningCall running;

  final SessionProbe probe;
  private final boolean looksAfterUse;
  private final boolean initialAutoCommit;
  final SessionChanges changes;
  final SqlNotes notes;

  /**
   * How many of the driver's exceptions have not been judged yet. If one is never judged, the pool
   * closes the connection; {@link ConnectionLease#failed} says why.
   */
  int unjudged;

  private int dirty;
  private boolean autoCommit;
  private boolean readOnly;
  private boolean mayHaveWarnings;
  private boolean escaped;
  private @Nullable Escape escape;
  private boolean executed;
  private boolean rolledBack;
  boolean awaitsReset;
  private @Nullable Tracked forgotten;

  /** Null until a lease asks for a session state. */
  @Nullable LeaseSession session;

  /** Takes over a connection that is in the state that every borrower should find. */
  PhysicalConnection(Connection raw, SessionPolicy terms) throws SQLException {
    this.raw = raw;
    this.terms = terms;
    this.judgement = new Judgement(raw, terms);
    this.running = new RunningCall(raw);
    this.probe = SessionProbe.of(raw, terms.dialect);
    this.looksAfterUse = terms.resetsAfterUse || terms.dialect.sqlMaySetAutoCommit || probe.tells();
    this.initialAutoCommit = terms.driver.getAutoCommit(raw);
    this.autoCommit = initialAutoCommit;
    this.readOnly = terms.isInitiallyReadOnly();
    this.changes = new SessionChanges(raw, terms);
    this.notes = new SqlNotes(terms.dialect, !probe.tells(), terms.pooled);
    if (terms.setsUpBySql() || probe.tells()) {
      endCheck(); // reading what that came to may have begun a transaction
    }
  }

  /** Notes the session state of the lease that begins; its first use sets it. */
  void want(SessionState state) {
    if (session == null) {
      session = new LeaseSession(raw, terms, changes);
    }
    session.want(state);
    notes.clear(); // a text that was read before may matter now
  }

  // The borrower's actions

  /** Records that a call may have begun a transaction, if auto-commit is off. */
  void touch() {
    if (!autoCommit) {
      dirty |= OPEN_TRANSACTION;
    }
  }

  int preparing(String sql) throws SQLException {
    LeaseSession state = session;
    if (state == null) {
      return notes.read(sql, changes.watchSql());
    }
    int effect = notes.read(sql, state.isSet() || changes.watchSql());
    state.look(effect, sql);
    return effect;
  }

  /** Records SQL that is about to be executed. */
  void executing(String sql) throws SQLException {
    int effect = preparing(sql);
    executing();
    if (effect != SqlEffect.NONE) {
      follow(effect);
      executed = (effect & ~SqlEffect.MAY_CHANGE) != SqlEffect.ENDS;
    }
  }

  void executing() {
    executed = true;
    touch();
  }

  /** Records SQL that joins a batch. */
  void batching(String sql) throws SQLException {
    follow(preparing(sql) & ~SqlEffect.ENDS);
  }

  private void follow(int effect) throws SQLException {
    if ((effect & SqlEffect.MAY_CHANGE) != 0 && changes.settingsMayChange()) {
      boolean outside = probe.isOutside(autoCommit);
      changes.readBeforeSql();
      probe.endWhatReadingBegan(raw, outside);
    }
    notes.follow(effect);
  }

  /**
   * Records that the driver's own connection, or an object that leads to it, is given out, so that
   * it may change without our knowledge. The properties that may change are read first, once in the
   * connection's life.
   */
  void escapes() {
    if (escaped) {
      return;
    }
    escaped = true;
    try {
      boolean outside = probe.isOutside(autoCommit);
      escape().prepare();
      probe.endWhatReadingBegan(raw, outside);
    } catch (SQLException e) {
      cannotBeRestored(); // in a transaction that has failed, for instance
    }
  }

  private Escape escape() {
    Escape known = escape;
    if (known == null) {
      known = new Escape(raw, terms, changes);
      escape = known;
    }
    return known;
  }

  /** Whether the driver's own connection was given out in this lease. */
  boolean hasEscaped() {
    return escaped;
  }

  /** Records a change that cannot be undone. The pool will close the connection on return. */
  void cannotBeRestored() {
    dirty |= CANNOT_BE_RESTORED;
  }

  void mustBeChecked() {
    dirty |= MUST_BE_CHECKED;
  }

  /** Drops the last borrower's warnings, once per lease. This costs no driver a round trip. */
  void dropWarnings() throws SQLException {
    notes.forgetEnded();
    if (mayHaveWarnings) {
      terms.driver.clearWarnings(raw);
    }
    mayHaveWarnings = true;
  }

  void commit() throws SQLException {
    boolean failed = probe.hasFailed();
    raw.commit();
    transactionEnded();
    if (failed) {
      throw Transaction.rolledBack();
    }
  }

  /** Throws if the server rolled the transaction back, even if the borrower swallowed that. */
  void requireNotRolledBack() throws SQLException {
    if (rolledBack) {
      throw Transaction.rolledBack();
    }
  }

  void rollback() throws SQLException {
    raw.rollback();
    transactionEnded();
  }

  void transactionEnded() {
    dirty &= ~OPEN_TRANSACTION;
    notes.transactionEnded();
    executed = false;
    rolledBack = false;
  }

  void setAutoCommit(boolean on) throws SQLException {
    dirty |= AUTO_COMMIT;
    raw.setAutoCommit(on);
    autoCommit = on;
    if (on) {
      dirty &= ~OPEN_TRANSACTION; // JDBC: it was committed
      executed = false;
    }
    if (on == initialAutoCommit || !terms.restoreState) {
      dirty &= ~AUTO_COMMIT;
    }
  }

  void set(SessionProperty property, @Nullable Object value) throws SQLException {
    aboutToChange(property);
    changes.set(property, value);
    if (property == SessionProperty.READ_ONLY) {
      readOnly = Boolean.TRUE.equals(value);
    }
  }

  void setNetworkTimeout(@Nullable Executor executor, int milliseconds) throws SQLException {
    aboutToChange(SessionProperty.NETWORK_TIMEOUT);
    changes.setNetworkTimeout(executor, milliseconds);
  }

  /** Sets the timeout of a statement, or of all statements of the session if they share one. */
  void setQueryTimeout(Statement statement, int seconds) throws SQLException {
    if (terms.dialect.sharesQueryTimeout()) {
      aboutToChange(SessionProperty.QUERY_TIMEOUT);
      changes.setQueryTimeout(statement, seconds);
    } else {
      statement.setQueryTimeout(seconds);
    }
  }

  /** The driver's own map, which the caller may change in place. */
  Map<String, Class<?>> typeMap() throws SQLException {
    aboutToChange(SessionProperty.TYPE_MAP);
    return changes.typeMap();
  }

  void setClientInfo(String name, @Nullable String value) throws SQLException {
    aboutToChange(SessionProperty.CLIENT_INFO);
    changes.setClientInfo(name, value);
  }

  /** Sets these properties and clears all others. */
  void setClientInfo(Properties properties) throws SQLException {
    aboutToChange(SessionProperty.CLIENT_INFO);
    changes.setClientInfo(properties);
  }

  private void aboutToChange(SessionProperty property) throws SQLException {
    if (session != null && LeaseSession.concerns(property)) {
      session.doubt();
    }
    if (property.mayBeginTransaction()) {
      touch();
    }
    if (changes.isUnread(property)) {
      boolean outside = probe.isOutside(autoCommit);
      touch();
      changes.read(property);
      probe.endWhatReadingBegan(raw, outside);
    }
  }

  // Errors

  /** Judges one of the driver's exceptions. */
  Verdict judge(SQLException e) {
    rolledBack |= !autoCommit && terms.dialect.endsTransaction(e);
    errorSeen();
    Verdict verdict = terms.judge(e);
    if (verdict == Verdict.REPLACE_ALL && (readOnly || DriverSupport.isReadOnly(raw))) {
      verdict = Verdict.KEEP; // the server refused a write because the borrower had asked it to
    }
    return verdict == Verdict.KEEP && judgement.isClosedByDriver() ? Verdict.EVICT : verdict;
  }

  /** Records an error: the statement that should have ended the transaction may have failed. */
  void errorSeen() {
    notes.failed();
    changes.errorSeen();
    executed |= !autoCommit;
  }

  /** Whether an {@link Error} left the driver at any point of its code, with locks still held. */
  boolean wasLeftByError() {
    return unjudged != 0 || judgement.isOfError();
  }

  // The return

  /**
   * Returns whether the next borrower may get it as it is. Runs at every return, so it asks the
   * driver only if that costs no round trip and is needed for this dialect. It changes nothing,
   * because a second close of a handle may call it while the next borrower is working.
   */
  boolean isClean(boolean used) {
    boolean noted = dirty != 0 && !(dirty == OPEN_TRANSACTION && probe.tells()); // who is asked
    return !noted
        && unjudged == 0
        && !notes.mayBeBegun()
        && changes.areNone()
        && !escaped
        && !(session != null && session.mustLeave())
        && !(used && looksAfterUse && isDirtyUnnoted());
  }

  private boolean isDirtyUnnoted() {
    try {
      return terms.resetsAfterUse
          || probe.inTransaction()
          || terms.driver.getAutoCommit(raw) != autoCommit
          || probe.hidesAutoCommit();
    } catch (SQLException | RuntimeException | Error e) {
      return true; // the reset asks again, where it can fail
    }
  }

  /**
   * Returns whether the borrower left a transaction open and the connection must therefore be
   * closed.
   */
  boolean mustBeDiscarded() {
    return leftTransactionOpen() && terms.openTransactionReturned(this);
  }

  /**
   * Whether a transaction was left open: by the driver's report, if there is one. The notes never
   * blame a borrower whose statements may all have been outside a transaction.
   */
  boolean leftTransactionOpen() {
    try {
      return probe.tells()
          ? probe.inTransaction()
          : notes.isBegun() || (executed && isAutoCommitOff());
    } catch (SQLException e) {
      return false; // the connection is of no more use, and the reset will find that out
    }
  }

  private boolean isAutoCommitOff() throws SQLException {
    return (dirty & OPEN_TRANSACTION) != 0
        || (terms.dialect.sqlMaySetAutoCommit && !terms.driver.getAutoCommit(raw));
  }

  /** Leaves the rest to the reset, or to the close if there is no reset any more. */
  void handOver(@Nullable Tracked statements) {
    awaitsReset = true;
    if (statements != null) {
      forgotten = statements;
      dirty |= FORGOTTEN_STATEMENTS;
    }
  }

  // The reset, on a worker

  /**
   * Puts the session into the state that every borrower should find.
   *
   * @param info the connection's number, age, idle time and uses
   * @return false if the user's hook discards it
   * @throws SQLException if that is impossible; the connection must then be closed
   */
  boolean reset(ResourceInfo info) throws SQLException {
    awaitsReset = false;
    terms.requireCleanable(escaped);
    if (escaped) {
      escape().endWork();
    }
    Tracked.closeAll(forgotten);
    forgotten = null;
    endTransaction();
    if (escaped) {
      escape().undo();
    }
    restore();
    if (session != null) {
      session.leaveIfNeeded(escaped);
    }
    terms.driver.clearWarnings(raw);
    boolean keep = changes.cleanDeeply(info);
    judgement.examineRefusal();
    if (escaped || (dirty & MUST_BE_CHECKED) != 0) {
      terms.requireInStep(raw, info);
    }
    changes.forget();
    mayHaveWarnings = false;
    escaped = false;
    executed = false;
    rolledBack = false;
    notes.clear();
    judgement.clear();
    dirty = 0;
    return keep;
  }

  void endTransaction() throws SQLException {
    boolean known = !escaped && (dirty & AUTO_COMMIT) == 0 && !terms.dialect.sqlMaySetAutoCommit;
    boolean actual = known ? autoCommit : terms.driver.getAutoCommit(raw);
    if (actual) {
      if (isBegunBySql()) {
        new TransactionEnd(terms).endBegunBySql(raw);
      }
    } else if (autoCommit || escaped || (dirty & OPEN_TRANSACTION) != 0 || probe.inTransaction()) {
      new TransactionEnd(terms).end(raw, mustRollBack());
    }
    if (probe.hidesAutoCommit()) {
      terms.dialect.tellAutoCommit(raw, actual);
    }
    autoCommit = actual;
  }

  private boolean isBegunBySql() throws SQLException {
    return probe.tells() ? probe.inTransaction() : notes.mayBeBegun();
  }

  /**
   * Whether the transaction must be rolled back even if the configuration would leave it alone,
   * because restoring a property needs that.
   */
  private boolean mustRollBack() {
    return judgement.claimed()
            != Verdict.KEEP // the question must not be part of the borrower's transaction
        || (terms.restoreState && (!changes.areNone() || initialAutoCommit));
  }

  private void restore() throws SQLException {
    if ((dirty & CANNOT_BE_RESTORED) != 0) {
      throw new SQLNonTransientConnectionException(
          "The session was changed in a way that cannot be undone, for example by a sharding key",
          SqlStates.CONNECTION_FAILURE);
    }
    if (!terms.restoreState) {
      return;
    }
    if (initialAutoCommit && !autoCommit) {
      raw.setAutoCommit(true);
    }
    boolean restored = !changes.areNone();
    changes.restore();
    readOnly = terms.isInitiallyReadOnly();
    if (!initialAutoCommit) {
      if (autoCommit) {
        raw.setAutoCommit(false);
      } else if (restored) {
        raw.commit();
      }
    }
    autoCommit = initialAutoCommit;
  }

  /** Ends a transaction that the pool's own check began. */
  void endCheck() throws SQLException {
    if (!autoCommit && (!probe.tells() || probe.inTransaction())) {
      terms.driver.rollBack(raw);
    }
  }

  @Override
  public String toString() {
    return raw.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(raw));
  }
}
