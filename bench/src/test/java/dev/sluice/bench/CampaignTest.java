package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.bench.pools.PoolKind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class CampaignTest {
  private static final List<PoolKind> THREE =
      List.of(PoolKind.HIKARI, PoolKind.AGROAL, PoolKind.BEE);

  private static final Others NOBODY =
      new Others() {
        @Override
        double share() {
          return 0;
        }
      };

  private final StringWriter progress = new StringWriter();

  @Test
  void everyRoundBeginsWithAnotherPool() throws Exception {
    FakeScenario scenario = new FakeScenario(pool -> FakeScenario.sample(1, 1));

    run(scenario, 3);

    assertThat(scenario.turns())
        .containsExactly(
            PoolKind.HIKARI,
            PoolKind.AGROAL,
            PoolKind.BEE,
            PoolKind.AGROAL,
            PoolKind.BEE,
            PoolKind.HIKARI,
            PoolKind.BEE,
            PoolKind.HIKARI,
            PoolKind.AGROAL);
  }

  @Test
  void poolThatFailsDoesNotStopTheOthers() throws Exception {
    FakeScenario scenario =
        new FakeScenario(
            pool -> {
              if (pool == PoolKind.AGROAL) {
                throw new IllegalStateException("out of order");
              }
              return FakeScenario.sample(2, 1);
            });

    Results results = run(scenario, 1);

    assertThat(results.failures()).containsOnlyKeys(PoolKind.AGROAL);
    assertThat(results.spread(PoolKind.BEE, Metric.OPS)).contains(new Spread(2, 2, 2));
    assertThat(results.spread(PoolKind.AGROAL, Metric.OPS)).isEmpty();
    assertThat(progress.toString()).contains("out of order").contains("CampaignTest");
  }

  private Results run(Scenario scenario, int rounds) throws Exception {
    Launcher launcher = Launcher.create(JvmOptions.inProcess());
    PrintWriter writer = new PrintWriter(progress);
    try (Campaign campaign =
        new Campaign(Plan.QUICK.withRounds(rounds), launcher, writer, NOBODY)) {
      return campaign.run(scenario, THREE);
    }
  }
}
