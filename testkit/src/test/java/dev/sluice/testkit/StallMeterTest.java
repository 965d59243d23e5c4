package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class StallMeterTest {

  @Test
  @DisabledOnOs(OS.WINDOWS) // which has no such signals
  void standstillOfTheProcessIsMeasured() throws Exception {
    long pid = ProcessHandle.current().pid();
    String stop = "kill -STOP " + pid + "; sleep 0.3; kill -CONT " + pid;
    long start = StallMeter.now();

    new ProcessBuilder("sh", "-c", stop).start().waitFor();

    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(StallMeter.since(start)).isGreaterThanOrEqualTo(Duration.ofMillis(250));
    assertThat(StallMeter.since(StallMeter.now())).isLessThan(took);
  }
}
