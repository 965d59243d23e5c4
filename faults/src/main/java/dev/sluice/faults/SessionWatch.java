package dev.sluice.faults;

import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.PoolStats;
import dev.sluice.testkit.StallMeter;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Counts the sessions of the pool under test as the server does, some twenty times a second, and
 * compares the count with what docs/guarantees.md (3) allows:
 *
 * <ul>
 *   <li>the maximum;
 *   <li>and connections that the pool has closed, and whose end the server has not noticed yet;
 *   <li>and attempts to open that the pool has given up, or that failed after the server had begun
 *       a session: no more than the maximum, and closed as soon as they arrive.
 * </ul>
 *
 * <p>The server notices an end within {@link #NOTICE}, unless a fault keeps the news from it: then
 * within that time after the fault. The requests to cancel what a cut lease runs are no sessions in
 * {@code pg_stat_activity}.
 */
final class SessionWatch implements AutoCloseable {
  /** How long a connection takes to be closed, and the server to notice it; generous. */
  static final Duration NOTICE =
      SoakPool.CALL_TIMEOUT.multipliedBy(2).plus(Timing.scaled(Duration.ofSeconds(1)));

  private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long STOP_MILLIS = 30_000;

  /** How many connections had been closed, and how many attempts to open had failed, by then. */
  private record Moment(long at, long closed, long failed) {}

  /**
   * What came of it.
   *
   * @param counts how often the sessions were counted
   * @param beyond how often there were more than the pool's maximum
   * @param most sessions at most
   */
  record Summary(int counts, int beyond, int most) {}

  private final SoakServer server;
  private final SluiceDataSource pool;
  private final Ledger ledger;
  private final int maxSize;
  private final Thread thread = new Thread(this::watch, "soak-session-watch");
  private volatile boolean running = true;

  /** Since when a fault keeps the ends of connections from the server, and until when. */
  private volatile Obstruction obstruction;

  private record Obstruction(long from, long until) {}

  // ---- of the watching thread, until it has ended

  private final Deque<Moment> history = new ArrayDeque<>();
  private @Nullable Connection connection;
  private int counts;
  private int beyond;
  private int most;

  SessionWatch(SoakServer server, SluiceDataSource pool, Ledger ledger) {
    this.server = server;
    this.pool = pool;
    this.ledger = ledger;
    this.maxSize = pool.stats().maxSize();
    long past = System.nanoTime() - NOTICE.toNanos();
    this.obstruction = new Obstruction(past, past);
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** From now on, a fault keeps the ends of connections from the server. */
  void obstructed() {
    long now = System.nanoTime();
    Obstruction last = obstruction;
    long from = now - last.until() < NOTICE.toNanos() ? last.from() : now;
    obstruction = new Obstruction(from, now + TimeUnit.DAYS.toNanos(1));
  }

  /** That fault has ended. */
  void clear() {
    long now = System.nanoTime();
    Obstruction last = obstruction;
    if (last.until() - now > 0) {
      obstruction = new Obstruction(last.from(), now);
    }
  }

  /** The moment since when ends may be unknown to the server. */
  private long unnoticedSince(long now) {
    Obstruction last = obstruction;
    long recent = now - NOTICE.toNanos();
    long since =
        last.until() - recent > 0 ? Math.min(last.from() - NOTICE.toNanos(), recent) : recent;
    return since - StallMeter.since(since).toNanos();
  }

  // ---- watching

  private void watch() {
    while (running) {
      remember(System.nanoTime());
      try {
        count();
      } catch (SQLException e) {
        disconnect(); // the server is away, and will be asked again
      }
      LockSupport.parkNanos(PERIOD);
    }
    disconnect();
  }

  private void remember(long now) {
    long since = unnoticedSince(now);
    history.addLast(moment(now));
    Moment first = history.removeFirst();
    while (!history.isEmpty() && history.getFirst().at() - since <= 0) {
      first = history.removeFirst(); // the last one before the time in question counts
    }
    history.addFirst(first);
  }

  private Moment moment(long now) {
    PoolStats stats = pool.stats();
    return new Moment(now, stats.closedTotal(), stats.openFailures());
  }

  private void count() throws SQLException {
    if (connection == null) {
      connection = server.connect();
    }
    int sessions = SoakServer.count(connection, SoakServer.ROLE);
    long allowed = allowed(history.getFirst(), moment(System.nanoTime()));
    counts++;
    beyond += sessions > maxSize ? 1 : 0;
    most = Math.max(most, sessions);
    if (sessions > allowed) {
      ledger.offence(
          ledger.aboveAtServer, "the server counts " + sessions + " sessions, of " + allowed);
    }
  }

  private long allowed(Moment before, Moment now) {
    long closing = now.closed() - before.closed();
    long givenUp = Math.min(maxSize, now.failed() - before.failed());
    return maxSize + closing + givenUp;
  }

  private void disconnect() {
    Connection last = connection;
    connection = null;
    if (last != null) {
      try {
        last.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  Summary summary() {
    return new Summary(counts, beyond, most);
  }

  @Override
  public void close() {
    running = false;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join(STOP_MILLIS);
        if (thread.isAlive()) {
          throw new IllegalStateException(thread.getName() + " does not end");
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
