package dev.sluice.faults;

import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the pools write to the log, from a moment on. */
final class LogCapture extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("dev.sluice.pool");
  private final List<String> lines = new CopyOnWriteArrayList<>();

  static LogCapture start() {
    LogCapture capture = new LogCapture();
    capture.logger.addHandler(capture);
    return capture;
  }

  /** What was said at WARNING or higher. */
  List<String> warnings() {
    return lines;
  }

  @Override
  public void publish(LogRecord record) {
    if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
      Object[] parameters = record.getParameters();
      String text = record.getMessage();
      lines.add(parameters == null ? text : MessageFormat.format(text, parameters));
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
