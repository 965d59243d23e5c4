package dev.sluice.r2dbc;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Says once if a pool's connections come on more event loops than there are processors. Then each
 * answer wakes a thread of its own, and the same processors do less work. Reactor Netty has four
 * loops where there are fewer processors, as in a small container.
 */
final class LoopCount {
  private final String poolName;
  private final int processors;
  private final Consumer<String> log;
  private final Set<String> loops = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean said = new AtomicBoolean();

  LoopCount(String poolName, int processors, Consumer<String> log) {
    this.poolName = poolName;
    this.processors = processors;
    this.log = log;
  }

  /** A connection lives on the loop of this thread. */
  void cameOn(Thread loop) {
    if (said.get()) {
      return;
    }
    loops.add(loop.getName());
    if (loops.size() > processors && said.compareAndSet(false, true)) {
      log.accept(text());
    }
  }

  private String text() {
    return "Pool '"
        + poolName
        + "' has connections on "
        + loops.size()
        + " event loops, and this JVM has "
        + processors
        + (processors == 1 ? " processor" : " processors")
        + ". As many loops as processors would do more work. If the driver uses Reactor Netty,"
        + " start the JVM with -Dreactor.netty.ioWorkerCount="
        + processors
        + ".";
  }
}
