package dev.sluice.jdbc;

import dev.sluice.jdbc.WriteMark.Need;
import dev.sluice.pool.PoolStats;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A host that may serve one read. For the thread of that read. */
final class RouteRunner extends ReadRace.Runner {
  /** The pause between two questions to a replica that is not far enough. */
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  final RoutedHost host;
  private final Routes routes;
  private final RouteFinder finder;
  private final HostView known;
  private final Need need;
  private @Nullable Connection ready;

  RouteRunner(Routes routes, RoutedHost host, RouteFinder finder, HostView known, Need need) {
    this.routes = routes;
    this.host = host;
    this.finder = finder;
    this.known = known;
    this.need = need;
  }

  @SuppressWarnings("ReferenceEquality") // a handle is itself and nothing else
  boolean hasWon(Connection connection) {
    return ready == connection;
  }

  @Override
  @Nullable Connection take() throws SQLException {
    Optional<Connection> free = host.pool.tryConnection();
    return free.isPresent() ? free.get() : null;
  }

  @Override
  CompletableFuture<Connection> ask() {
    return host.pool.getConnectionAsync(finder.options());
  }

  @Override
  PoolStats stats() {
    return host.pool.stats();
  }

  @Override
  @Nullable Connection prepare(Connection connection) throws SQLException {
    Topology.View now = routes.topology.view();
    boolean isReplica = now.host(host.number).state() == HostStatus.State.REPLICA;
    boolean fits = now.primary() == host.number || (isReplica && hasAll(connection));
    if (!fits) {
      connection.close();
      return null;
    }
    ready = connection;
    return connection;
  }

  /** Whether the replica has what the reader must see, perhaps after a wait. */
  private boolean hasAll(Connection connection) throws SQLException {
    if (!ReadRules.mustBeAsked(known, need)) {
      return true;
    }
    SluiceConnection lease = (SluiceConnection) connection;
    long most = Math.min(finder.left(), routes.config.readYourWrites().time().toNanos());
    long until = routes.clock.getAsLong() + most;
    long reached = replayed(lease);
    while (reached < need.position() && routes.clock.getAsLong() - until < 0) {
      LockSupport.parkNanos(POLL_NANOS);
      if (Thread.currentThread().isInterrupted()) {
        return false; // the next wait says so
      }
      reached = replayed(lease);
    }
    if (reached > known.position()) {
      routes.topology.advanced(host.number, reached);
    }
    return reached >= need.position();
  }

  private long replayed(SluiceConnection lease) throws SQLException {
    try {
      return TimedQuery.ask(lease, limitMillis(), HostProbe::replayed);
    } catch (SQLException e) {
      lease.evict(); // what has become of the connection is unknown
      throw e;
    }
  }

  private int limitMillis() {
    long most = Math.min(routes.config.checkTimeout().toNanos(), finder.left());
    return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(most));
  }

  /** A silent host may only be opening a connection, so a check decides what is wrong with it. */
  @Override
  void failed(@Nullable Throwable cause) {
    if (cause == null) {
      routes.check(host);
    } else {
      routes.suspect(host, "it failed: " + HostCheck.text(cause));
    }
  }

  @Override
  void succeeded() {
    // The checks say whether it is usable.
  }
}
