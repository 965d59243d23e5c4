package dev.sluice.r2dbc;

import static dev.sluice.r2dbc.PhysicalConnection.AUTO_COMMIT;
import static dev.sluice.r2dbc.PhysicalConnection.ISOLATION;
import static dev.sluice.r2dbc.PhysicalConnection.LOCK_TIMEOUT;
import static dev.sluice.r2dbc.PhysicalConnection.SQL_SESSION;
import static dev.sluice.r2dbc.PhysicalConnection.SQL_TRANSACTION;
import static dev.sluice.r2dbc.PhysicalConnection.STATEMENT_TIMEOUT;
import static dev.sluice.r2dbc.PhysicalConnection.TRANSACTION;

import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * Makes a connection that came back dirty as it was when it was opened: ends the transaction, and
 * restores auto-commit, isolation, and the lock and statement timeouts. Settings made by SQL it
 * undoes all on PostgreSQL, which has a statement for that; on MariaDB and MySQL only those that
 * the SPI has too. A connection whose database has no way back is closed.
 *
 * @param lockTimeout the lock timeout of the options; null for the database's own
 * @param statementTimeout likewise
 */
record SessionReset(@Nullable Duration lockTimeout, @Nullable Duration statementTimeout) {

  /** Sets the timeouts of a new connection if the driver may not have done so. */
  void begin(PhysicalConnection physical, Duration limit) throws Exception {
    if (physical.dialect.isMySql) {
      set(physical, lockTimeout, statementTimeout, limit);
    }
  }

  private static void set(
      PhysicalConnection physical,
      @Nullable Duration lockTimeout,
      @Nullable Duration statementTimeout,
      Duration limit)
      throws Exception {
    Connection raw = physical.raw;
    if (lockTimeout != null && physical.dialect.isMySql) { // MariaDB's driver does nothing
      run(raw, List.of(Dialect.lockTimeoutOfMySql(lockTimeout)), limit);
    } else if (lockTimeout != null) {
      Await.last(raw.setLockWaitTimeout(lockTimeout), limit);
    }
    if (statementTimeout != null) {
      Await.last(raw.setStatementTimeout(statementTimeout), limit);
    }
  }

  /**
   * Blocks until the connection is clean.
   *
   * @return false if it cannot be made so
   */
  boolean clean(PhysicalConnection physical, Duration limit) throws Exception {
    Connection raw = physical.raw;
    int changes = physical.changes();
    boolean autoCommit = physical.initialAutoCommit();
    boolean open = raw.isAutoCommit() != autoCommit && autoCommit;
    if (open || has(changes, TRANSACTION | SQL_TRANSACTION)) {
      Await.last(raw.rollbackTransaction(), limit);
    }
    if (has(changes, AUTO_COMMIT) || raw.isAutoCommit() != autoCommit) {
      Await.last(raw.setAutoCommit(autoCommit), limit);
    }
    Dialect dialect = physical.dialect;
    if (!timeouts(physical, changes, limit)) {
      return false;
    }
    if (has(changes, SQL_SESSION) && dialect.isMySql) {
      // The driver's own method may take the level that it knows for the one that is set.
      run(raw, List.of(dialect.transactions(physical.initialIsolation())), limit);
    }
    if (has(changes, ISOLATION)
        || !physical.initialIsolation().equals(raw.getTransactionIsolationLevel())) {
      Await.last(raw.setTransactionIsolationLevel(physical.initialIsolation()), limit);
    }
    return true;
  }

  private static boolean has(int changes, int any) {
    return (changes & any) != 0;
  }

  private boolean timeouts(PhysicalConnection physical, int changes, Duration limit)
      throws Exception {
    Dialect dialect = physical.dialect;
    List<String> statements = new ArrayList<>();
    boolean bySql = has(changes, SQL_SESSION);
    boolean all = bySql && dialect.resetAll != null;
    boolean lock = has(changes, LOCK_TIMEOUT) || (bySql && !dialect.lockTimeout.isEmpty());
    boolean statement =
        has(changes, STATEMENT_TIMEOUT) || (bySql && !dialect.statementTimeout.isEmpty());
    if (all) {
      statements.addAll(dialect.resetAll);
    } else {
      if (lock && lockTimeout == null && !statements.addAll(dialect.lockTimeout)) {
        return false;
      }
      if (statement && statementTimeout == null && !statements.addAll(dialect.statementTimeout)) {
        return false;
      }
    }
    run(physical.raw, statements, limit);
    set(physical, lock ? lockTimeout : null, statement ? statementTimeout : null, limit);
    return true;
  }

  private static void run(Connection raw, List<String> statements, Duration limit)
      throws Exception {
    if (statements.isEmpty()) {
      return;
    }
    Batch batch = raw.createBatch();
    statements.forEach(batch::add);
    Publisher<? extends Result> results = batch.execute();
    Await.last(new RowCounts(results), limit);
  }
}
