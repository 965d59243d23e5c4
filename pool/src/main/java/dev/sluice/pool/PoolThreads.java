package dev.sluice.pool;

import java.security.AccessController;
import java.security.PrivilegedAction;

/**
 * Makes threads that hold nothing of the thread that happens to need them first. A thread inherits
 * its maker's context class loader, thread group and, on JVMs before 24, the protection domains of
 * all its maker's callers; through any of them a thread that serves others would keep an
 * application from being unloaded.
 */
final class PoolThreads implements PrivilegedAction<Thread> {
  /** From here on a thread inherits no access control context. */
  private static final int NO_CONTEXT_SINCE = 24;

  private final Runnable task;
  private final String name;

  private PoolThreads(Runnable task, String name) {
    this.task = task;
    this.name = name;
  }

  /** A daemon, not started yet, whose context class loader is the given one. */
  static Thread daemon(Runnable task, String name, ClassLoader loader) {
    PoolThreads maker = new PoolThreads(task, name);
    Thread thread =
        Runtime.version().feature() < NO_CONTEXT_SINCE ? maker.makeUnobserved() : maker.run();
    thread.setDaemon(true);
    thread.setContextClassLoader(loader);
    return thread;
  }

  /** Makes it in a privileged action, which cuts off the domains of everybody further up. */
  @SuppressWarnings("removal") // not called where it is without effect, or gone
  private Thread makeUnobserved() {
    return AccessController.doPrivileged(this);
  }

  @Override
  public Thread run() {
    return new Thread(topGroup(), task, name, 0, false);
  }

  /** A group of the maker's may be its application's, and may be destroyed. */
  private static ThreadGroup topGroup() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    for (ThreadGroup next = group; next != null; next = next.getParent()) {
      group = next;
    }
    return group;
  }
}
