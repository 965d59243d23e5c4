package dev.sluice.jdbc;

import dev.sluice.pool.ResourceInfo;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a pool have in common: how they begin, what their errors mean, and how
 * they are put in order again. Immutable but for the time of the last warning; thread-safe.
 */
final class ConnectionTerms {
  private static final System.Logger LOG = System.getLogger("dev.sluice.jdbc");
  private static final long WARNING_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  final Dialect dialect;
  final boolean restoreState;
  final int queryTimeoutSeconds;

  /** Whether every connection that was used is reset, clean or not. */
  final boolean resetsAfterUse;

  private final SluiceConfig config;
  private final ErrorRules rules;
  private final AtomicLong nextWarning = new AtomicLong(System.nanoTime());

  ConnectionTerms(SluiceConfig config, Dialect dialect) {
    this.config = config;
    this.dialect = dialect;
    this.rules = ErrorRules.of(dialect);
    this.restoreState = config.restoreState();
    this.queryTimeoutSeconds = wholeSeconds(config.queryTimeout());
    this.resetsAfterUse = config.resetPolicy().level() != ResetPolicy.Level.FAST;
  }

  private static int wholeSeconds(Duration duration) {
    return (int) Math.min(Integer.MAX_VALUE, duration.plusNanos(999_999_999).toSeconds());
  }

  /** The pool as messages name it. */
  String poolTitle() {
    return "pool '" + config.pool().name() + "'";
  }

  boolean isReadOnlyAtHome() {
    return Boolean.TRUE.equals(config.readOnly());
  }

  // The beginning

  /** Makes a new connection as every borrower shall find it. */
  void apply(Connection raw) throws SQLException {
    execute(raw, config.initSql());
    String catalog = config.catalog();
    if (catalog != null) {
      raw.setCatalog(catalog);
    }
    String schema = config.schema();
    if (schema != null) {
      raw.setSchema(schema);
    }
    endOwnTransaction(raw);
    Integer isolation = config.transactionIsolation();
    if (isolation != null) {
      raw.setTransactionIsolation(isolation);
    }
    Boolean readOnly = config.readOnly();
    if (readOnly != null) {
      raw.setReadOnly(readOnly);
    }
    Boolean autoCommit = config.autoCommit();
    if (autoCommit != null && raw.getAutoCommit() != autoCommit) {
      raw.setAutoCommit(autoCommit);
    }
    raw.clearWarnings();
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

  /** Ends what the pool's own statements began, so that what they did stays. */
  private static void endOwnTransaction(Connection raw) throws SQLException {
    if (!raw.getAutoCommit()) {
      raw.commit();
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

  /** Judges an exception, by the user's own rules first. */
  Fate judge(SQLException e) {
    ErrorClassifier classifier = config.errorClassifier();
    if (classifier != null) {
      ErrorClassifier.Verdict verdict = ask(classifier, e);
      if (verdict != null) {
        return Fate.of(verdict);
      }
    }
    return rules.judge(e);
  }

  private ErrorClassifier.@Nullable Verdict ask(ErrorClassifier classifier, SQLException e) {
    try {
      return classifier.classify(e);
    } catch (RuntimeException failure) {
      if (mayWarn()) {
        LOG.log(Level.WARNING, poolTitle() + ": the error classifier failed", failure);
      }
      return null;
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
    String query = config.validationQuery();
    if (query == null) {
      return raw.isValid(Math.max(1, wholeSeconds(timeout)));
    }
    return withNetworkTimeout(raw, timeout, () -> answers(raw, query, timeout));
  }

  private boolean answers(Connection raw, String query, Duration timeout) throws SQLException {
    try (Statement statement = raw.createStatement()) {
      int before = dialect.sharesQueryTimeout() ? statement.getQueryTimeout() : 0;
      statement.setQueryTimeout(Math.max(1, wholeSeconds(timeout)));
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
    int before = raw.getNetworkTimeout();
    raw.setNetworkTimeout(Runnable::run, (int) Math.min(Integer.MAX_VALUE, timeout.toMillis() + 1));
    boolean valid = check.run();
    raw.setNetworkTimeout(Runnable::run, before);
    return valid;
  }

  /** Checks a connection that got a doubtful error, or every one if the policy says so. */
  void requireValid(Connection raw, ResourceInfo info) throws SQLException {
    if (!isValid(raw, info, config.pool().validationTimeout())) {
      throw new SQLTransientConnectionException(
          "The connection did not pass its check", SqlStates.CONNECTION_FAILURE);
    }
    if (!raw.getAutoCommit()) {
      raw.rollback();
    }
  }

  // The end of a transaction, and beyond

  /** Ends an open transaction as configured. */
  void endTransaction(Connection raw, boolean mustRollBack) throws SQLException {
    switch (config.onReturn()) {
      case ROLLBACK -> raw.rollback();
      case COMMIT -> raw.commit();
      case NONE -> {
        if (mustRollBack) {
          raw.rollback();
        }
      }
    }
  }

  /** Ends a transaction that JDBC knows nothing of: with auto-commit on, it refuses to. */
  void endTransactionBegunBySql(Connection raw) throws SQLException {
    switch (config.onReturn()) {
      case ROLLBACK -> execute(raw, List.of(dialect.rollback));
      case COMMIT -> execute(raw, List.of("COMMIT"));
      case NONE -> {}
    }
  }

  /** Is told that a transaction was left open; returns whether the connection shall be closed. */
  boolean openTransactionReturned(PhysicalConnection connection) {
    switch (config.openTransactionOnReturn()) {
      case DISCARD -> {
        return true;
      }
      case WARN -> {
        if (mayWarn()) {
          LOG.log(
              Level.WARNING,
              poolTitle()
                  + ": a connection was returned in an open transaction; it last ran: "
                  + connection.describe());
        }
      }
      case ROLLBACK -> {}
    }
    return false;
  }

  /** Reports a connection that was closed twice; at most one a second. */
  void closedTwice(Throwable second) {
    if (mayWarn()) {
      LOG.log(
          Level.WARNING,
          poolTitle()
              + ": a connection was closed a second time, which has no effect; the cause below is"
              + " the first time",
          second);
    }
  }

  private boolean mayWarn() {
    long now = System.nanoTime();
    long next = nextWarning.get();
    return now - next >= 0 && nextWarning.compareAndSet(next, now + WARNING_INTERVAL_NANOS);
  }

  /** Goes further than what JDBC knows of, as the reset policy says. */
  void cleanDeeply(Connection raw, ResourceInfo info) throws SQLException {
    switch (config.resetPolicy().level()) {
      case FAST -> {}
      case VERIFIED -> requireValid(raw, info);
      case CLEAN -> {
        dialect.clean(raw);
        apply(raw);
        endOwnTransaction(raw);
      }
      case SQL -> {
        execute(raw, config.resetPolicy().statements());
        endOwnTransaction(raw);
      }
    }
  }
}
