package dev.sluice.pool;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What tests share in which the engine would log every injected fault: they silence its log. */
abstract class QuietLog {
  private static final Logger LOG = Logger.getLogger("dev.sluice.pool");
  private static Level level;

  @BeforeAll
  static void quiet() {
    level = LOG.getLevel();
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void loud() {
    LOG.setLevel(level);
  }
}
