package dev.sluice.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** Where the figures were taken. */
public final class Machine {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** One line: cores, processor, memory, system, JVM, and how busy the machine was already. */
  public static String describe() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return String.format(
        Locale.ROOT,
        "%d cores%s, %d GiB, %s %s, %s %s; load before the start %.1f",
        system.getAvailableProcessors(),
        processor(),
        Math.round(system.getTotalMemorySize() / (double) (1L << 30)),
        system.getName(),
        system.getVersion(),
        System.getProperty("java.vm.vendor"),
        System.getProperty("java.vm.version"),
        system.getSystemLoadAverage());
  }

  private static String processor() {
    if (!Files.isReadable(CPU_INFO)) {
      return "";
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> " (" + line.substring(line.indexOf(':') + 1).strip() + ")")
          .orElse("");
    } catch (IOException e) {
      return " (" + CPU_INFO + " cannot be read: " + e.getMessage() + ")";
    }
  }
}
