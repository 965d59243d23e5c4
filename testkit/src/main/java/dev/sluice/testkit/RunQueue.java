package dev.sluice.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * For how long the machine let a thread wait for a processor that others had. {@link StallMeter}
 * sees what keeps all threads from running; this is the share of one of them, which is larger where
 * more are busy than there are processors.
 */
public final class RunQueue {
  private static final Path OWN_STATISTICS = Path.of("/proc/thread-self/schedstat");

  private RunQueue() {}

  /**
   * The time that the calling platform thread has spent ready to run and not running, in all its
   * life; zero where the operating system does not tell.
   */
  public static Duration waited() {
    try {
      String[] runningWaitingSlices = Files.readString(OWN_STATISTICS).strip().split(" ", -1);
      return Duration.ofNanos(Long.parseLong(runningWaitingSlices[1]));
    } catch (IOException e) {
      return Duration.ZERO; // no such file, or no descriptor left to read it with
    }
  }
}
