package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one connection of a sandbox: whose turn it is, and which transactions are open in it. A
 * thread that has its turn holds no lock.
 */
final class SandboxSession {
  /** What a thread does in its turn. */
  interface Call {
    @Nullable Object run() throws Throwable;
  }

  final Connection raw;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** The open transactions, the innermost first; each is a savepoint within the next one. */
  private final Deque<SandboxConnection> open = new ArrayDeque<>();

  /** The thread that began the outermost transaction. */
  private @Nullable Thread holder;

  private @Nullable Thread running;
  private int depth;
  private boolean closed;

  SandboxSession(Connection raw, Duration patience) {
    this.raw = raw;
    this.patience = patience;
  }

  void requireOpen() throws SQLException {
    lock.lock();
    try {
      requireNotClosed();
    } finally {
      lock.unlock();
    }
  }

  private void requireNotClosed() throws SQLException {
    if (closed) {
      throw new SQLNonTransientConnectionException(
          "The sandbox is closed", SqlStates.CONNECTION_DOES_NOT_EXIST);
    }
  }

  /**
   * Waits for its turn and makes a call.
   *
   * @param connection who calls
   * @param executes whether it must not run inside the transaction of another thread
   */
  @Nullable Object call(SandboxConnection connection, boolean executes, Call call)
      throws Throwable {
    begin(connection, executes);
    try {
      return call.run();
    } finally {
      end();
    }
  }

  private void begin(SandboxConnection connection, boolean executes) throws SQLException {
    Thread me = Thread.currentThread();
    long left = patience.toNanos();
    lock.lock();
    try {
      while (!closed && !isTurn(me, connection, executes)) {
        if (left <= 0) {
          throw busy();
        }
        left = changed.awaitNanos(left);
      }
      requireNotClosed();
      running = me;
      depth++;
    } catch (InterruptedException e) {
      me.interrupt();
      throw new SQLException(
          "interrupted while another thread used the sandbox", SqlStates.INTERRUPTED, e);
    } finally {
      lock.unlock();
    }
  }

  private boolean isTurn(Thread me, SandboxConnection connection, boolean executes) {
    boolean free = running == null || me.equals(running);
    return free && (!executes || open.isEmpty() || me.equals(holder) || open.contains(connection));
  }

  private SQLException busy() {
    Thread other = holder != null ? holder : running;
    return new SQLTransactionRollbackException(
        "The sandbox is busy with a transaction of thread '"
            + (other == null ? "?" : other.getName())
            + "' for longer than "
            + patience.toMillis()
            + " ms; if that thread waits for this one, the test cannot run in a sandbox",
        "40001");
  }

  private void end() {
    lock.lock();
    try {
      depth--;
      if (depth == 0) {
        running = null;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Records that the caller, whose turn it is, has begun a transaction. */
  void began(SandboxConnection connection) {
    lock.lock();
    try {
      if (open.isEmpty()) {
        holder = Thread.currentThread();
      }
      open.push(connection);
    } finally {
      lock.unlock();
    }
  }

  /** Records the end of a transaction, and of those inside it, whose savepoints are gone too. */
  void ended(SandboxConnection connection) {
    lock.lock();
    try {
      while (open.contains(connection)) {
        open.pop().forgetTransaction();
      }
      if (open.isEmpty()) {
        holder = null;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Rolls back everything, once. */
  void close(boolean autoCommit) throws SQLException {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      changed.signalAll();
      while (running != null && !Thread.currentThread().equals(running)) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
    try (raw) {
      raw.rollback();
      raw.setAutoCommit(autoCommit);
    }
  }
}
