package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Calls the user's hooks under the pool's class loader. It enforces the limits and outcomes that
 * {@link ConnectionHooks} promises, and skips methods that are not overridden. Thread-safe.
 */
final class HookCalls {
  /** Whether the hook for the pool's first connection has run; survives a reconfiguration. */
  static final class First {
    private final AtomicReference<@Nullable CompletableFuture<Boolean>> attempt =
        new AtomicReference<>();

    /**
     * Runs the work unless it has already succeeded. Waits for another thread that is running it.
     * If the work fails, the next caller runs it.
     */
    void run(HookThread.Work work) throws Exception {
      CompletableFuture<Boolean> own = new CompletableFuture<>();
      CompletableFuture<Boolean> other = attempt.compareAndExchange(null, own);
      while (other != null) {
        if (other.get()) {
          return;
        }
        other = attempt.compareAndExchange(null, own);
      }
      boolean done = false;
      try {
        work.run();
        done = true;
      } finally {
        if (!done) {
          attempt.set(null);
        }
        own.complete(done);
      }
    }
  }

  private final ConnectionHooks hooks;
  private final ClassLoader context;
  private final Duration limit;
  private final String pool;
  private final First first;
  private final boolean hasBeforeConnect;
  private final boolean hasFirstConnect;
  private final boolean hasOnConnect;
  private final boolean hasOnAcquire;
  private final boolean hasOnReturn;
  private final boolean hasBeforeClose;

  private HookCalls(
      ConnectionHooks hooks, ClassLoader context, Duration limit, String pool, First first) {
    this.hooks = hooks;
    this.context = context;
    this.limit = limit;
    this.pool = pool;
    this.first = first;
    this.hasBeforeConnect = has(hooks, "beforeConnect", ConnectRequest.class);
    this.hasFirstConnect = has(hooks, "firstConnect", Connection.class);
    this.hasOnConnect = has(hooks, "onConnect", Connection.class);
    this.hasOnAcquire = has(hooks, "onAcquire", Connection.class);
    this.hasOnReturn = has(hooks, "onReturn", Connection.class);
    this.hasBeforeClose = has(hooks, "beforeClose", Connection.class);
  }

  /** The hooks of a configuration; null if it has none. */
  static @Nullable HookCalls of(SluiceConfig config, ClassLoader context, First first) {
    ConnectionHooks hooks = config.hooks();
    return hooks == null
        ? null
        : new HookCalls(hooks, context, config.hookTimeout(), config.pool().name(), first);
  }

  /** Whether a method is overridden. If that cannot be determined, it counts as overridden. */
  private static boolean has(ConnectionHooks hooks, String method, Class<?> parameter) {
    try {
      Class<?> type = hooks.getClass().getMethod(method, parameter).getDeclaringClass();
      return !type.equals(ConnectionHooks.class);
    } catch (NoSuchMethodException | SecurityException | LinkageError e) {
      return true;
    }
  }

  boolean hasOnAcquire() {
    return hasOnAcquire;
  }

  /** Whether there is a hook to run for each lease. */
  boolean hasLeases() {
    return hasOnAcquire || hasOnReturn;
  }

  /** Whether every returned connection must go through a worker. */
  boolean hasOnReturn() {
    return hasOnReturn;
  }

  /** Whether a hook sees connections that nobody has. */
  boolean seesIdle() {
    return hasOnReturn || hasBeforeClose;
  }

  /** Whether hooks shape the initial state of connections. */
  boolean setsUp() {
    return hasOnConnect || hasFirstConnect;
  }

  // Opening, on a worker

  /** Lets the hook change the settings of an attempt to connect. */
  ConnectRequest beforeConnect(@Nullable String url, Properties properties, Duration timeout)
      throws SQLException {
    ConnectRequest request = new ConnectRequest(url, properties, timeout);
    if (hasBeforeConnect) {
      try {
        hooks.beforeConnect(request);
      } catch (SQLException | RuntimeException e) {
        throw HookFailure.of("beforeConnect", e);
      }
    }
    return request;
  }

  /** Runs the hook for new connections. */
  void onConnect(Connection raw, Dialect dialect) throws SQLException {
    if (hasOnConnect) {
      limited("onConnect", raw, dialect, hooks::onConnect);
    }
  }

  /** Runs the hook for the pool's first connection, if this is it. */
  void firstConnect(Connection raw, Dialect dialect) throws Exception {
    if (hasFirstConnect) {
      first.run(() -> limited("firstConnect", raw, dialect, hooks::firstConnect));
    }
  }

  private interface Hook {
    void run(Connection connection) throws SQLException;
  }

  /**
   * Runs a hook with a limit. A call that hangs in the driver returns only when the connection is
   * aborted.
   */
  private void limited(String name, Connection raw, Dialect dialect, Hook hook)
      throws SQLException {
    boolean ended = false;
    try {
      HookThread.run(
          "hook " + name + " of pool '" + pool + "'",
          context,
          limit,
          () -> run(name, raw, dialect, hook));
      ended = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HookFailure.of(name, e);
    } catch (Exception e) {
      ended = !(e instanceof SQLTimeoutException);
      throw HookFailure.of(name, e);
    } finally {
      if (!ended) {
        raw.abort(CallerRuns.INSTANCE);
      }
    }
  }

  private static void run(String name, Connection raw, Dialect dialect, Hook hook)
      throws SQLException {
    boolean autoCommit = raw.getAutoCommit();
    HookConnection lent = new HookConnection(raw, name);
    try {
      hook.run(lent.face());
    } finally {
      lent.end();
    }
    SqlTransactions.rollBackAny(raw, dialect, autoCommit);
  }

  // The borrower's thread

  /**
   * Asks the hook whether a borrower may have its connection.
   *
   * @throws SQLException if the hook throws it; a RuntimeException or an Error passes through too
   */
  ConnectionHooks.Acquired onAcquire(Connection connection) throws SQLException {
    ClassLoader borrowers = Loaders.enter(context);
    try {
      return hooks.onAcquire(connection);
    } finally {
      Loaders.enter(borrowers);
    }
  }

  // Returning and closing, on a worker

  /** Asks the hook whether a clean connection may be lent again. */
  boolean onReturn(Connection raw, Dialect dialect) throws SQLException {
    if (!hasOnReturn) {
      return true;
    }
    ConnectionHooks.Returned[] answer = {ConnectionHooks.Returned.DISCARD};
    run("onReturn", raw, dialect, lent -> answer[0] = hooks.onReturn(lent));
    return answer[0] == ConnectionHooks.Returned.KEEP;
  }

  /** Runs the hook before a connection is closed. */
  void beforeClose(Connection raw) throws SQLException {
    if (hasBeforeClose) {
      HookConnection lent = new HookConnection(raw, "beforeClose");
      try {
        hooks.beforeClose(lent.face());
      } finally {
        lent.end();
      }
    }
  }
}
