package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs user code on a separate thread. Code that hangs cannot be stopped. So after the limit the
 * caller goes on, and that thread stays behind with the code.
 */
final class HookThread {
  private HookThread() {}

  /** Work that may throw. */
  interface Work {
    void run() throws Exception;
  }

  /**
   * Runs the work and waits for its end.
   *
   * @param what the name of the work in messages, and of its thread
   * @param context the context class loader
   * @throws SQLTimeoutException if it took longer than the limit; it is interrupted then
   * @throws Exception if the work throws it
   */
  static void run(String what, ClassLoader context, Duration limit, Work work) throws Exception {
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              work.run();
              return true;
            });
    Thread thread = new Thread(null, task, "sluice-" + what, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(context);
    thread.start();
    try {
      task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw thrown(e);
    } catch (TimeoutException e) {
      throw new SQLTimeoutException(
          what + " took longer than " + limit.toMillis() + " ms", SqlStates.NO_CONNECTION, e);
    } finally {
      task.cancel(true);
    }
  }

  private static Exception thrown(ExecutionException e) throws SQLException {
    Throwable cause = e.getCause();
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof Exception exception ? exception : e;
  }
}
