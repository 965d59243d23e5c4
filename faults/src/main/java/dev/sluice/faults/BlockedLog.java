package dev.sluice.faults;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The log of all pools, with a handler that blocks until it is closed. Safe for any thread. */
final class BlockedLog extends Handler {
  /** A handler that were never released would be a soak that hangs. */
  private static final int SECONDS_MAX = 10;

  private static final Logger LOGGER = Logger.getLogger("dev.sluice");

  private final CountDownLatch gate;
  private volatile boolean entered;
  private final Level level = LOGGER.getLevel();
  private final boolean parents = LOGGER.getUseParentHandlers();

  /** From now on, who logs a warning waits for the gate. */
  BlockedLog(CountDownLatch gate) {
    this.gate = gate;
    LOGGER.setUseParentHandlers(false);
    LOGGER.addHandler(this);
    LOGGER.setLevel(Level.WARNING);
  }

  @Override
  public void publish(LogRecord message) {
    entered = true;
    try {
      gate.await(SECONDS_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether somebody has logged something. */
  boolean isEntered() {
    return entered;
  }

  @Override
  public void flush() {}

  /** Opens the gate, and has the logger as it was. */
  @Override
  public void close() {
    gate.countDown();
    LOGGER.setLevel(level);
    LOGGER.removeHandler(this);
    LOGGER.setUseParentHandlers(parents);
  }
}
