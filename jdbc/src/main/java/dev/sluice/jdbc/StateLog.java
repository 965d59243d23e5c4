package dev.sluice.jdbc;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Logs the changes of hosts. A log handler may block, and changes are noticed by borrowers too. So
 * a thread of its own writes what there is to write, and ends. While a handler blocks, {@value
 * #MOST} lines wait for it, and further ones are dropped. Thread-safe.
 */
final class StateLog {
  /** How many lines wait at most. */
  static final int MOST = 100;

  private final String name;
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  StateLog(String name) {
    this.name = name;
  }

  void write(String line) {
    if (waiting.get() >= MOST) {
      return;
    }
    lines.add(line);
    if (waiting.getAndIncrement() == 0) {
      Thread writer = new Thread(null, this::writeAll, "sluice-" + name + "-log", 0, false);
      writer.setDaemon(true);
      writer.start();
    }
  }

  private void writeAll() {
    do {
      try {
        Log.info("'" + name + "': " + lines.poll());
      } catch (RuntimeException e) { // the handler's, who may be told, but must not end this
        Thread self = Thread.currentThread();
        self.getUncaughtExceptionHandler().uncaughtException(self, e);
      }
    } while (waiting.decrementAndGet() > 0);
  }
}
