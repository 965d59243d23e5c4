package dev.sluice.jdbc;

import dev.sluice.jdbc.ErrorClassifier.Verdict;
import dev.sluice.jdbc.WriteMark.Need;
import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose host is chosen when its borrower first needs it: by {@code setReadOnly},
 * unless the data source has chosen already. From then on calls go straight to the connection of
 * that host's pool. For one thread at a time.
 *
 * <ul>
 *   <li>R1: no write goes to a replica. A connection that is not read-only is one of the primary's,
 *       and a replica's connection is read-only at the server.
 *   <li>R2: the host never changes within a transaction.
 *   <li>R3: a session learns of a write before the connection is returned ({@link WriteMark}).
 * </ul>
 */
final class RoutedConnection extends LateConnection {
  /** Where a borrower's connections come from. */
  enum Route {
    /** A replica while the connection is read-only, otherwise the primary. */
    BY_READ_ONLY,
    /** The primary, read-only or not. */
    PRIMARY,
    /** A replica, or the primary if no replica can serve; always read-only. */
    REPLICAS
  }

  private static final String LOST = "a connection was lost, or refused to write";

  private final Routes routes;
  private final Route route;
  private final @Nullable WriteMark mark;
  private boolean readOnly;
  private RouteFinder.@Nullable Found found;

  /** Whether the acquired connection counts as a writer of the session. */
  private boolean writes;

  RoutedConnection(Routes routes, Route route, @Nullable WriteMark mark) {
    this.routes = routes;
    this.route = route;
    this.mark = mark;
    if (route == Route.REPLICAS) {
      readOnly = true;
      remember(SessionProperty.READ_ONLY, true);
    }
  }

  @Override
  boolean initialAutoCommit() {
    return !Boolean.FALSE.equals(routes.host(0).pool.config().autoCommit());
  }

  @Override
  Connection acquire() throws SQLException {
    routes.requireOpen();
    RouteFinder finder = new RouteFinder(routes);
    RouteFinder.Found now = isRead() ? forReads(finder) : forWrites(finder);
    found = now;
    return now.connection();
  }

  /** Whether a replica may serve. */
  private boolean isRead() {
    return readOnly && route != Route.PRIMARY;
  }

  private RouteFinder.Found forReads(RouteFinder finder) throws SQLException {
    RouteFinder.Found now = finder.forReads(mark == null ? Need.NONE : mark.need());
    (now.host().isReadOnly() ? routes.reads : routes.readsOfPrimary).increment();
    return now;
  }

  private RouteFinder.Found forWrites(RouteFinder finder) throws SQLException {
    if (mark == null || readOnly) {
      routes.writes.increment();
      return finder.forWrites();
    }
    mark.begin();
    try {
      RouteFinder.Found now = finder.forWrites();
      routes.writes.increment();
      writes = true;
      return now;
    } finally {
      if (!writes) {
        mark.cancel();
      }
    }
  }

  /** A connection of a replica's pool is read-only already. */
  @Override
  void set(Connection connection, SessionProperty property, @Nullable Object value)
      throws SQLException {
    RouteFinder.Found now = found;
    boolean isSet =
        property == SessionProperty.READ_ONLY
            && Boolean.TRUE.equals(value)
            && now != null
            && now.host().isReadOnly();
    if (!isSet) {
      super.set(connection, property, value);
    }
  }

  // Read-only

  /**
   * Chooses the host for what follows. Outside a transaction a connection that was acquired for
   * other work goes back, with its statements, and another one is acquired when it is needed.
   *
   * @throws SQLException with 25001 in a transaction, and 25006 if the data source is for reads
   *     alone
   */
  @Override
  public void setReadOnly(boolean on) throws SQLException {
    requireOpen();
    if (on == readOnly && (acquired() == null || !on)) {
      remember(SessionProperty.READ_ONLY, on);
      return;
    }
    if (on == readOnly) {
      return;
    }
    if (route == Route.REPLICAS) {
      throw new SQLException(
          "routing '" + routes.config.name() + "': this data source is for reads alone",
          SqlStates.READ_ONLY);
    }
    requireNoTransaction();
    if (route == Route.PRIMARY) {
      set(SessionProperty.READ_ONLY, on);
    } else {
      giveBack();
      remember(SessionProperty.READ_ONLY, on);
    }
    readOnly = on;
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    requireOpen();
    return readOnly || (acquired() != null && target().isReadOnly());
  }

  private void requireNoTransaction() throws SQLException {
    RouteFinder.Found now = found;
    if (acquired() != null && now != null && now.connection().physical.leftTransactionOpen()) {
      throw new SQLException(
          "The read-only mode chooses the host, so it cannot change in a transaction: call"
              + " setReadOnly before the first statement, or after commit or rollback",
          SqlStates.ACTIVE_TRANSACTION);
    }
  }

  // The return

  @Override
  void release(Connection connection) throws SQLException {
    RouteFinder.Found now = found;
    if (now == null || !now.connection().isHeld()) {
      forgetWriter();
      connection.close();
      return;
    }
    boolean isSuspect = isSuspect(now.connection());
    try {
      settle(now);
    } finally {
      connection.close();
    }
    if (isSuspect) {
      routes.suspect(now.host(), LOST);
    }
  }

  @Override
  void unused() {
    if (writes && mark != null) {
      writes = false;
      mark.cancel();
    }
    RouteFinder.Found now = found;
    if (now != null && now.connection().isHeld() && isSuspect(now.connection())) {
      routes.suspect(now.host(), LOST);
    }
  }

  /** Whether an error, proven or not, concerns more than this connection. */
  private static boolean isSuspect(SluiceConnection connection) {
    int verdict = connection.verdict().severity;
    int claimed = connection.physical.judgement.claimed().severity;
    return Math.max(verdict, claimed) >= Verdict.EVICT_ALL.severity;
  }

  @Override
  void aborted() {
    forgetWriter();
  }

  /** The lease was taken back: what it has written is unknown. */
  private void forgetWriter() {
    if (writes && mark != null) {
      writes = false;
      mark.settleUnproven(routes.clock.getAsLong());
    }
  }

  /** Notes what the connection may have written, while the session's readers still wait for it. */
  private void settle(RouteFinder.Found now) throws SQLException {
    if (!writes || mark == null) {
      return;
    }
    long reached = Observation.UNKNOWN;
    try {
      if (routes.config.readYourWrites().isByPosition() && !now.connection().verdict().condemns()) {
        reached = position(now.connection());
      }
    } catch (SQLException e) {
      now.connection().evict(); // the position stays unknown, which readers respect
      routes.suspect(now.host(), "it did not tell its position: " + HostCheck.text(e));
    } finally {
      writes = false;
      if (reached == Observation.UNKNOWN) {
        mark.settleUnproven(routes.clock.getAsLong());
      } else {
        mark.settle(reached);
      }
    }
  }

  private long position(SluiceConnection connection) throws SQLException {
    PhysicalConnection physical = connection.physical;
    if (!HostProbe.tellsPosition(physical.terms.dialect)) {
      return Observation.UNKNOWN;
    }
    if (physical.leftTransactionOpen()) {
      endTransaction(connection);
    }
    int millis = (int) TimeUnit.NANOSECONDS.toMillis(routes.config.checkTimeout().toNanos());
    return TimedQuery.ask(connection, millis, HostProbe::written);
  }

  /** Does at once what the pool would do on return: the position must come after it. */
  private void endTransaction(SluiceConnection connection) throws SQLException {
    if (found != null
        && found.host().pool.config().onReturn() == SluiceConfig.OnReturn.COMMIT
        && !connection.getAutoCommit()) {
      connection.commit();
    } else if (!connection.getAutoCommit()) {
      connection.rollback();
    }
  }

  @Override
  public String toString() {
    return "RoutedConnection[" + state() + "]";
  }
}
