package dev.sluice.jdbc;

import dev.sluice.jdbc.ErrorClassifier.Verdict;
import dev.sluice.jdbc.PoolWarnings.Kind;
import dev.sluice.pool.ResourceInfo;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a pool have in common: how they begin, what their errors mean, and how
 * they are put in order again. Immutable but for what limits the warnings; thread-safe.
 */
final class SessionPolicy {
  final Dialect dialect;
  final boolean restoreState;
  final int queryTimeoutSeconds;

  /** Whether every connection that was used is reset, clean or not. */
  final boolean resetsAfterUse;

  /** What the driver lacks. */
  final DriverSupport driver = new DriverSupport();

  /** The user's hooks; null if there are none. */
  final @Nullable HookCalls hooks;

  private final SessionSetUp setUp;

  private final SluiceConfig config;
  private final ClassLoader context;
  private volatile @Nullable ErrorRules rules;
  private volatile @Nullable SessionCleaner cleaner;
  private volatile boolean validationQueryWorks;
  final FailoverPolicy failover;
  private final PoolWarnings warnings;

  SessionPolicy(
      SluiceConfig config,
      Dialect dialect,
      FailoverPolicy failover,
      PoolWarnings warnings,
      ClassLoader context,
      @Nullable HookCalls hooks) {
    this.config = config;
    this.warnings = warnings;
    this.context = context;
    this.failover = failover;
    this.dialect = dialect;
    this.restoreState = config.restoreState();
    this.setUp = new SessionSetUp(config, dialect, driver);
    this.queryTimeoutSeconds = wholeSeconds(config.queryTimeout());
    this.hooks = hooks;
    this.resetsAfterUse =
        config.resetPolicy().level() != ResetPolicy.Level.FAST
            || (hooks != null && hooks.hasOnReturn());
  }

  static int wholeSeconds(Duration duration) {
    return (int) Math.min(Integer.MAX_VALUE, duration.plusNanos(999_999_999).toSeconds());
  }

  /** The pool as messages name it. */
  String poolTitle() {
    return "pool '" + config.pool().name() + "'";
  }

  boolean isInitiallyReadOnly() {
    return Boolean.TRUE.equals(config.readOnly());
  }

  /** Whether what connections begin with is partly the pool's doing, by SQL. */
  boolean setsUpBySql() {
    return !config.initSql().isEmpty()
        || (hooks != null && hooks.setsUp())
        || config.schema() != null
        || config.transactionIsolation() != null;
  }

  // The beginning

  /** Finds out, with the first connection, what the driver lacks. */
  void findOut(Connection raw) throws SQLException {
    setUp.findOut(raw);
  }

  /** Makes a new connection as every borrower shall find it. */
  void apply(Connection raw) throws SQLException {
    initialize(raw, config.initSql());
    if (hooks != null) {
      hooks.onConnect(raw, dialect);
    }
    setUp.apply(raw);
  }

  private static void initialize(Connection raw, List<String> statements) throws SQLException {
    if (statements.isEmpty()) {
      return;
    }
    try (Statement statement = raw.createStatement()) {
      for (String sql : statements) {
        try {
          statement.execute(sql);
        } catch (SQLException e) {
          throw SetUpFailure.of("initSql", sql, e);
        }
      }
    }
  }

  /**
   * Finds a mistake in the validation query with the first connection, not with the first check.
   */
  void tryValidationQuery(Connection raw) throws SQLException {
    String query = config.validationQuery();
    if (query == null || validationQueryWorks) {
      return;
    }
    try (Statement statement = raw.createStatement()) {
      runCheck(statement, query);
    } catch (SQLException e) {
      throw SetUpFailure.of("validationQuery", query, e);
    }
    driver.endOwnTransaction(raw);
    validationQueryWorks = true;
  }

  private static void execute(Connection raw, List<String> statements) throws SQLException {
    if (statements.isEmpty()) {
      return;
    }
    try (Statement statement = raw.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Refuses a server that does not accept writes, if one is required. */
  void requireRole(Connection raw) throws SQLException {
    if (config.requiredRole() == SluiceConfig.Role.PRIMARY && !dialect.isPrimary(raw)) {
      throw new SQLTransientConnectionException(
          "The server that " + poolTitle() + " reached is not the primary", SqlStates.READ_ONLY);
    }
  }

  // Errors

  /** The tables, which are built with the first error and not before the first lease. */
  private ErrorRules rules() {
    ErrorRules known = rules;
    if (known == null) {
      known = ErrorRules.of(dialect);
      rules = known;
    }
    return known;
  }

  /** Judges an exception, by the user's own rules first. */
  Verdict judge(SQLException e) {
    Verdict own = classified(e);
    return own != null ? own : rules().judge(e);
  }

  /**
   * Returns whether the verdict on an exception holds as it is: by the user's own rules, or because
   * the driver found out by itself. Otherwise the connection is looked at first.
   */
  boolean proves(SQLException e) {
    return rules().proves(e) || classified(e) != null;
  }

  private @Nullable Verdict classified(SQLException e) {
    ErrorClassifier classifier = config.errorClassifier();
    return classifier == null ? null : ask(classifier, e);
  }

  private @Nullable Verdict ask(ErrorClassifier classifier, SQLException e) {
    ClassLoader borrowers = Loaders.enter(context);
    try {
      return classifier.classify(e);
    } catch (RuntimeException failure) {
      if (warnings.passes(Kind.CLASSIFIER_FAILED)) {
        warnings.warn("the error classifier failed", failure);
      }
      return null;
    } finally {
      Loaders.enter(borrowers);
    }
  }

  // Checks

  /** Returns whether the connection works, and is what is required. */
  boolean isValid(Connection raw, ResourceInfo info, Duration timeout) throws SQLException {
    ConnectionValidator validator = config.validator();
    if (validator != null
        && !withNetworkTimeout(raw, timeout, () -> validator.isValid(raw, info, timeout))) {
      return false;
    }
    if (config.requiredRole() == SluiceConfig.Role.PRIMARY) {
      return withNetworkTimeout(raw, timeout, () -> dialect.isPrimary(raw));
    }
    return validator != null || answers(raw, timeout);
  }

  /** Checks that the connection answers, in the usual way. */
  private boolean answers(Connection raw, Duration timeout) throws SQLException {
    String own = config.validationQuery();
    String query = own != null ? own : driver.checkQuery();
    if (query == null) {
      return raw.isValid(Math.max(1, wholeSeconds(timeout)));
    }
    return withNetworkTimeout(raw, timeout, () -> answers(raw, query, timeout));
  }

  private boolean answers(Connection raw, String query, Duration timeout) throws SQLException {
    try (Statement statement = raw.createStatement()) {
      int before = dialect.sharesQueryTimeout() ? statement.getQueryTimeout() : 0;
      driver.setQueryTimeout(statement, Math.max(1, wholeSeconds(timeout)));
      runCheck(statement, query);
      if (dialect.sharesQueryTimeout()) {
        statement.setQueryTimeout(before); // or it would hold for the borrower's statements too
      }
      return true;
    }
  }

  private static void runCheck(Statement statement, String query) throws SQLException {
    if (statement.execute(query)) {
      try (ResultSet answer = statement.getResultSet()) {
        answer.next();
      }
    }
  }

  private interface Check {
    boolean run() throws SQLException;
  }

  /** The pool gives up on a check anyway; this also frees the thread, where it costs nothing. */
  private boolean withNetworkTimeout(Connection raw, Duration timeout, Check check)
      throws SQLException {
    if (!dialect.hasLocalNetworkTimeout()) {
      return check.run();
    }
    int before =
        driver.setNetworkTimeout(raw, (int) Math.min(Integer.MAX_VALUE, timeout.toMillis() + 1));
    boolean valid = check.run();
    if (before >= 0) {
      raw.setNetworkTimeout(CallerRuns.INSTANCE, before);
    }
    return valid;
  }

  /** Checks a connection that got a doubtful error, or every one if the policy says so. */
  void requireValid(Connection raw, ResourceInfo info) throws SQLException {
    if (!isValid(raw, info, config.pool().validationTimeout())) {
      throw new SQLTransientConnectionException(
          "The connection did not pass its check", SqlStates.CONNECTION_FAILURE);
    }
    if (!driver.getAutoCommit(raw)) {
      driver.rollBack(raw);
    }
  }

  /**
   * Asks the server whether a refused write is its own doing, and tells the other connections if it
   * is. Otherwise SQL had made the transaction read-only, which has ended, or the session, which is
   * undone unless the configuration wants it so.
   *
   * @return whether the connection shall be closed, to look for a better server
   */
  boolean examineRefusal(Connection raw, String reason) throws SQLException {
    boolean probe = false;
    if (refusesWrites(raw)) {
      probe = failover.writesRefused(reason);
    } else if (!isInitiallyReadOnly() && config.initSql().isEmpty()) {
      dialect.endReadOnlySession(raw);
    }
    driver.endOwnTransaction(raw);
    return probe;
  }

  /** While the pool looks for a server that accepts writes, asks a new connection for its own. */
  void lookForWritableServer(Connection raw) throws SQLException {
    if (failover.isSearching()) {
      if (!refusesWrites(raw)) {
        failover.writesAccepted();
      }
      driver.endOwnTransaction(raw);
    }
  }

  /** Nobody is condemned on the word of a server that does not understand the question. */
  private boolean refusesWrites(Connection raw) throws SQLException {
    try {
      return dialect.isReadOnlyServer(raw);
    } catch (SQLException e) {
      if (rules().judge(e).condemns() || raw.isClosed()) {
        throw e;
      }
      if (!raw.getAutoCommit()) {
        raw.rollback();
      }
      return false;
    }
  }

  /** Checks a connection whose driver may be out of step with the server. */
  void requireInStep(Connection raw, ResourceInfo info) throws SQLException {
    Echo.require(raw, dialect);
    requireValid(raw, info);
  }

  // The end of a transaction, and beyond

  /** Ends an open transaction as configured. */
  void endTransaction(Connection raw, boolean mustRollBack) throws SQLException {
    switch (config.onReturn()) {
      case ROLLBACK -> rollBack(raw);
      case COMMIT -> commitOrRollBack(raw);
      case NONE -> {
        if (mustRollBack) {
          rollBack(raw);
        }
      }
    }
  }

  /** A transaction that a borrower's error has spoilt is no reason to close the connection. */
  private void commitOrRollBack(Connection raw) throws SQLException {
    try {
      raw.commit();
    } catch (SQLException e) {
      if (rules().judge(e).condemns() || raw.isClosed()) {
        throw e;
      }
      if (dialect.refusesToEndNone() && begins(raw)) {
        raw.rollback(); // SQL had ended it
        return;
      }
      raw.rollback();
      if (warnings.passes(Kind.NOT_COMMITTED)) {
        warnings.warn("a transaction left open could not be committed; it was rolled back", e);
      }
    }
  }

  private void rollBack(Connection raw) throws SQLException {
    try {
      driver.rollBack(raw);
    } catch (SQLException e) {
      beginIfEnded(raw, e);
      raw.rollback();
    }
  }

  /** SQL has ended a transaction that the driver believes to be open: gives it one to end. */
  private void beginIfEnded(Connection raw, SQLException failure) throws SQLException {
    if (!dialect.refusesToEndNone() || !begins(raw)) {
      throw failure;
    }
  }

  /** Ends a transaction that JDBC knows nothing of: with auto-commit on, it refuses to. */
  void endTransactionBegunBySql(Connection raw) throws SQLException {
    switch (config.onReturn()) {
      case ROLLBACK -> endBySql(raw, dialect.rollback);
      case COMMIT -> endBySql(raw, dialect.commit);
      case NONE -> {}
    }
  }

  /** Where nothing can be ended, something can be begun: then there was no transaction to end. */
  private static void endBySql(Connection raw, String end) throws SQLException {
    try {
      execute(raw, List.of(end));
    } catch (SQLException e) {
      if (!begins(raw)) {
        throw e;
      }
      execute(raw, List.of("ROLLBACK"));
    }
  }

  private static boolean begins(Connection raw) {
    try {
      execute(raw, List.of("BEGIN"));
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  /** Is told that a transaction was left open; returns whether the connection shall be closed. */
  boolean openTransactionReturned(PhysicalConnection connection) {
    switch (config.openTransactionOnReturn()) {
      case DISCARD -> {
        return true;
      }
      case WARN -> {
        if (warnings.passes(Kind.OPEN_TRANSACTION)) {
          warnings.warn(
              "a connection was returned in an open transaction; it last ran: "
                  + connection.describe(),
              null);
        }
      }
      case ROLLBACK -> {}
    }
    return false;
  }

  /** Reports a connection that was closed twice; at most one a second. */
  void closedTwice(Throwable second) {
    if (warnings.passes(Kind.CLOSED_TWICE)) {
      warnings.warn(
          "a connection was closed a second time, which has no effect; the cause below is"
              + " the first time",
          second);
    }
  }

  /** Reports that a borrower's change costs the connection. */
  void cannotRestore(SessionProperty property) {
    if (warnings.passes(Kind.NOT_RESTORED)) {
      warnings.warn(
          "a borrower changed "
              + property
              + ", and the driver does not tell what it was before; the connection is closed"
              + " instead of being lent on",
          null);
    }
  }

  /** Whether a connection is to be as a new one for each borrower. */
  boolean cleans() {
    return config.resetPolicy().level() == ResetPolicy.Level.CLEAN;
  }

  /** Refuses a connection of which nobody knows what was set in it. */
  void requireCleanable(boolean escaped) throws SQLException {
    if (escaped && cleans()) {
      throw new SQLNonTransientConnectionException(
          "The driver's own connection was given out: what was set there cannot be known",
          SqlStates.CONNECTION_FAILURE);
    }
  }

  /** Learns, with the first connection, how one is cleaned, and that it can be. */
  void learnToClean(Connection raw) throws SQLException {
    if (cleans()) {
      cleaner(raw);
    }
  }

  private SessionCleaner cleaner(Connection raw) throws SQLException {
    SessionCleaner known = cleaner;
    if (known == null) {
      known = SessionCleaner.learn(raw, this);
      cleaner = known;
    }
    return known;
  }

  /** Goes further than what JDBC knows of, as the reset policy says. */
  void cleanDeeply(Connection raw, ResourceInfo info) throws SQLException {
    switch (config.resetPolicy().level()) {
      case FAST -> {}
      case VERIFIED -> requireValid(raw, info);
      case CLEAN -> cleaner(raw).clean(raw, this);
      case SQL -> {
        execute(raw, config.resetPolicy().statements());
        driver.endOwnTransaction(raw);
      }
    }
    if (hooks != null) {
      hooks.onReturn(raw, dialect);
    }
  }
}
