package dev.sluice.jdbc;

import dev.sluice.jdbc.ErrorClassifier.Verdict;
import dev.sluice.jdbc.PoolWarnings.Kind;
import dev.sluice.pool.ResourceInfo;
import dev.sluice.pool.sql.SqlStates;
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
 * The rules that all connections of a pool share: how they are set up, what their errors mean, and
 * how they are reset. Immutable except for the limits on warnings; thread-safe.
 */
final class SessionPolicy {
  static final String CANNOT_CLEAN_YET =
      "with resetPolicy CLEAN the pool must have opened a connection itself before";

  final Dialect dialect;
  final boolean restoreState;
  final int queryTimeoutSeconds;

  /** Whether every connection that was used is reset, clean or not. */
  final boolean resetsAfterUse;

  /** What happens to a transaction that a borrower left open. */
  final SluiceConfig.OnReturn onReturn;

  /** Whether a pooler may run each transaction in another session. */
  final boolean pooled;

  /** The JDBC methods that the driver lacks. */
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
  final PoolWarnings warnings;

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
    this.onReturn = config.onReturn();
    this.pooled = config.transactionPooler();
    this.setUp = new SessionSetUp(config, dialect, driver);
    this.queryTimeoutSeconds = wholeSeconds(config.queryTimeout());
    this.hooks = hooks;
    this.resetsAfterUse =
        config.resetPolicy().level() != ResetPolicy.Level.FAST
            || config.requestBoundaries()
            || (hooks != null && hooks.hasOnReturn());
  }

  static int wholeSeconds(Duration duration) {
    return (int) Math.min(Integer.MAX_VALUE, duration.plusNanos(999_999_999).toSeconds());
  }

  /** The pool's name in messages. */
  String poolTitle() {
    return "pool '" + config.pool().name() + "'";
  }

  boolean isInitiallyReadOnly() {
    return Boolean.TRUE.equals(config.readOnly());
  }

  /** Whether the pool sets up connections by SQL. */
  boolean setsUpBySql() {
    return !config.initSql().isEmpty()
        || (hooks != null && hooks.setsUp())
        || config.schema() != null
        || config.transactionIsolation() != null;
  }

  // The beginning

  /** Finds out, on the first connection, what the driver lacks. */
  void findOut(Connection raw) throws SQLException {
    setUp.findOut(raw);
  }

  /** Undoes, on a connection that was used elsewhere and is in no transaction, what can be. */
  void makeNew(Connection raw) throws SQLException {
    if (raw.isReadOnly()) {
      raw.setReadOnly(false);
    }
    SessionCleaner known = cleaner;
    if (cleans() && known == null) { // reconfigured at this moment
      throw Ownership.notAdopted(CANNOT_CLEAN_YET);
    }
    if (known != null) {
      known.clean(raw, this);
    }
  }

  /** Whether connections that were used elsewhere can be cleaned, if they must be. */
  boolean knowsHowToClean() {
    return cleaner != null;
  }

  /** Puts a new connection into the state that every borrower should find. */
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

  /** Tries the validation query on the first connection, to find a mistake in it early. */
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

  /** Refuses a server that does not accept writes, if the configuration requires one that does. */
  void requireRole(Connection raw) throws SQLException {
    if (config.requiredRole() == SluiceConfig.Role.PRIMARY && !dialect.isPrimary(raw)) {
      throw new SQLTransientConnectionException(
          "The server that " + poolTitle() + " reached is not the primary", SqlStates.READ_ONLY);
    }
  }

  // Errors

  /** The error tables, which are built at the first error, not before the first lease. */
  ErrorRules rules() {
    ErrorRules known = rules;
    if (known == null) {
      known = ErrorRules.of(dialect);
      rules = known;
    }
    return known;
  }

  /** Judges an exception, first by the user's classifier. */
  Verdict judge(SQLException e) {
    Verdict own = classified(e);
    return own != null ? own : rules().judge(e);
  }

  /**
   * Returns whether the verdict on an exception needs no check: it comes from the user's
   * classifier, or the driver itself found the error. Otherwise the pool checks the connection
   * first.
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

  /** Returns whether the connection works and its server has the required role. */
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

  /** Checks that the connection answers, by isValid or the validation query. */
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

  /**
   * Runs a check with a network timeout, if that costs nothing. It frees the thread of a hung
   * check.
   */
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

  /** Checks a connection after a doubtful error, or every connection if the policy says so. */
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
   * After a refused write, asks the server whether it refuses all writes. If so, the other
   * connections are affected too. Otherwise SQL had made the transaction or the session read-only.
   * The transaction has ended, and this method makes the session writable again unless the
   * configuration makes it read-only.
   *
   * @return whether to close the connection, to look for a better server
   */
  boolean examineRefusal(Connection raw, String reason) throws SQLException {
    boolean probe = false;
    if (refusesWrites(raw)) {
      probe = failover.writesRefused(reason);
    } else if (!pooled && !isInitiallyReadOnly() && config.initSql().isEmpty()) {
      dialect.endReadOnlySession(raw);
    }
    driver.endOwnTransaction(raw);
    return probe;
  }

  /** While the pool looks for a server that accepts writes, asks the server of a new connection. */
  void lookForWritableServer(Connection raw) throws SQLException {
    if (failover.isSearching()) {
      if (!refusesWrites(raw)) {
        failover.writesAccepted();
      }
      driver.endOwnTransaction(raw);
    }
  }

  /** Whether the server refuses writes; false if it does not understand the query. */
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

  /** Handles a transaction that was left open; returns whether to close the connection. */
  boolean openTransactionReturned(PhysicalConnection connection) {
    switch (config.openTransactionOnReturn()) {
      case DISCARD -> {
        return true;
      }
      case WARN -> {
        if (warnings.passes(Kind.OPEN_TRANSACTION)) {
          warnings.warn(
              "a connection was returned in an open transaction; it last ran: "
                  + connection.notes.describe(),
              null);
        }
      }
      case ROLLBACK -> {}
    }
    return false;
  }

  /** Reports a connection that was closed twice, at most once a second. */
  void closedTwice(Throwable second) {
    if (warnings.passes(Kind.CLOSED_TWICE)) {
      warnings.warn(
          "a connection was closed a second time, which has no effect; the cause below"
              + " shows the first close",
          second);
    }
  }

  /** Reports that a borrower's change costs the connection. */
  void cannotRestore(SessionProperty property) {
    if (warnings.passes(Kind.NOT_RESTORED)) {
      warnings.warn(
          "a borrower changed "
              + property
              + ", but the driver does not report its previous value; the pool closes the"
              + " connection instead of lending it again",
          null);
    }
  }

  /** Whether a session state may stay until the next lease, rather than be undone at once. */
  boolean keepsSessionState() {
    return switch (config.resetPolicy().level()) {
      case FAST, VERIFIED -> hooks == null || !hooks.seesIdle();
      case CLEAN, SQL -> false;
    };
  }

  /** Whether the user's own code or query checks connections. */
  boolean checksByUser() {
    return config.validator() != null || config.validationQuery() != null;
  }

  /** Whether each borrower must find the connection like a new one. */
  boolean cleans() {
    return config.resetPolicy().level() == ResetPolicy.Level.CLEAN;
  }

  /** Refuses a connection whose settings are unknown because it escaped. */
  void requireCleanable(boolean escaped) throws SQLException {
    if (escaped && cleans()) {
      throw new SQLNonTransientConnectionException(
          "unwrap gave out the driver's own connection, so its settings are unknown",
          SqlStates.CONNECTION_FAILURE);
    }
  }

  /** Learns, on the first connection, how to clean connections, and whether that is possible. */
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

  /** A cache of statements for one connection; null if the configuration wants none. */
  @Nullable StatementCache newStatementCache() {
    int size = config.statementCacheSize();
    return size == 0 ? null : new StatementCache(size, dialect.sharesQueryTimeout());
  }

  /** Whether {@link #cleanDeeply} may change more than what borrowers changed by JDBC. */
  boolean cleansBeyondChanges() {
    return switch (config.resetPolicy().level()) {
      case CLEAN, SQL -> true;
      case FAST, VERIFIED -> config.requestBoundaries() || (hooks != null && hooks.hasOnReturn());
    };
  }

  /** Cleans beyond JDBC, as the reset policy says; false if the user's hook discards it. */
  boolean cleanDeeply(Connection raw, ResourceInfo info) throws SQLException {
    switch (config.resetPolicy().level()) {
      case FAST -> {}
      case VERIFIED -> requireValid(raw, info);
      case CLEAN -> cleaner(raw).clean(raw, this);
      case SQL -> {
        execute(raw, config.resetPolicy().statements());
        driver.endOwnTransaction(raw);
      }
    }
    boolean keep = hooks == null || hooks.onReturn(raw, dialect);
    if (config.requestBoundaries()) {
      raw.endRequest();
    }
    return keep;
  }
}
