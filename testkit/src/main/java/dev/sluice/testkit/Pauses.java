package dev.sluice.testkit;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/** The pauses that the calls of one connection are in. Other threads may end them. */
final class Pauses {
  private final Sleeper sleeper;
  private final FakeConnection connection;

  /** By what ends the pause: whether the statement was cancelled. */
  private final Map<CountDownLatch, Boolean> cancelled = new ConcurrentHashMap<>();

  Pauses(Sleeper sleeper, FakeConnection connection) {
    this.sleeper = sleeper;
    this.connection = connection;
  }

  void pause(Duration time) throws SQLException {
    pause(time, new CountDownLatch(1));
  }

  /**
   * Lets time pass, until the latch opens.
   *
   * @throws SQLException if the connection was aborted, the statement cancelled, or the thread
   *     interrupted meanwhile
   */
  void pause(Duration time, CountDownLatch wake) throws SQLException {
    cancelled.put(wake, false);
    try {
      if (!connection.isAborted()) {
        sleeper.sleep(time, wake);
      }
      if (connection.isAborted()) {
        throw new SQLNonTransientConnectionException("The connection was aborted", "08003");
      }
      if (Boolean.TRUE.equals(cancelled.get(wake))) {
        throw new SQLException("Canceling statement due to user request", "57014");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      connection.kill("08006");
      throw new SQLNonTransientConnectionException("Interrupted in the driver", "08006", e);
    } finally {
      cancelled.remove(wake);
    }
  }

  /** Pauses without the connection's lock, which the caller holds. */
  void unlocked(Duration time) throws SQLException {
    ReentrantLock lock = connection.lock();
    int holds = lock.getHoldCount(); // more than one where a default method called another
    for (int i = 0; i < holds; i++) {
      lock.unlock();
    }
    try {
      pause(time);
    } finally {
      for (int i = 0; i < holds; i++) {
        lock.lock();
      }
    }
  }

  /** Ends all pauses; the statements in them fail as cancelled. */
  void cancel() {
    cancelled.replaceAll((pause, before) -> true);
    wake();
  }

  /** Ends all pauses. */
  void wake() {
    cancelled.keySet().forEach(CountDownLatch::countDown);
  }
}
