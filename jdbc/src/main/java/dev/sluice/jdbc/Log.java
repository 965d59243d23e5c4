package dev.sluice.jdbc;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** The one logger of this module. */
final class Log {
  static final String NAME = "dev.sluice.jdbc";

  /** Initialised by the first message, so that a pool without messages loads no logging class. */
  private static final class Output {
    static final System.Logger LOG = System.getLogger(NAME);

    private Output() {}
  }

  private Log() {}

  static void warning(String text) {
    warning(text, null);
  }

  static void warning(String text, @Nullable Throwable cause) {
    Output.LOG.log(Level.WARNING, text, cause);
  }

  static void info(String text) {
    Output.LOG.log(Level.INFO, text);
  }

  static void debug(String text, Throwable cause) {
    Output.LOG.log(Level.DEBUG, text, cause);
  }
}
