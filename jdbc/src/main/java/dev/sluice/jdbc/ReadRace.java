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
 * One read on its way to a connection. It asks the hosts one after the other, each as soon as the
 * one before has failed or has served nobody for {@link #PATIENCE_MILLIS}, and takes the first
 * connection that comes. A host that is only busy is waited for. For one thread.
 */
final class ReadRace {
  /** How long a read waits for a host that serves nobody before it asks the next one too. */
  static final long PATIENCE_MILLIS = 250;

  /** So many times as long if all its connections are out, which may be the borrowers' doing. */
  static final int BUSY_PATIENCE = 4;

  private record Answer(
      ReadHost host, @Nullable Connection connection, @Nullable Throwable failure) {}

  private final String name;
  private final Deque<ReadHost> toAsk;
  private final Deque<CompletableFuture<Connection>> asked = new ArrayDeque<>();
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private int outstanding;
  private @Nullable Connection won;
  private @Nullable ReadHost last;
  private long servedBefore;
  private int silent;
  private @Nullable SQLException failure;

  ReadRace(String name, List<ReadHost> order) {
    this.name = name;
    this.toAsk = new ArrayDeque<>(order);
  }

  /** Returns the first connection that can be had, read-only; throws if no host gives one. */
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

  /** The first host's free connection, without a future and its thread. */
  private @Nullable Connection takeFree() throws SQLException {
    while (!toAsk.isEmpty()) {
      ReadHost host = toAsk.element();
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
      Connection usable = readOnly(host, free);
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
    ReadHost host = toAsk.poll();
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

  /** Whether the host asked last is only busy; notes it if not. */
  private boolean isServing() {
    ReadHost host = Objects.requireNonNull(last);
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
    host.failed();
    return false;
  }

  private @Nullable Connection usable(Answer answer) throws SQLException {
    Connection connection = answer.connection();
    if (connection != null) {
      return readOnly(answer.host(), connection);
    }
    failed(answer.host(), answer.failure());
    return null;
  }

  private @Nullable Connection readOnly(ReadHost host, Connection connection) throws SQLException {
    try {
      connection.setReadOnly(true);
      host.succeeded();
      return connection;
    } catch (SQLException e) {
      connection.close();
      failed(host, e);
      return null;
    }
  }

  /** A host that had no connection to spare works all the same. */
  private void failed(ReadHost host, @Nullable Throwable cause) {
    boolean busy =
        cause instanceof PoolExhaustedException
            || cause instanceof WaitQueueFullException
            || cause instanceof AcquireShedException;
    if (!busy) {
      host.failed();
    }
    SQLException e = cause instanceof SQLException sql ? sql : new SQLException(cause);
    if (failure == null) {
      failure = e;
    } else {
      failure.addSuppressed(e);
    }
  }

  /** What else comes, or has come, goes back to its pool. */
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
