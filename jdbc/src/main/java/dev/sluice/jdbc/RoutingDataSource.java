package dev.sluice.jdbc;

import dev.sluice.jdbc.RoutedConnection.Route;
import java.io.Closeable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import javax.sql.DataSource;

/**
 * A data source over a primary and its replicas, each with a pool of its own. It finds out which
 * host has which role, and follows a failover. Thread-safe; use each connection from one thread at
 * a time.
 *
 * <p>A connection is acquired at its first statement, as {@link SluiceDataSource#lazy} does. If
 * {@code setReadOnly(true)} was called by then, as Spring does for a read-only transaction, it
 * comes from a replica, otherwise from the primary. Between transactions {@code setReadOnly} may
 * change; the next statement then runs on a connection of the other kind, and statements opened
 * before are closed. Within a transaction it is refused with SQLSTATE 25001. {@link #primary()} and
 * {@link #replicas()} choose explicitly.
 *
 * <p>Promises:
 *
 * <ul>
 *   <li>No write goes to a replica. Connections of a replica are read-only at the server. A host
 *       that lost the primary's role gets no writes, and its connections are replaced before their
 *       next use.
 *   <li>A read of a {@linkplain #session() session} misses nothing that this session has committed.
 *   <li>A borrower waits no longer than {@link RoutingConfig#acquireTimeout}, whatever the number
 *       of hosts that are asked, a failover included.
 * </ul>
 *
 * <p>If two servers accept writes, the one with PostgreSQL's newer timeline is the primary. Without
 * timelines the host that was the primary stays it. A database that must never accept writes on
 * both needs fencing on the servers' side.
 *
 * <p>Errors: {@link NoHostException}, 08001, if there is no primary or no host for a read in time;
 * its message says why each host was not taken. Otherwise those of {@link SluiceDataSource}.
 */
public final class RoutingDataSource extends RoutedDataSource implements Closeable {
  private final DataSource primary;
  private final DataSource replicas;

  private RoutingDataSource(Routes routes) {
    super(routes, Route.BY_READ_ONLY, routes.config.sharedSession() ? new WriteMark() : null);
    this.primary = new OneRoute(this, Route.PRIMARY, ", primary");
    this.replicas = new OneRoute(this, Route.REPLICAS, ", replicas");
  }

  /** Starts the configuration of one. */
  public static RoutingBuilder builder() {
    return new RoutingBuilder();
  }

  /**
   * Builds the pools and starts checking the hosts. Does not wait for an answer: {@link
   * #awaitReady}.
   *
   * @throws SluiceConfigException if a driver is missing or a pool has no room in its group
   */
  public static RoutingDataSource create(RoutingConfig config) {
    return create(config, System::nanoTime);
  }

  static RoutingDataSource create(RoutingConfig config, LongSupplier clock) {
    Routes routes = new Routes(config, clock);
    routes.start();
    return new RoutingDataSource(routes);
  }

  /** The configuration. */
  public RoutingConfig config() {
    return routes.config;
  }

  /** Connections to the primary, also while they are read-only. */
  public DataSource primary() {
    return primary;
  }

  /**
   * Read-only connections, to a replica if possible; to the primary if no replica can serve and
   * {@link RoutingConfig#fallBackToPrimary} allows it. {@code setReadOnly(false)} is refused with
   * SQLSTATE 25006.
   */
  public DataSource replicas() {
    return replicas;
  }

  /** Begins a session, whose reads see what it has committed. */
  public RoutingSession session() {
    return new RoutingSession(routes, new WriteMark());
  }

  /**
   * Continues a session of another process.
   *
   * @param position {@link RoutingSession#position()} there, over the same cluster
   */
  public RoutingSession session(long position) {
    WriteMark mark = new WriteMark();
    mark.advanceTo(position);
    return new RoutingSession(routes, mark);
  }

  /** The hosts with their states, and counters. */
  public RoutingStats stats() {
    return routes.stats();
  }

  /** The hosts' pools by name, for their figures. The routing owns them: do not close them. */
  public Map<String, SluiceDataSource> pools() {
    Map<String, SluiceDataSource> pools = new LinkedHashMap<>();
    routes.hosts().forEach(host -> pools.put(host.name(), host.pool));
    return pools;
  }

  /**
   * Waits until there is a primary.
   *
   * @throws NoHostException if there is none in time; the message says why
   * @throws AcquireInterruptedException if the thread was interrupted; its flag is set again
   */
  public void awaitReady(Duration timeout) throws SQLException {
    long deadline = System.nanoTime() + timeout.toNanos();
    Topology.View view = routes.topology.view();
    try {
      while (!view.hasPrimary()) {
        routes.requireOpen();
        view.changed().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        view = routes.topology.view();
      }
    } catch (TimeoutException e) {
      throw new NoHostException(
          "routing '"
              + routes.config.name()
              + "': there is no primary after "
              + timeout.toMillis()
              + " ms. "
              + routes.describe(view, null),
          e);
    } catch (ExecutionException e) {
      throw new AssertionError("it completes normally", e);
    } catch (InterruptedException e) {
      throw AcquireFailures.of(e, routes.config.name());
    }
  }

  /** Has all hosts checked now, for example when a failover was announced. Does not wait. */
  public void checkNow() {
    routes.hurry();
  }

  /** Whether {@link #close} was called. */
  public boolean isClosed() {
    return routes.isClosed();
  }

  /**
   * Closes all pools at the same time; each waits for its borrowers up to its drain timeout, as
   * {@link SluiceDataSource#close} does.
   */
  @Override
  public void close() {
    routes.close();
  }
}
