package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The listeners that are registered as services: they receive the events of every pool. */
final class GlobalListeners {
  /** Bounds the cost of a broken list of services. */
  private static final int MOST = 100;

  private GlobalListeners() {}

  /**
   * Creates one listener of each class that the thread's context class loader finds. If a listener
   * cannot be created, this method logs that and omits it, because it must not prevent the pool.
   */
  static List<PoolListener> load() {
    List<PoolListener> found = new ArrayList<>();
    Iterator<PoolListener> services = ServiceLoader.load(PoolListener.class).iterator();
    for (int i = 0; i < MOST; i++) {
      try {
        if (!services.hasNext()) {
          break;
        }
        found.add(services.next());
      } catch (ServiceConfigurationError | LinkageError e) {
        System.getLogger("dev.sluice.pool")
            .log(
                Level.WARNING, "a listener that is registered as a service could not be loaded", e);
      }
    }
    return found;
  }
}
