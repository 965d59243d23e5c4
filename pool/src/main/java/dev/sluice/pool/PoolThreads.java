package dev.sluice.pool;

import java.security.AccessController;
import java.security.PrivilegedAction;

/**
 * Creates threads that inherit nothing from the thread that happens to need them first. A thread
 * inherits its creator's context class loader, thread group and, on JVMs before 24, the protection
 * domains of all its creator's callers. Through any of these, a shared thread would keep an
 * application from being unloaded.
 */
final class PoolThreads implements PrivilegedAction<Thread> {
  /** From this JVM version on, a thread inherits no access control context. */
  private static final int NO_CONTEXT_SINCE = 24;

  private final Runnable task;
  private final String name;

  private PoolThreads(Runnable task, String name) {
    this.task = task;
    this.name = name;
  }

  /** A daemon thread with the given context class loader, not yet started. */
  static Thread daemon(Runnable task, String name, ClassLoader loader) {
    PoolThreads maker = new PoolThreads(task, name);
    Thread thread =
        Runtime.version().feature() < NO_CONTEXT_SINCE ? maker.makeUnobserved() : maker.run();
    thread.setDaemon(true);
    thread.setContextClassLoader(loader);
    return thread;
  }

  /** Creates the thread in a privileged action, which cuts off the domains of all callers. */
  @SuppressWarnings("removal") // not called where it is without effect, or gone
  private Thread makeUnobserved() {
    return AccessController.doPrivileged(this);
  }

  @Override
  public Thread run() {
    return new Thread(topGroup(), task, name, 0, false);
  }

  /**
   * The top thread group. The creator's group may belong to an application, and may be destroyed.
   */
  private static ThreadGroup topGroup() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    for (ThreadGroup next = group; next != null; next = next.getParent()) {
      group = next;
    }
    return group;
  }
}
