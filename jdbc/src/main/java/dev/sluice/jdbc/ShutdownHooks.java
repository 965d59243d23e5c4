package dev.sluice.jdbc;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Closes what is still open when the JVM shuts down, all at once and each on a thread of its own,
 * so that one that hangs takes nobody's chance. One hook serves all; it is set up at the first
 * need.
 */
final class ShutdownHooks {
  private static final System.Logger LOG = System.getLogger("dev.sluice.pools");
  private static final Set<AutoCloseable> OPEN = ConcurrentHashMap.newKeySet();

  private ShutdownHooks() {}

  /** Set up when it is first touched. */
  private static final class Hook {
    static {
      Runtime.getRuntime().addShutdownHook(new Thread(ShutdownHooks::closeAll, "sluice-shutdown"));
    }

    private Hook() {}

    static void touch() {}
  }

  /** Closes this at the end, unless it is {@linkplain #remove removed} before. */
  static void add(AutoCloseable closeable) {
    OPEN.add(closeable);
    try {
      Hook.touch();
    } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
      // The JVM is shutting down already, so no hook can be set up any more.
      LOG.log(System.Logger.Level.WARNING, "too late to close anything at shutdown: {0}", e);
    }
  }

  /** Forgets what was closed in time. */
  static void remove(AutoCloseable closeable) {
    OPEN.remove(closeable);
  }

  /** How many would be closed. */
  static int size() {
    return OPEN.size();
  }

  static void closeAll() {
    Thread[] closers =
        OPEN.stream()
            .map(closeable -> new Thread(() -> close(closeable), "sluice-shutdown-close"))
            .toArray(Thread[]::new);
    for (Thread closer : closers) {
      closer.start();
    }
    try {
      for (Thread closer : closers) {
        closer.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(AutoCloseable closeable) {
    OPEN.remove(closeable);
    try {
      closeable.close();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.WARNING, "could not be closed at shutdown", e);
    }
  }
}
