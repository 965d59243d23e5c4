package dev.sluice.proxy;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The log, in PgBouncer's format, because alert rules and scripts match it. It goes to the standard
 * error stream unless that is quiet, and to a file if one is set. Thread-safe. A file that cannot
 * be written costs one line on the standard error stream, and no traffic.
 */
final class SidecarLog {
  /** How important a line is. */
  enum Level {
    FATAL(0),
    ERROR(0),
    WARNING(0),
    LOG(0),
    DEBUG(1),
    NOISE(2);

    /** The verbosity from which on it is written. */
    final int from;

    Level(int from) {
      this.from = from;
    }
  }

  private final PrintStream console;
  private final long processId;
  private final LogTime time = new LogTime();

  private volatile boolean quiet;
  private volatile int verbose;
  private volatile int least;
  private @Nullable Path file;
  private @Nullable PrintStream out;

  SidecarLog(PrintStream console) {
    this(console, ProcessHandle.current().pid());
  }

  /**
   * Writes to the console.
   *
   * @param processId that the lines show
   */
  SidecarLog(PrintStream console, long processId) {
    this.console = console;
    this.processId = processId;
  }

  /** Writes at least this much, whatever the settings say. */
  void atLeast(int verbosity) {
    least = verbosity;
  }

  /** Writes to the file alone. */
  void quiet(boolean now) {
    quiet = now;
  }

  /** Sets how much is written: 0 to 3. */
  void verbose(int now) {
    verbose = now;
  }

  boolean isVerbose(Level level) {
    return Math.max(verbose, least) >= level.from;
  }

  /** Writes to this file from now on, or opens it anew: it may have been moved away. */
  synchronized void reopen(@Nullable Path newFile) {
    if (out != null) {
      out.close();
      out = null;
    }
    file = newFile;
    if (newFile == null) {
      return;
    }
    try {
      out =
          new PrintStream(
              Files.newOutputStream(newFile, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
              true,
              StandardCharsets.UTF_8);
    } catch (IOException e) {
      console.println(line(Level.WARNING, "cannot open logfile: '" + newFile + "': " + e));
    }
  }

  void log(String text) {
    write(Level.LOG, text);
  }

  void warning(String text) {
    write(Level.WARNING, text);
  }

  void error(String text) {
    write(Level.ERROR, text);
  }

  void write(Level level, String text) {
    if (!isVerbose(level)) {
      return;
    }
    String line = line(level, printable(text));
    synchronized (this) {
      if (out != null) {
        out.println(line);
        if (out.checkError()) {
          console.println(line(Level.WARNING, "cannot write to logfile '" + file + "'"));
          out.close();
          out = null;
        }
      }
    }
    if (!quiet) {
      console.println(line);
    }
  }

  /** One line, whatever a stranger put into it. */
  private static String printable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return replaceControls(text);
      }
    }
    return text;
  }

  private static String replaceControls(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      clean.append(Character.isISOControl(c) ? '?' : c);
    }
    return clean.toString();
  }

  private String line(Level level, String text) {
    StringBuilder line = new StringBuilder(text.length() + 64);
    time.append(line, Instant.now());
    return line.append(" [")
        .append(processId)
        .append("] ")
        .append(level)
        .append(' ')
        .append(text)
        .toString();
  }
}
