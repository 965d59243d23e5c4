package dev.sluice.jdbc;

import dev.sluice.jdbc.WriteMark.Need;
import dev.sluice.pool.AcquireException;
import dev.sluice.pool.AcquireOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Finds a connection for one borrower, by one deadline for all that it waits for. For one thread.
 */
final class RouteFinder {
  /** While borrowers wait for a change, the hosts are checked that often. */
  private static final long HURRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How much later than its timeout a pool may answer; then the borrower leaves without it. */
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Routes routes;
  private final long deadline;
  private @Nullable SQLException last;

  RouteFinder(Routes routes) {
    this.routes = routes;
    this.deadline = routes.clock.getAsLong() + routes.config.acquireTimeout().toNanos();
  }

  /** A connection, and whose it is. */
  record Found(RoutedHost host, SluiceConnection connection) {}

  // Writes

  /** A connection to the host that is the primary when this method returns. */
  Found forWrites() throws SQLException {
    while (true) {
      Topology.View view = routes.topology.view();
      Found found = view.hasPrimary() ? fromPrimary(view) : null;
      if (found != null) {
        return found;
      }
      awaitChange(view, null);
    }
  }

  /** A connection to the primary; null if it is no longer the primary or cannot be reached. */
  private @Nullable Found fromPrimary(Topology.View view) throws SQLException {
    RoutedHost host = routes.host(view.primary());
    SluiceConnection connection;
    try {
      Optional<Connection> free = host.pool.tryConnection();
      connection = free.isPresent() ? (SluiceConnection) free.get() : await(host, view);
    } catch (DatabaseUnavailableException e) {
      unreachable(host, e);
      return null;
    }
    if (connection == null) {
      return null;
    }
    if (routes.topology.view().primary() != host.number) {
      connection.close(); // it lost the role meanwhile
      return null;
    }
    return new Found(host, connection);
  }

  private void unreachable(RoutedHost host, SQLException e) {
    last = e;
    routes.suspect(host, "it has refused a connection: " + HostCheck.text(e));
  }

  /** Waits in the pool's queue, as long as no host changes its state. */
  private @Nullable SluiceConnection await(RoutedHost host, Topology.View view)
      throws SQLException {
    CompletableFuture<Connection> coming = host.pool.getConnectionAsync(options());
    try {
      CompletableFuture.anyOf(coming, view.changed())
          .get(left() + GRACE_NANOS, TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      // join below says more
    } catch (TimeoutException e) {
      last = overdue(host, e);
    } catch (InterruptedException e) {
      giveUp(coming);
      throw AcquireFailures.of(e, host.name());
    }
    return coming.isDone() ? result(coming) : giveUp(coming);
  }

  private static SQLException overdue(RoutedHost host, TimeoutException e) {
    return new AcquireTimeoutException(
        "pool '" + host.name() + "' did not answer in time", AcquireException.Phase.WAIT, e);
  }

  private static SluiceConnection result(CompletableFuture<Connection> done) throws SQLException {
    try {
      return (SluiceConnection) done.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException cause) {
        throw cause;
      }
      throw new SQLException(e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError("it is done", e);
    }
  }

  /** Leaves the queue; a connection that comes at this moment goes back. */
  private static @Nullable SluiceConnection giveUp(CompletableFuture<Connection> coming)
      throws SQLException {
    if (!coming.cancel(false) && !coming.isCompletedExceptionally()) {
      coming.join().close();
    }
    return null;
  }

  // Reads

  /** A connection to a replica that may serve, otherwise to the primary. */
  Found forReads(Need need) throws SQLException {
    while (true) {
      Topology.View view = routes.topology.view();
      RoutedHost first = routes.firstReader(view, need);
      Found found = first == null ? null : free(runner(first, view, need));
      if (found == null) {
        found = race(order(view, need, first));
      }
      if (found != null) {
        return found;
      }
      awaitChange(view, need);
    }
  }

  /** A free connection of the first host, which is the usual case; null if there is none. */
  private @Nullable Found free(RouteRunner runner) throws SQLException {
    SluiceConnection free = taken(runner);
    if (free == null) {
      return null;
    }
    try {
      return runner.prepare(free) == null ? null : new Found(runner.host, free);
    } catch (SQLException e) {
      free.close();
      runner.failed(e);
      last = e;
      return null;
    }
  }

  /** Null also if the host cannot be reached: the race finds out what that means. */
  private static @Nullable SluiceConnection taken(RouteRunner runner) throws SQLException {
    try {
      return (SluiceConnection) runner.take();
    } catch (DatabaseUnavailableException | PoolSuspendedException | AcquireShedException e) {
      return null;
    }
  }

  private RouteRunner runner(RoutedHost host, Topology.View view, Need need) {
    return new RouteRunner(routes, host, this, view.host(host.number), need);
  }

  private List<RouteRunner> order(Topology.View view, Need need, @Nullable RoutedHost first) {
    List<RouteRunner> order = new ArrayList<>();
    if (first != null) {
      order.add(runner(first, view, need));
    }
    for (RoutedHost host : routes.otherReaders(view, need, first)) {
      order.add(runner(host, view, need));
    }
    if (routes.config.fallBackToPrimary() && view.hasPrimary()) {
      order.add(runner(routes.host(view.primary()), view, need));
    }
    return order;
  }

  private @Nullable Found race(List<RouteRunner> order) throws SQLException {
    if (order.isEmpty()) {
      return null;
    }
    try {
      SluiceConnection won = (SluiceConnection) new ReadRace(routes.config.name(), order).run();
      for (RouteRunner runner : order) {
        if (runner.hasWon(won)) {
          return new Found(runner.host, won);
        }
      }
      throw new AssertionError("a connection that nobody lent");
    } catch (DatabaseUnavailableException | NoHostException e) {
      last = e;
      return null;
    }
  }

  // Time

  long left() {
    return Math.max(0, deadline - routes.clock.getAsLong());
  }

  /** For a pool, which may take no longer than this borrower has left. */
  AcquireOptions options() {
    return AcquireOptions.DEFAULT.withTimeout(Duration.ofNanos(left()));
  }

  private void awaitChange(Topology.View view, @Nullable Need need) throws SQLException {
    routes.requireOpen();
    long left = left();
    if (left == 0) {
      throw failure(need);
    }
    routes.hurry();
    try {
      view.changed().get(Math.min(left, HURRY_NANOS), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return; // look again
    } catch (ExecutionException e) {
      throw new AssertionError("it completes normally", e);
    } catch (InterruptedException e) {
      throw AcquireFailures.of(e, routes.config.name());
    }
  }

  private SQLException failure(@Nullable Need need) {
    String what =
        need == null
            ? "there is no primary to write to"
            : "no host can serve this read"
                + (routes.config.fallBackToPrimary() ? "" : " (fallBackToPrimary is off)");
    return new NoHostException(
        "routing '"
            + routes.config.name()
            + "': "
            + what
            + " within "
            + routes.config.acquireTimeout().toMillis()
            + " ms. "
            + routes.describe(routes.topology.view(), need)
            + (last == null ? "" : ". The last failure: " + HostCheck.text(last)),
        last);
  }
}
