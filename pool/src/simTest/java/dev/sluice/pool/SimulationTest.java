package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole engine in virtual time under random callers, configurations and faults; see {@link
 * SimRun}. {@code -Dsim.seeds=100000} runs more, {@code -Dsim.seed=…} repeats one.
 */
@SelfChecked("SimRun checks more, and at every moment")
class SimulationTest extends QuietLog {
  private static final int SEEDS = 2_000;

  @Test
  @Timeout(value = 6, unit = java.util.concurrent.TimeUnit.HOURS)
  void everyPromiseIsKeptInEverySeed() throws Exception {
    Long only = Long.getLong("sim.seed");
    if (only != null) {
      SimRun run = new SimRun(only);
      run.execute();
      return;
    }
    int seeds = Integer.getInteger("sim.seeds", SEEDS);
    long first = Long.getLong("sim.first", 1);
    long overtaken = 0;
    for (long seed = first; seed < first + seeds; seed++) {
      SimRun run = new SimRun(seed);
      run.execute();
      overtaken += run.overtakenSoon;
    }
    assertThat(seeds < SEEDS || overtaken > 8).as("overtaken %d times", overtaken).isTrue();
  }

  /** Seeds that once failed. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        30, 47, 79, 116, 373, 378, 580, 724, 816, 1136, 1194, 1281, 1467, 1982, 2271, 4839, 5061,
        6258, 6274, 11465, 121392, 241896, 246189, 300082
      })
  void seedThatOnceFailedPasses(long seed) throws Exception {
    new SimRun(seed).execute();
  }

  @Test
  void sameSeedGivesTheSameHistory() throws Exception {
    for (long seed = 1; seed <= 20; seed++) {
      SimRun first = new SimRun(seed);
      first.execute();
      SimRun second = new SimRun(seed);
      second.execute();
      assertThat(second.history()).as("seed %d", seed).isEqualTo(first.history());
    }
  }
}
