package dev.sluice.jdbc;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the connections log while this is open. */
final class JdbcLog extends Handler implements AutoCloseable {
  /** Kept, because the loggers are known weakly. */
  private final Logger logger = Logger.getLogger("dev.sluice.jdbc");

  final List<LogRecord> records = new CopyOnWriteArrayList<>();

  JdbcLog() {
    logger.addHandler(this);
  }

  @Override
  public void publish(LogRecord record) {
    records.add(record);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
