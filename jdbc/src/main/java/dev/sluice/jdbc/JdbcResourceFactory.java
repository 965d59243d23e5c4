package dev.sluice.jdbc;

import dev.sluice.jdbc.ErrorClassifier.Verdict;
import dev.sluice.pool.CloseReason;
import dev.sluice.pool.ResourceFactory;
import dev.sluice.pool.ResourceInfo;
import dev.sluice.pool.ResourceState;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Opens, checks, cleans and closes the connections of a pool. */
final class JdbcResourceFactory implements ResourceFactory<PhysicalConnection> {
  private final FailoverPolicy.Others others;
  private final FailoverPolicy failover;
  private final ClassLoader context;
  private final HookCalls.First first = new HookCalls.First();
  private volatile ConnectionSource source;

  /** One for the pool's whole life, across reconfigurations, because it holds the rate limits. */
  private final PoolWarnings warnings;

  /**
   * Looks for the driver; opens nothing yet.
   *
   * @param others the pool's other connections, which an event on one may affect
   * @throws SluiceConfigException if there is no driver for the configuration
   */
  JdbcResourceFactory(SluiceConfig config, FailoverPolicy.Others others) {
    this.context = Loaders.context(config);
    this.others = others;
    this.failover = new FailoverPolicy(others);
    this.warnings = new PoolWarnings("pool '".concat(config.pool().name()).concat("'"));
    this.source = source(config);
  }

  /**
   * Sets the configuration of connections opened from now on.
   *
   * @throws SluiceConfigException if there is no driver for it; then nothing changes
   */
  void reconfigure(SluiceConfig config) {
    source = source(config);
  }

  /** The context class loader for what is not the caller's own code. */
  ClassLoader context() {
    return context;
  }

  /** The current configuration of connections. */
  ConnectionSource source() {
    return source;
  }

  /** Opens a connection beside the pool, as the driver makes it; the caller closes it. */
  Connection openBeside(Duration timeout) throws Exception {
    return source.connect(timeout, others);
  }

  /** Whether each lease is a request to the driver. */
  boolean tellsRequests() {
    return source.tellsRequests();
  }

  /** The hooks of the current configuration; null if there are none. */
  @Nullable HookCalls hooks() {
    return source.hooks;
  }

  /**
   * Checks whether {@link #reconfigure} would succeed.
   *
   * @throws SluiceConfigException if it would not
   */
  void requireDriver(SluiceConfig config) {
    ConnectionSource unused = source(config);
  }

  /** Runs under the pool's context class loader, because it initializes a driver's class. */
  private ConnectionSource source(SluiceConfig config) {
    ClassLoader before = Loaders.enter(context);
    try {
      String url = config.url();
      Driver driver = url == null ? null : Drivers.find(config, url, context);
      return new ConnectionSource(config, driver, context, first);
    } finally {
      Loaders.enter(before);
    }
  }

  @Override
  public PhysicalConnection open(Duration timeout) throws Exception {
    ConnectionSource from = source;
    Connection raw = from.connect(timeout, others);
    try {
      PhysicalConnection ready = setUp(raw, from, timeout, false);
      Claims.claim(raw);
      return ready;
    } catch (Throwable e) {
      closeAfter(e, raw);
      throw e;
    }
  }

  /** Gives a connection that was opened elsewhere the same set-up as the pool's own. */
  PhysicalConnection adopt(Connection raw, ConnectionSource from, Duration timeout)
      throws Exception {
    return setUp(raw, from, timeout, true);
  }

  private PhysicalConnection setUp(
      Connection raw, ConnectionSource from, Duration timeout, boolean used) throws Exception {
    from.limitReads(raw, timeout);
    if (used) { // before the pool's own questions, which would fail or become part of it
      SqlTransactions.rollBackAny(raw, from.dialect(), true);
    }
    SessionPolicy terms = from.terms(raw, failover, warnings);
    if (used) {
      terms.makeNew(raw);
    }
    terms.requireRole(raw);
    if (!used || !terms.cleans()) { // else it was done with the cleaning
      terms.apply(raw);
    }
    if (!used) {
      terms.learnToClean(raw);
    }
    terms.tryValidationQuery(raw);
    terms.lookForWritableServer(raw);
    from.limitReads(raw, Duration.ZERO);
    if (terms.hooks != null) {
      terms.hooks.firstConnect(raw, terms.dialect);
    }
    return new PhysicalConnection(raw, terms);
  }

  static void closeAfter(Throwable failure, Connection raw) {
    try {
      raw.close();
    } catch (SQLException | RuntimeException e) {
      failure.addSuppressed(e);
    } finally {
      AttributeStore.forget(raw);
    }
  }

  @Override
  public boolean validate(PhysicalConnection connection, ResourceInfo info, Duration timeout)
      throws SQLException {
    connection.running.inPoolsHands(true);
    if (connection.session != null) {
      connection.session.leaveBeforeCheck();
    }
    source.ask(connection, warnings);
    boolean valid = connection.terms.isValid(connection.raw, info, timeout);
    if (valid) {
      connection.endCheck();
    }
    connection.running.inPoolsHands(false); // not if it failed: there is nothing to cancel any more
    return valid;
  }

  /** To ask the server something, once, on a worker and while nobody waits. */
  @Override
  public boolean wantsCheck() {
    ConnectionSource from = source;
    return from.wantsLimits() || from.looksForPooler();
  }

  @Override
  public boolean reset(PhysicalConnection connection, ResourceInfo info) throws SQLException {
    connection.running.inPoolsHands(true);
    try {
      boolean keep = connection.reset(info);
      connection.running.inPoolsHands(false);
      return keep;
    } catch (SQLException | RuntimeException e) {
      if (connection.judgement.claimed().compareTo(Verdict.EVICT) > 0) { // and so it was
        failover.serverLost(connection.judgement.reason());
      }
      throw e;
    }
  }

  @Override
  public void close(PhysicalConnection connection) throws Exception {
    if (connection.running.wasCut()) {
      cancel(connection);
    }
    connection.running.inPoolsHands(true);
    if (connection.wasLeftByError()) {
      cutOff(connection); // close would wait for a lock that the Error left locked
    } else {
      try {
        endLastTransaction(connection);
      } finally {
        close(connection.raw, connection.terms.hooks);
      }
    }
  }

  /** A connection at the end of its life has no reset after its last lease. */
  private static void endLastTransaction(PhysicalConnection connection) throws SQLException {
    if (connection.awaitsReset && connection.terms.onReturn == SluiceConfig.OnReturn.COMMIT) {
      connection.awaitsReset = false;
      connection.endTransaction();
    }
  }

  private static void close(Connection raw, @Nullable HookCalls hooks) throws SQLException {
    try {
      if (hooks != null) {
        hooks.beforeClose(raw);
      }
    } finally {
      try {
        raw.close();
      } finally {
        AttributeStore.forget(raw);
      }
    }
  }

  /**
   * Asks the server to stop the running statement of a cut lease, and then ends the connection.
   * Otherwise the statement would run on at the server, uncounted, and keep its locks. If the
   * driver's {@code abort} does nothing, this method closes the connection. If the server does not
   * answer, the pool calls this method once more after {@code closeTimeout}, and then it does not
   * ask the server.
   */
  @Override
  public void abort(PhysicalConnection connection) throws Exception {
    Stop late = () -> {};
    try {
      if (cancel(connection)) {
        late = stopOfWhatComesLate(connection);
      }
    } finally {
      cutOff(connection);
    }
    try {
      late.run();
    } catch (Exception e) {
      Log.debug("what a cut connection may still run was not stopped", e);
    }
  }

  @Override
  public void abort(PhysicalConnection connection, CloseReason reason) throws Exception {
    if (reason == CloseReason.DEADLINE) {
      connection.running.overdue(); // first, since its borrower may wake by the cancellation
    }
    SharedLease shared = connection.notes.lease();
    if (shared != null) {
      shared.takenBack(reason); // first, for the same reason
    }
    abort(connection);
  }

  private static void cutOff(PhysicalConnection connection) throws SQLException {
    Connection raw = connection.raw;
    AttributeStore.forget(raw);
    try {
      raw.abort(CallerRuns.INSTANCE);
    } catch (SQLException | RuntimeException | AbstractMethodError e) {
      closeAfter(e, raw);
      if (DriverSupport.isMissing(e)) {
        return;
      }
      throw e;
    }
    if (!connection.terms.driver.isClosed(raw)) {
      raw.close();
    }
  }

  /**
   * Asks the server, once in a connection's life, to stop the statement that it runs.
   *
   * @return whether this call has asked
   */
  boolean cancel(PhysicalConnection connection) throws Exception {
    if (!connection.running.mayCancel()) {
      return false;
    }
    Dialect dialect = connection.terms.dialect;
    if (!dialect.cancel(connection.raw) && dialect == Dialect.MYSQL) {
      source.kill("QUERY", ServerQuery.mysqlSessionId(connection.raw), others);
    }
    return true;
  }

  private interface Stop {
    void run() throws Exception;
  }

  /**
   * Prepares, while the connection is open, to stop what the borrower sends between the
   * cancellation and the end of the connection, because it has just passed the check of its lease.
   * A server notices the end only when the statement is over.
   */
  private Stop stopOfWhatComesLate(PhysicalConnection connection) throws SQLException {
    Connection raw = connection.raw;
    return switch (connection.terms.dialect) {
      case POSTGRESQL -> {
        Object executor = ServerQuery.executorOfPostgres(raw);
        yield () -> ServerQuery.cancelOfPostgres(executor);
      }
      case MYSQL -> {
        long session = ServerQuery.mysqlSessionId(raw);
        yield () -> source.kill("CONNECTION", session, others);
      }
      default -> () -> {}; // MariaDB's driver ends the session itself; the others offer nothing
    };
  }

  @Override
  public boolean isPermanent(Throwable openFailure) {
    return PermanentFailures.isPermanent(openFailure, source.dialect());
  }

  @Override
  public boolean outlivesHandle(PhysicalConnection connection) {
    return connection.hasEscaped();
  }

  @Override
  public ResourceState.Affinity affinity(PhysicalConnection connection, ResourceState wanted) {
    return LeaseSession.affinity(connection.session, wanted);
  }

  @Override
  public String explain(Throwable openFailure) {
    return OpenFailureText.of(openFailure, source.place());
  }

  @Override
  public String noun() {
    return "connection";
  }

  @Override
  public String describe(PhysicalConnection connection) {
    return connection.notes.describe();
  }
}
