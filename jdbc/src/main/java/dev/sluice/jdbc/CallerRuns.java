package dev.sluice.jdbc;

import java.util.concurrent.Executor;

/**
 * Runs a task at once on the calling thread. A class, because linking a lambda would delay the
 * first lease.
 */
final class CallerRuns implements Executor {
  static final CallerRuns INSTANCE = new CallerRuns();

  private CallerRuns() {}

  @Override
  public void execute(Runnable task) {
    task.run();
  }
}
