package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.SelfChecked;
import dev.sluice.proxy.config.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The whole sidecar in virtual time under random clients, servers, faults and reloads; see {@link
 * SidecarSimulation}. {@code -Dsidecar.sim.seeds=10000} runs more, {@code -Dsidecar.sim.seed=…}
 * repeats one.
 */
@SelfChecked("SidecarSimulation checks more, and after each event")
class SidecarSimulationTest {
  private static final int SEEDS = 60;

  private static SidecarSimulation run(long seed) throws ConfigException {
    SidecarSimulation run = new SidecarSimulation(seed);
    run.execute();
    return run;
  }

  @Test
  @Timeout(value = 6, unit = TimeUnit.HOURS)
  void everyPromiseIsKeptInEverySeed() throws ConfigException {
    Long only = Long.getLong("sidecar.sim.seed");
    long first = only != null ? only : Long.getLong("sidecar.sim.first", 1);
    long seeds = only != null ? 1 : Integer.getInteger("sidecar.sim.seeds", SEEDS);
    Map<String, Integer> endings = new TreeMap<>();
    for (long seed = first; seed < first + seeds; seed++) {
      SidecarSimulation run = run(seed);
      assertThat(run.time.faults).as("%s", run.story()).isEmpty();
      run.endings.forEach((why, count) -> endings.merge(why, count, Integer::sum));
    }
    assertThat(seeds < SEEDS || endings.size() > 5).as("endings %s", endings).isTrue();
  }

  @Test
  void sameSeedGivesTheSameHistory() throws ConfigException {
    for (long seed = 1; seed <= 40; seed++) {
      List<String> first = run(seed).time.trace;
      List<String> second = run(seed).time.trace;
      int same = 0;
      while (same < first.size()
          && same < second.size()
          && first.get(same).equals(second.get(same))) {
        same++;
      }
      assertThat(rest(second, same)).as("seed %d", seed).isEqualTo(rest(first, same));
    }
  }

  /** What follows what two runs have in common, and a little of that. */
  private static List<String> rest(List<String> trace, int from) {
    return from == trace.size()
        ? List.of()
        : trace.subList(Math.max(0, from - 20), Math.min(trace.size(), from + 5));
  }
}
