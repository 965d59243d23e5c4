package dev.sluice.jdbc;

import dev.sluice.pool.AcquireOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks one host, on a worker of a pool that has one connection for it. That pool bounds the
 * check: opening the connection has its deadline, and a query that hangs loses its lease.
 */
final class HostCheck {
  /** A connection that was idle may have died, so a second one is tried. */
  private static final int ATTEMPTS = 2;

  private static final int CAUSES_MAX = 16;

  private final SluiceDataSource pool;
  private final long timeoutNanos;
  private final boolean declaredPrimary;
  private final LongSupplier clock;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile boolean again;

  HostCheck(SluiceDataSource pool, Duration timeout, boolean declaredPrimary, LongSupplier clock) {
    this.pool = pool;
    this.timeoutNanos = timeout.toNanos();
    this.declaredPrimary = declaredPrimary;
    this.clock = clock;
  }

  /**
   * Checks the host, unless it is ejected and its pause is not over. While there is no primary,
   * there is no pause.
   *
   * @return false: there is never anything to refresh
   */
  boolean runIfDue(int host, Topology topology) {
    Topology.View view = topology.view();
    boolean isDue =
        !view.hasPrimary()
            || view.host(host).state() != HostStatus.State.EJECTED
            || clock.getAsLong() - view.host(host).nextCheck() >= 0;
    return isDue && run(host, topology);
  }

  /** Checks the host; returns false. Called on a worker. */
  boolean run(int host, Topology topology) {
    if (running.compareAndSet(false, true)) {
      attempt(new Attempt(host, topology, clock.getAsLong()));
    } else {
      again = true; // the one that is under way may have asked before there was reason to
      if (!running.get()) { // it ended meanwhile, perhaps without seeing that
        runAgain(host, topology);
      }
    }
    return false;
  }

  /** One check: up to {@value #ATTEMPTS} attempts within one time limit. */
  private static final class Attempt {
    final int host;
    final Topology topology;
    final long began;
    int made;

    Attempt(int host, Topology topology, long began) {
      this.host = host;
      this.topology = topology;
      this.began = began;
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback throws nothing
  private void attempt(Attempt attempt) {
    attempt.made++;
    Duration left = Duration.ofNanos(Math.max(1, left(attempt)));
    AcquireOptions options =
        AcquireOptions.DEFAULT
            .withTimeout(left)
            .withLeaseDeadline(left)
            .withTag("check")
            .neverShed();
    pool.getConnectionAsync(options)
        .whenComplete((connection, failure) -> ask(attempt, connection, failure));
  }

  private long left(Attempt attempt) {
    return timeoutNanos - (clock.getAsLong() - attempt.began);
  }

  private void ask(Attempt attempt, @Nullable Connection connection, @Nullable Throwable failure) {
    if (connection == null) {
      end(attempt, null, failure);
      return;
    }
    Observation seen = null;
    Throwable failed = null;
    try (connection) {
      SluiceConnection lease = connection.unwrap(SluiceConnection.class);
      Dialect dialect = lease.physical.terms.dialect;
      seen = HostProbe.look(connection, dialect, declaredPrimary, clock.getAsLong());
    } catch (SQLException | RuntimeException e) {
      failed = e;
    }
    if (seen == null && attempt.made < ATTEMPTS && left(attempt) > 0) {
      attempt(attempt);
    } else {
      end(attempt, seen, failed);
    }
  }

  private void end(Attempt attempt, @Nullable Observation seen, @Nullable Throwable failure) {
    if (seen != null) {
      attempt.topology.observed(attempt.host, seen);
    } else if (failure != null && !(failure instanceof PoolClosedException)) {
      String why = "its check failed: " + text(failure);
      attempt.topology.failed(attempt.host, why, attempt.began);
    }
    running.set(false);
    if (!(failure instanceof PoolClosedException)) {
      runAgain(attempt.host, attempt.topology);
    }
  }

  private void runAgain(int host, Topology topology) {
    if (again) {
      again = false;
      run(host, topology);
    }
  }

  /** The first line of the innermost cause's message, which says what the server said. */
  static String text(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < CAUSES_MAX && failure instanceof DatabaseUnavailableException; i++) {
      Throwable inner = cause.getCause();
      if (inner == null) {
        break;
      }
      cause = inner;
    }
    String message = String.valueOf(cause.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
