package dev.sluice.proxy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the engine and the libraries log into the sidecar's log, in its format. Otherwise it
 * would go to the standard error stream, past {@code logfile} and {@code --quiet}. Thread-safe.
 *
 * <p>The JDK's logging makes one by its class name when it is first used, so a sidecar that has
 * nothing to say does not load it. That is why the class and its constructor are public.
 */
public final class LibraryLog extends Handler {
  private static final String BY_CLASS = "java.util.logging.config.class";
  private static final String BY_FILE = "java.util.logging.config.file";

  private static volatile @Nullable SidecarLog target;

  private final SimpleFormatter texts = new SimpleFormatter();

  /** For the JDK's logging. */
  public LibraryLog() {}

  /** Lets this process log here, unless its command line configures logging. */
  static void install() {
    if (System.getProperty(BY_CLASS) == null && System.getProperty(BY_FILE) == null) {
      System.setProperty(BY_CLASS, Configuration.class.getName());
    }
  }

  /** Names the log of this process; until then there are no lines. */
  static void into(SidecarLog log) {
    target = log;
  }

  @Override
  public void publish(LogRecord entry) {
    SidecarLog log = target;
    if (log != null) {
      log.write(level(entry.getLevel()), text(entry));
    }
  }

  private static SidecarLog.Level level(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return SidecarLog.Level.ERROR;
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return SidecarLog.Level.WARNING;
    }
    return level.intValue() >= Level.INFO.intValue()
        ? SidecarLog.Level.LOG
        : SidecarLog.Level.DEBUG;
  }

  /** One line, with the cause if there is one. */
  private String text(LogRecord entry) {
    String text = texts.formatMessage(entry).replaceAll("\\s*\\R\\s*", " | ");
    Throwable thrown = entry.getThrown();
    return thrown == null ? text : text + ": " + thrown;
  }

  @Override
  public void flush() {
    // the sidecar's log keeps nothing back
  }

  @Override
  public void close() {
    // the sidecar's log is closed with the sidecar
  }

  /** Tells the JDK's logging of the handler, when it begins. */
  public static final class Configuration {
    /** For the JDK's logging. */
    public Configuration() throws IOException {
      String settings = "handlers=" + LibraryLog.class.getName() + "\n.level=INFO\n";
      LogManager.getLogManager()
          .readConfiguration(
              new ByteArrayInputStream(settings.getBytes(StandardCharsets.ISO_8859_1)));
    }
  }
}
