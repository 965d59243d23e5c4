package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the connections log while this is open. */
final class JdbcLog extends Handler implements AutoCloseable {
  /** Kept, because the loggers are known weakly. */
  private final Logger logger;

  final List<LogRecord> records = new CopyOnWriteArrayList<>();

  JdbcLog() {
    this("dev.sluice.jdbc");
  }

  /** What that logger is given. */
  JdbcLog(String name) {
    logger = Logger.getLogger(name);
    logger.addHandler(this);
  }

  /** Waits until there are so many: a thread of its own writes them. */
  void await(int count) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (records.size() < count && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(records).hasSizeGreaterThanOrEqualTo(count);
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
