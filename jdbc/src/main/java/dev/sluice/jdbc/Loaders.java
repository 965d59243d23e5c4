package dev.sluice.jdbc;

import org.jspecify.annotations.Nullable;

/** The class loaders under which a pool's code runs, as the pool itself knows them. */
final class Loaders {
  private Loaders() {}

  /** The one that has Sluice. */
  static ClassLoader ofSluice() {
    ClassLoader own = Loaders.class.getClassLoader();
    return own != null ? own : ClassLoader.getSystemClassLoader();
  }

  /** The one that the configuration names, else the running thread's. */
  static ClassLoader context(SluiceConfig config) {
    ClassLoader named = config.pool().classLoader();
    ClassLoader context = named != null ? named : Thread.currentThread().getContextClassLoader();
    return context != null ? context : ofSluice();
  }

  /** Puts a context class loader in place on the running thread; returns what was there. */
  @SuppressWarnings("ReferenceEquality") // a loader is equal to itself alone
  static @Nullable ClassLoader enter(@Nullable ClassLoader loader) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    if (before != loader) {
      try {
        thread.setContextClassLoader(loader);
      } catch (SecurityException e) {
        // A thread of the common pool of a JVM with a security manager keeps what it has.
        return before;
      }
    }
    return before;
  }

  /** What a loader is called in messages, without calling code of its own. */
  static String name(ClassLoader loader) {
    String type = loader.getClass().getName();
    return loader.getName() == null ? type : type + " '" + loader.getName() + "'";
  }
}
