package dev.sluice.jdbc;

import org.jspecify.annotations.Nullable;

/** Sets and names the class loaders under which a pool's user code runs. */
final class Loaders {
  private Loaders() {}

  /** Sluice's own class loader. */
  static ClassLoader ofSluice() {
    ClassLoader own = Loaders.class.getClassLoader();
    return own != null ? own : ClassLoader.getSystemClassLoader();
  }

  /** The loader that the configuration names, otherwise the running thread's. */
  static ClassLoader context(SluiceConfig config) {
    ClassLoader named = config.pool().classLoader();
    ClassLoader context = named != null ? named : Thread.currentThread().getContextClassLoader();
    return context != null ? context : ofSluice();
  }

  /** Sets the context class loader of the running thread; returns the previous one. */
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

  /** A name for a loader in messages, without calling the loader's own code. */
  static String name(ClassLoader loader) {
    String type = loader.getClass().getName();
    return loader.getName() == null ? type : type + " '" + loader.getName() + "'";
  }
}
