package dev.sluice.bench.sidecar;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What the system says of a process. */
final class ProcessFigures {
  private static final String RESIDENT = "VmRSS:";

  private ProcessFigures() {}

  /** The processor time of all its threads since it began. */
  static Duration processorTime(long pid) throws IOException {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .orElseThrow(() -> new IOException("process " + pid + " has ended, or hides its time"));
  }

  /** Its memory in kB; -1 where the system does not tell. */
  static long residentKilobytes(long pid) throws IOException {
    Path status = Path.of("/proc", Long.toString(pid), "status");
    if (!Files.isReadable(status)) {
      return -1;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith(RESIDENT)) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return -1;
  }
}
