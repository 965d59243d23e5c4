package dev.sluice.cli;

import java.lang.reflect.Method;
import java.util.function.Consumer;

/**
 * The threads that a crowd runs on: virtual ones where the JVM has them.
 *
 * @param kind what to call them
 * @param starter starts one
 */
record Callers(String kind, Consumer<Runnable> starter) {
  private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

  static Callers best() {
    if (Runtime.version().feature() < FIRST_WITH_VIRTUAL_THREADS) {
      return platform();
    }
    try {
      Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
      return new Callers("virtual threads", work -> startVirtual(start, work));
    } catch (NoSuchMethodException e) {
      return platform(); // a JVM of that age without them: nothing is lost
    }
  }

  private static void startVirtual(Method start, Runnable work) {
    try {
      start.invoke(null, work);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot start a virtual thread", e);
    }
  }

  static Callers platform() {
    return new Callers(
        "platform threads",
        work -> {
          Thread thread = new Thread(work, "demo-caller");
          thread.setDaemon(true);
          thread.start();
        });
  }
}
