package dev.sluice.jdbc;

import java.util.concurrent.Executor;

/** Runs what it is given at once; a class, since linking a lambda delays the first lease. */
final class CallerRuns implements Executor {
  static final CallerRuns INSTANCE = new CallerRuns();

  private CallerRuns() {}

  @Override
  public void execute(Runnable task) {
    task.run();
  }
}
