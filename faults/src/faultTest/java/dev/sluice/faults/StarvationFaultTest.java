package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Row 31: hardly a processor to run on, and a crowd that wants to. */
class StarvationFaultTest extends FaultTest {

  @Test
  void fault31CrowdOnOneCarrierIsServedEveryoneAndNobodySpins() throws Exception {
    int callers = scaled(10_000);
    try (ChildJvm child =
        ChildJvm.start(
            "",
            List.of(
                "-XX:ActiveProcessorCount=1",
                "-Xmx256m",
                "-Djdk.virtualThreadScheduler.parallelism=1",
                "-Djdk.virtualThreadScheduler.maxPoolSize=1"),
            ChildCrowd.class,
            Integer.toString(callers))) {

      String[] outcome = child.expect("SERVED").split(" ", -1);

      assertThat(Integer.parseInt(outcome[0])).isEqualTo(Integer.parseInt(outcome[1]));
      assertThat(Integer.parseInt(outcome[2])).as("most in use at once").isLessThanOrEqualTo(5);
      assertThat(child.expect("IDLE CPU MS"))
          .as("processor time in a second in which everybody waits")
          .satisfies(ms -> assertThat(Long.parseLong(ms)).isLessThan(500));
    }
  }
}
