package dev.sluice.faults;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this process holds at a moment.
 *
 * @param memory bytes of heap in use after a collection
 * @param threads the names of the live threads, but for those of the JDK's own pools
 * @param sockets open sockets, -1 where the operating system does not show them
 */
record Footprint(long memory, List<String> threads, int sockets) {
  /** What a run may hold more at its end than at its beginning: caches, compiled code's data. */
  static final long MEMORY_GROWTH_MAX = 8L << 20;

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final int COLLECTIONS = 3;

  static Footprint take() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    long memory = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return new Footprint(memory, threadNames(), countSockets());
  }

  /**
   * A reaper waits for the end of each process, and the common pool starts its workers when it
   * likes: how many there are says nothing of a connection pool.
   */
  private static List<String> threadNames() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> !name.startsWith("process reaper"))
        .filter(name -> !name.startsWith("ForkJoinPool.commonPool"))
        .sorted()
        .toList();
  }

  private static int countSockets() {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return -1;
    }
    try (Stream<Path> all = Files.list(DESCRIPTORS)) {
      return (int) all.filter(Footprint::isSocket).count();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot list " + DESCRIPTORS, e);
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  /** Whether it is no more than {@code before}, but for the noise that is named above. */
  boolean isNoGrowthOver(Footprint before) {
    return memory - before.memory <= MEMORY_GROWTH_MAX
        && threads.size() <= before.threads.size()
        && sockets <= before.sockets;
  }

  /** The threads of this one that were not there {@code before}. */
  List<String> threadsNotIn(Footprint before) {
    List<String> fresh = new ArrayList<>(threads);
    before.threads.forEach(fresh::remove);
    return fresh;
  }

  @Override
  public String toString() {
    return "memory "
        + (memory >> 10)
        + " KiB, threads "
        + threads.size()
        + ", sockets "
        + (sockets < 0 ? "unknown" : Integer.toString(sockets));
  }
}
