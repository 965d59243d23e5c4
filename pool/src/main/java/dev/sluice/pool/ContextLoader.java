package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * The context class loader of a pool: the one that its configuration names, otherwise that of the
 * thread that builds it. All user code runs under it, on every thread, because drivers, service
 * loaders and loggers use it to find classes and settings.
 */
final class ContextLoader {
  private final ClassLoader loader;

  private ContextLoader(ClassLoader loader) {
    this.loader = loader;
  }

  /** The loader for a pool that the running thread builds. */
  static ContextLoader of(PoolConfig config) {
    ClassLoader named = config.classLoader();
    return named != null ? new ContextLoader(named) : ofThisThread();
  }

  /** The running thread's own. */
  static ContextLoader ofThisThread() {
    ClassLoader current = Thread.currentThread().getContextClassLoader();
    return new ContextLoader(current != null ? current : ofThePool());
  }

  /**
   * The class loader of Sluice itself, for threads that serve the pools of several applications.
   */
  static ClassLoader ofThePool() {
    ClassLoader own = ContextLoader.class.getClassLoader();
    return own != null ? own : ClassLoader.getSystemClassLoader();
  }

  /**
   * Sets the loader on the running thread; returns the thread's previous one, for {@link #leave}.
   */
  @Nullable ClassLoader enter() {
    ClassLoader own = Thread.currentThread().getContextClassLoader();
    set(own, loader);
    return own;
  }

  /** Restores the thread's previous loader. */
  void leave(@Nullable ClassLoader own) {
    set(loader, own);
  }

  @SuppressWarnings("ReferenceEquality") // a loader is equal to itself alone
  private static void set(@Nullable ClassLoader from, @Nullable ClassLoader to) {
    if (from != to) {
      try {
        Thread.currentThread().setContextClassLoader(to);
      } catch (SecurityException e) {
        // A thread of the common pool of a JVM with a security manager keeps what it has.
        return;
      }
    }
  }

  /** The loader itself. */
  ClassLoader loader() {
    return loader;
  }
}
