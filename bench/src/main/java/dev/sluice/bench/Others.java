package dev.sluice.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How much of the machine other programs use, looked at for a moment while nothing is measured. The
 * load average would tell it a minute too late.
 */
class Others {
  /** The share of all processors from which a figure that was taken then means little. */
  static final double DISTURBING = 0.15;

  private static final Path STAT = Path.of("/proc/stat");
  private static final long LOOK_MILLIS = 200;
  private static final int IDLE = 3;
  private static final int WAITING_FOR_IO = 4;
  private static final int GUEST = 8; // counted as user time already

  /** The share of all processors that is in use, from 0 to 1. */
  double share() throws InterruptedException {
    try {
      long[] before = ticks();
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      long[] after = ticks();
      long all = total(after) - total(before);
      long idle = idle(after) - idle(before);
      return all <= 0 ? 0 : Math.max(0, all - idle) / (double) all;
    } catch (IOException e) { // not Linux
      OperatingSystemMXBean system =
          ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
      return Math.min(1, Math.max(0, system.getCpuLoad()));
    }
  }

  /** The ticks of all processors together since the start of the machine, by what they did. */
  private static long[] ticks() throws IOException {
    String line = Files.readAllLines(STAT).get(0);
    return Arrays.stream(line.strip().split("\\s+")).skip(1).mapToLong(Long::parseLong).toArray();
  }

  private static long total(long[] ticks) {
    return Arrays.stream(ticks).limit(GUEST).sum();
  }

  private static long idle(long[] ticks) {
    return ticks[IDLE] + ticks[WAITING_FOR_IO];
  }
}
