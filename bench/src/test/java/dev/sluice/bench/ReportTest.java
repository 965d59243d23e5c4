package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.bench.pools.PoolKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Scenario SCENARIO = new FakeScenario(pool -> FakeScenario.sample(0, 0));

  @Test
  void everyPoolIsComparedToSluice() {
    Results results = new Results(SCENARIO, List.of(PoolKind.HIKARI, PoolKind.SLUICE));
    results.add(PoolKind.HIKARI, FakeScenario.sample(5_000, 1_000), 0);
    results.add(PoolKind.SLUICE, FakeScenario.sample(10_000, 2_000_000), 0);

    Table table = new Report(results, 1).table();

    assertThat(table.headings()).containsExactly("pool", "ops/s", "× Sluice", "longest");
    assertThat(table.rows().get(0).subList(1, 4)).containsExactly("5,000", "0.50", "1.00 µs");
    assertThat(table.rows().get(1).subList(1, 4)).containsExactly("10,000", "1.00", "2.00 ms");
  }

  @Test
  void withoutSluiceTheFirstPoolIsTheMeasure() {
    Results results = new Results(SCENARIO, List.of(PoolKind.HIKARI, PoolKind.AGROAL));
    results.add(PoolKind.HIKARI, FakeScenario.sample(10, 0), 0);
    results.add(PoolKind.AGROAL, FakeScenario.sample(200, 0), 0);

    Table table = new Report(results, 1).table();

    assertThat(table.headings()).contains("× HikariCP");
    assertThat(table.rows().get(1)).contains("20.0");
  }

  @Test
  void severalRoundsShowMedianAndSpread() {
    Results results = new Results(SCENARIO, List.of(PoolKind.SLUICE));
    for (double ops : new double[] {7_000, 9_000, 8_000}) {
      results.add(PoolKind.SLUICE, FakeScenario.sample(ops, 0), 0);
    }

    Table table = new Report(results, 3).table();

    assertThat(table.headings())
        .containsExactly("pool", "ops/s", "least–most", "× Sluice", "longest");
    assertThat(table.rows().get(0).subList(1, 4)).containsExactly("8,000", "7,000–9,000", "1.00");
  }

  @Test
  void figuresTakenOnABusyMachineAreMarkedAndNotCompared() {
    Results results = new Results(SCENARIO, List.of(PoolKind.SLUICE, PoolKind.HIKARI));
    results.add(PoolKind.SLUICE, FakeScenario.sample(34, 0), 0.02);
    results.add(PoolKind.HIKARI, FakeScenario.sample(550, 0), 0.62);

    Report report = new Report(results, 1);

    assertThat(report.text()).contains("Busy machine: around 1 of 2 runs", "up to 62 %");
    assertThat(report.markdown()).contains("**Busy machine: around 1 of 2 runs");
    assertThat(report.table().rows().get(1).subList(1, 3)).containsExactly("550", "-");
  }

  @Test
  void medianOutlivesOneRoundOfThreeThatWasDisturbed() {
    Results results = new Results(SCENARIO, List.of(PoolKind.SLUICE));
    for (double others : new double[] {0, 0.9, 0}) {
      results.add(PoolKind.SLUICE, FakeScenario.sample(1_000, 0), others);
    }

    assertThat(results.ratio(PoolKind.SLUICE)).contains(1.0);
    assertThat(results.warning()).isPresent();
  }

  @Test
  void poolThatFailedStaysInTheTableWithTheReasonBelow() {
    Results results = new Results(SCENARIO, List.of(PoolKind.SLUICE, PoolKind.DRUID));
    results.add(PoolKind.SLUICE, FakeScenario.sample(1, 0), 0);
    results.fail(PoolKind.DRUID, "it hung");

    Report report = new Report(results, 1);

    assertThat(report.table().rows().get(1).subList(1, 4)).containsExactly("-", "-", "-");
    assertThat(report.text()).contains("Druid failed: it hung");
    assertThat(report.markdown()).contains("\n- Druid failed: it hung");
  }
}
