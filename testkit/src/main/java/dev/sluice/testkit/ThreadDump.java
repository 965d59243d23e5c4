package dev.sluice.testkit;

import java.io.IOException;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.PlatformManagedObject;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;

/** What all threads are doing, virtual ones included where the JVM can tell. */
final class ThreadDump {
  private ThreadDump() {}

  static String take() {
    StringBuilder dump = new StringBuilder();
    for (ThreadInfo info :
        ManagementFactory.getThreadMXBean().dumpAllThreads(true, true, Integer.MAX_VALUE)) {
      append(dump, info);
    }
    return dump.append(virtualThreads()).toString();
  }

  /** Not {@code ThreadInfo.toString}, which cuts stacks after eight frames. */
  private static void append(StringBuilder dump, ThreadInfo info) {
    dump.append('"').append(info.getThreadName()).append("\" ").append(info.getThreadState());
    LockInfo on = info.getLockInfo();
    if (on != null) {
      dump.append(" on ").append(on);
    }
    if (info.getLockOwnerName() != null) {
      dump.append(" owned by \"").append(info.getLockOwnerName()).append('"');
    }
    dump.append('\n');
    for (StackTraceElement frame : info.getStackTrace()) {
      dump.append("    at ").append(frame).append('\n');
    }
    dump.append('\n');
  }

  /** From Java 21 on, by a method of the diagnostic bean that earlier ones lack. */
  private static String virtualThreads() {
    try {
      Class<? extends PlatformManagedObject> type =
          Class.forName("com.sun.management.HotSpotDiagnosticMXBean")
              .asSubclass(PlatformManagedObject.class);
      Class<?> format = Class.forName(type.getName() + "$ThreadDumpFormat");
      Path file = Files.createTempDirectory("threads").resolve("dump.txt");
      type.getMethod("dumpThreads", String.class, format)
          .invoke(
              ManagementFactory.getPlatformMXBean(type),
              file.toString(),
              format.getEnumConstants()[0]);
      String all = Files.readString(file);
      Files.delete(file);
      Files.delete(file.getParent());
      int from = all.indexOf(" virtual\n");
      return from < 0 ? "" : "With virtual threads:\n" + all;
    } catch (ReflectiveOperationException | IOException e) {
      return ""; // a JVM without them, or one that will not tell
    }
  }
}
