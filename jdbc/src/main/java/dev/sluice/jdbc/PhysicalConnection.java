package dev.sluice.jdbc;

import dev.sluice.jdbc.ErrorClassifier.Verdict;
import dev.sluice.pool.ResourceInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The driver's connection, and what is known of its session. Belongs to whoever has the lease, or
 * to the worker that opens, checks, cleans or closes it; none of it is thread-safe beyond that.
 *
 * <h2>What is noted</h2>
 *
 * <p>Each part of the session has a bit in {@link #dirty} while it is, or may be, other than the
 * next borrower must find it; {@link SessionChanges} has those of the session's properties.
 *
 * <p>Whether SQL began a transaction, the driver is asked ({@link SessionProbe}) or, where it
 * cannot tell, the text of what is executed ({@link SqlNotes}).
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
  final Connection raw;
  final SessionPolicy terms;

  /** What the driver's exceptions have said of this connection since it was last cleaned. */
  final Judgement judgement;

  final RunningCall running;

  private final SessionProbe probe;
  private final boolean looksAfterUse;
  private final boolean initialAutoCommit;
  private final SessionChanges changes;
  private final SqlNotes notes;

  /**
   * How many exceptions of the driver wait to be judged. Those that never were close the
   * connection: {@link ConnectionLease#failed} says why.
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
  private @Nullable Tracked forgotten;

  /** Takes a connection over that is as every borrower shall find it. */
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
    this.notes = new SqlNotes(terms.dialect, !probe.tells());
    if (terms.setsUpBySql() || probe.tells()) {
      endCheck(); // reading what that came to may have begun a transaction
    }
  }

  // What the borrower does

  /** Notes that something may have begun a transaction, if auto-commit is off. */
  void touch() {
    if (!autoCommit) {
      dirty |= OPEN_TRANSACTION;
    }
  }

  /** Reads what may be executed later. */
  int preparing(String sql) {
    return notes.read(sql, changes.mustReadBeforeSql());
  }

  /** Notes what is about to be executed. */
  void executing(String sql) throws SQLException {
    int effect = preparing(sql);
    executing();
    if (effect != SqlEffect.NONE) {
      follow(effect);
      executed = (effect & ~SqlEffect.MAY_CHANGE) != SqlEffect.ENDS;
    }
  }

  /** Notes that something is about to be executed. */
  void executing() {
    executed = true;
    touch();
  }

  /** Notes what will be executed with others, perhaps after them. */
  void batching(String sql) throws SQLException {
    follow(preparing(sql) & ~SqlEffect.ENDS);
  }

  private void follow(int effect) throws SQLException {
    if ((effect & SqlEffect.MAY_CHANGE) != 0 && changes.mustReadBeforeSql()) {
      boolean outside = isOutsideTransaction();
      changes.readBeforeSql();
      endWhatReadingBegan(outside);
    }
    notes.follow(effect);
  }

  /**
   * Notes that the driver's own connection is given out, or what leads to it: it may be changed
   * behind our back. What it may change is read first, once in the connection's life.
   */
  void escapes() {
    if (escaped) {
      return;
    }
    escaped = true;
    try {
      boolean outside = isOutsideTransaction();
      escape().prepare();
      endWhatReadingBegan(outside);
    } catch (SQLException e) {
      cannotBeRestored(); // in a transaction that has failed, for instance
    }
  }

  private Escape escape() {
    Escape known = escape;
    if (known == null) {
      known = new Escape(raw, terms.dialect, changes);
      escape = known;
    }
    return known;
  }

  /** Whether the driver's own connection was given out in this lease. */
  boolean hasEscaped() {
    return escaped;
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

  /**
   * @throws java.sql.SQLTransactionRollbackException if the server has rolled the transaction back,
   *     though the borrower may have swallowed the exception that said so
   */
  void requireNotRolledBack() throws SQLException {
    if (rolledBack) {
      throw Transaction.rolledBack();
    }
  }

  void rollback() throws SQLException {
    raw.rollback();
    transactionEnded();
  }

  private void transactionEnded() {
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

  /** Sets the timeout of a statement, or of all of the session's where they share one. */
  void setQueryTimeout(Statement statement, int seconds) throws SQLException {
    if (terms.dialect.sharesQueryTimeout()) {
      aboutToChange(SessionProperty.QUERY_TIMEOUT);
      changes.setQueryTimeout(statement, seconds);
    } else {
      statement.setQueryTimeout(seconds);
    }
  }

  /** The map itself, which the caller may change in place. */
  Map<String, Class<?>> typeMap() throws SQLException {
    aboutToChange(SessionProperty.TYPE_MAP);
    return changes.typeMap();
  }

  void setClientInfo(String name, @Nullable String value) throws SQLException {
    aboutToChange(SessionProperty.CLIENT_INFO);
    changes.setClientInfo(name, value);
  }

  /** Also clears what is not among the properties. */
  void setClientInfo(Properties properties) throws SQLException {
    aboutToChange(SessionProperty.CLIENT_INFO);
    changes.setClientInfo(properties);
  }

  private void aboutToChange(SessionProperty property) throws SQLException {
    if (property.mayBeginTransaction()) {
      touch();
    }
    if (changes.isUnread(property)) {
      boolean outside = isOutsideTransaction();
      touch();
      changes.read(property);
      endWhatReadingBegan(outside);
    }
  }

  private boolean isOutsideTransaction() throws SQLException {
    return !autoCommit && probe.tells() && !probe.inTransaction();
  }

  /** Databases refuse some changes, and {@code SET TRANSACTION}, within a transaction. */
  private void endWhatReadingBegan(boolean wasOutside) throws SQLException {
    if (wasOutside && probe.inTransaction()) {
      raw.rollback();
    }
  }

  // What its errors mean

  /** Judges an exception of the driver's. */
  Verdict judge(SQLException e) {
    rolledBack |= !autoCommit && terms.dialect.endsTransaction(e);
    errorSeen();
    Verdict verdict = terms.judge(e);
    if (verdict == Verdict.REPLACE_ALL && isReadOnly()) {
      verdict = Verdict.KEEP; // the server refused a write because the borrower had asked it to
    }
    return verdict == Verdict.KEEP && judgement.isClosedByDriver() ? Verdict.EVICT : verdict;
  }

  /** Perhaps what should have ended the transaction has failed. */
  void errorSeen() {
    notes.failed();
    executed |= !autoCommit;
  }

  private boolean isReadOnly() {
    try {
      return readOnly || raw.isReadOnly();
    } catch (SQLException | RuntimeException | AbstractMethodError e) {
      return false;
    }
  }

  /** Whether an {@link Error} left the driver at any point of its code, with locks still held. */
  boolean wasLeftByError() {
    return unjudged != 0 || judgement.isOfError();
  }

  // What the return needs

  /**
   * Returns whether the next borrower may have it as it is. Runs at every return, so it asks the
   * driver only where that costs no round trip and the dialect has something to tell. Changes
   * nothing: a handle that is closed twice may ask when the next borrower is at work.
   */
  boolean isClean(boolean used) {
    boolean noted = dirty != 0 && !(dirty == OPEN_TRANSACTION && probe.tells()); // who is asked
    return !noted
        && unjudged == 0
        && !notes.mayBeBegun()
        && changes.areNone()
        && !escaped
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

  /** Returns whether the borrower left a transaction open and shall pay with the connection. */
  boolean mustBeDiscarded() {
    return leftTransactionOpen() && terms.openTransactionReturned(this);
  }

  /**
   * The driver's own word, where it has one. The notes accuse nobody whose statements may all have
   * been outside a transaction.
   */
  private boolean leftTransactionOpen() {
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
    terms.driver.clearWarnings(raw);
    terms.cleanDeeply(raw, info);
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
  }

  private void endTransaction() throws SQLException {
    boolean known = !escaped && (dirty & AUTO_COMMIT) == 0 && !terms.dialect.sqlMaySetAutoCommit;
    boolean actual = known ? autoCommit : terms.driver.getAutoCommit(raw);
    if (actual) {
      if (isBegunBySql()) {
        terms.endTransactionBegunBySql(raw);
      }
    } else if (autoCommit || escaped || (dirty & OPEN_TRANSACTION) != 0 || probe.inTransaction()) {
      terms.endTransaction(raw, mustRollBack());
    }
    if (probe.hidesAutoCommit()) {
      terms.dialect.tellAutoCommit(raw, actual);
    }
    autoCommit = actual;
  }

  private boolean isBegunBySql() throws SQLException {
    return probe.tells() ? probe.inTransaction() : notes.mayBeBegun();
  }

  /** Leaving a transaction alone is no option if it must end for something to be put back. */
  private boolean mustRollBack() {
    return judgement.claimed()
            != Verdict.KEEP // the question must not be part of the borrower's transaction
        || (terms.restoreState && (!changes.areNone() || initialAutoCommit));
  }

  private void restore() throws SQLException {
    if ((dirty & CANNOT_BE_RESTORED) != 0) {
      throw new SQLNonTransientConnectionException(
          "The session was changed in a way that cannot be put back, such as by a sharding key",
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

  /** Ends what a check of ours began. */
  void endCheck() throws SQLException {
    if (!autoCommit && (!probe.tells() || probe.inTransaction())) {
      terms.driver.rollBack(raw);
    }
  }

  /** What the borrower last ran, shortened and without its literals; from any thread. */
  String describe() {
    return notes.describe();
  }

  /** Names the driver's connection. */
  @Override
  public String toString() {
    return raw.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(raw));
  }
}
