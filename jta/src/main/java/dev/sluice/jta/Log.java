package dev.sluice.jta;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** The log of this module, {@code dev.sluice.jta}. */
final class Log {
  private static final System.Logger LOG = System.getLogger("dev.sluice.jta");

  private Log() {}

  /** For what is expected of some managers. */
  static void debug(String text, Throwable cause) {
    LOG.log(Level.DEBUG, text, cause);
  }

  static void warning(String text, @Nullable Throwable cause) {
    LOG.log(Level.WARNING, text, cause);
  }
}
