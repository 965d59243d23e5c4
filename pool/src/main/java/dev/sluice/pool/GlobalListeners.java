package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The listeners that are there as services: they hear every pool without being given to it. */
final class GlobalListeners {
  /** A bound on what a broken list of services can cost. */
  private static final int MOST = 100;

  private GlobalListeners() {}

  /**
   * Makes one of each kind that the thread's context class loader knows. One that cannot be made is
   * logged and left out: it is no reason to have no pool.
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
            .log(Level.WARNING, "a listener that is there as a service cannot be had", e);
      }
    }
    return found;
  }
}
