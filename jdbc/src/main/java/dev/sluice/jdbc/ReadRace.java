package dev.sluice.jdbc;

import dev.sluice.pool.PoolStats;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds a connection for one read. It asks the hosts one after the other, each as soon as the
 * previous one has failed or has served nobody for {@link #PATIENCE_MILLIS}, and takes the first
 * connection that comes. It waits for a host that is only busy. For one thread.
 */
final class ReadRace {
  /** How long a read waits for a host that serves nobody before it also asks the next one. */
  static final long PATIENCE_MILLIS = 250;

  /**
   * The factor for that time if all connections of the host are in use, which may be due to slow
   * borrowers.
   */
  static final int BUSY_PATIENCE = 4;

  /** A pool that may win. */
  abstract static class Runner {
    /** Takes a free connection; null if there is none at the moment. */
    abstract @Nullable Connection take() throws SQLException;

    /** Asks for a connection without waiting for it. */
    abstract CompletableFuture<Connection> ask();

    abstract PoolStats stats();

    /** Makes a connection ready for its reader; null if it is of no use and was returned. */
    abstract @Nullable Connection prepare(Connection connection) throws SQLException;

    /** Records that the host did not serve; null if it was only silent. */
    abstract void failed(@Nullable Throwable cause);

    /** Records that the host served. */
    abstract void succeeded();
  }

  private record Answer(
      Runner host, @Nullable Connection connection, @Nullable Throwable failure) {}

  private final String name;
  private final Deque<Runner> toAsk;
  private final Deque<CompletableFuture<Connection>> asked = new ArrayDeque<>();
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private int outstanding;
  private @Nullable Connection won;
  private @Nullable Runner last;
  private long servedBefore;
  private int silent;
  private @Nullable SQLException failure;

  ReadRace(String name, List<? extends Runner> order) {
    this.name = name;
    this.toAsk = new ArrayDeque<>(order);
  }

  /** Returns the first available connection, read-only; throws if no host provides one. */
  Connection run() throws SQLException {
    Connection free = takeFree();
    if (free != null) {
      return free;
    }
    try {
      return await();
    } catch (InterruptedException e) {
      throw AcquireFailures.of(e, name);
    } finally {
      giveUpTheRest();
    }
  }

  /** A free connection of the first host, without the cost of a future and its thread. */
  private @Nullable Connection takeFree() throws SQLException {
    while (!toAsk.isEmpty()) {
      Runner host = toAsk.element();
      Connection free;
      try {
        free = host.take();
      } catch (AcquireInterruptedException e) {
        throw e;
      } catch (SQLException e) {
        toAsk.remove();
        failed(host, e);
        continue;
      }
      if (free == null) {
        return null;
      }
      toAsk.remove();
      Connection usable = prepared(host, free);
      if (usable != null) {
        return usable;
      }
    }
    return null;
  }

  private Connection await() throws SQLException, InterruptedException {
    while (askNext() || outstanding > 0) {
      Answer answer = answers.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      while (answer == null && (toAsk.isEmpty() || isServing())) {
        answer = answers.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      }
      if (answer != null) {
        outstanding--;
        won = usable(answer);
        if (won != null) {
          return won;
        }
      }
    }
    throw failure == null ? new SQLException("there is no pool to read from") : failure;
  }

  private boolean askNext() {
    Runner host = toAsk.poll();
    if (host == null) {
      return false;
    }
    last = host;
    servedBefore = host.stats().acquired();
    silent = 0;
    outstanding++;
    CompletableFuture<Connection> future = host.ask();
    asked.add(future);
    var unused = future.whenComplete((c, e) -> answers.add(new Answer(host, c, e)));
    return true;
  }

  /** Whether the most recently asked host is only busy. If not, records that. */
  private boolean isServing() {
    Runner host = Objects.requireNonNull(last);
    PoolStats stats = host.stats();
    if (stats.acquired() > servedBefore) {
      servedBefore = stats.acquired();
      silent = 0;
      return true;
    }
    int patience = stats.active() >= stats.maxSize() ? BUSY_PATIENCE : 1;
    if (++silent < patience) {
      return true;
    }
    host.failed(null);
    return false;
  }

  private @Nullable Connection usable(Answer answer) throws SQLException {
    Connection connection = answer.connection();
    if (connection != null) {
      return prepared(answer.host(), connection);
    }
    failed(answer.host(), answer.failure());
    return null;
  }

  private @Nullable Connection prepared(Runner host, Connection connection) throws SQLException {
    try {
      Connection ready = host.prepare(connection);
      if (ready != null) {
        host.succeeded();
      }
      return ready;
    } catch (SQLException e) {
      connection.close();
      failed(host, e);
      return null;
    }
  }

  /** Records a failure, unless the host merely had no free connection. */
  private void failed(Runner host, @Nullable Throwable cause) {
    boolean busy =
        cause instanceof PoolExhaustedException
            || cause instanceof NestedAcquireException
            || cause instanceof WaitQueueFullException
            || cause instanceof AcquireShedException;
    if (!busy) {
      host.failed(cause);
    }
    SQLException e = cause instanceof SQLException sql ? sql : new SQLException(cause);
    if (failure == null) {
      failure = e;
    } else {
      failure.addSuppressed(e);
    }
  }

  /** Returns all other connections that come, or have come, to their pools. */
  @SuppressWarnings("ReferenceEquality") // a connection is itself and nothing else
  private void giveUpTheRest() throws SQLException {
    for (CompletableFuture<Connection> future : asked) {
      future.cancel(false);
      if (!future.isCompletedExceptionally()) {
        Connection connection = future.join();
        if (connection != won) {
          connection.close();
        }
      }
    }
  }
}
