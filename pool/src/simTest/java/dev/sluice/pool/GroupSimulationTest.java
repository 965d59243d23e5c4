package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Several pools with a cap that they share, in virtual time, with threads that stop anywhere; see
 * {@link GroupRun}. {@code -Dsim.groupSeeds=100000} runs more, {@code -Dsim.seed=…} repeats one.
 */
@SelfChecked("GroupRun checks more, and at every moment")
class GroupSimulationTest extends QuietLog {
  private static final int SEEDS = 500;

  @Test
  void capHoldsNobodyStarvesAndNothingHangsInEverySeed() throws Exception {
    Long only = Long.getLong("sim.seed");
    if (only != null) {
      new GroupRun(only).execute();
      return;
    }
    int seeds = Integer.getInteger("sim.groupSeeds", SEEDS);
    long given = 0;
    long refused = 0;
    for (long seed = 1; seed <= seeds; seed++) {
      GroupRun run = new GroupRun(seed);
      run.execute();
      given += run.givenUp;
      refused += run.atTheCap;
    }
    assertThat(given).as("resources that were given up to others").isGreaterThan(seeds / 2);
    assertThat(refused).as("moments at which the cap was reached").isGreaterThan(seeds);
  }
}
