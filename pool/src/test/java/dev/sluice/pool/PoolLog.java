package dev.sluice.pool;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What is logged of a pool while this is open; those of earlier tests may still have to say. */
final class PoolLog extends Handler implements AutoCloseable {
  /** Kept, because the loggers are known weakly. */
  private final Logger logger = Logger.getLogger("dev.sluice.pool");

  final List<LogRecord> records = new CopyOnWriteArrayList<>();

  /** What it does with a record beside keeping it. */
  volatile Runnable fault = () -> {};

  private final String pool;

  /** Other tests silence the logger, and some keep it silent. */
  private final @Nullable Level before = logger.getLevel();

  PoolLog(String pool) {
    this.pool = pool;
    logger.setLevel(Level.INFO);
    logger.addHandler(this);
  }

  List<String> messages() {
    return records.stream().map(LogRecord::getMessage).toList();
  }

  @Override
  public void publish(LogRecord record) {
    if (record.getMessage().contains(pool)) {
      records.add(record);
      fault.run();
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setLevel(before);
  }
}
