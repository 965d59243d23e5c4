package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.pools.Target;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario with two pools in this JVM: that it measures what it says, not how much. */
class SmokeTest {
  private static final Plan TINY =
      new Plan(
          1,
          Duration.ofMillis(20),
          Duration.ofMillis(50),
          Duration.ofMillis(50),
          1,
          Duration.ofMillis(50),
          1,
          1,
          Duration.ofMillis(1),
          1,
          Duration.ofSeconds(1),
          Duration.ofMillis(50));

  private static final List<PoolKind> POOLS = List.of(PoolKind.SLUICE, PoolKind.TOMCAT);

  private static Database database;

  @BeforeAll
  static void startDatabase() throws Exception {
    database = Database.start();
  }

  @AfterAll
  static void stopDatabase() throws Exception {
    database.close();
  }

  static List<Scenario> scenarios() {
    return new Scenarios(JvmOptions.inProcess()).all();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void scenarioMeasuresAllThatItsTableShows(Scenario scenario) throws Exception {
    Assumptions.assumeTrue(scenario.obstacle().isEmpty(), () -> scenario.obstacle().orElse(""));
    Target target = scenario.needsDatabase() ? database.target() : Target.STUB;
    Results results = new Results(scenario, POOLS);
    for (PoolKind pool : POOLS) {
      results.add(pool, scenario.run(pool, TINY, target), 0);
    }

    for (PoolKind pool : POOLS) {
      assertThat(results.spread(pool, scenario.primary()).orElseThrow().median()).isPositive();
      for (Metric metric : scenario.metrics()) {
        assertThat(results.spread(pool, metric).orElseThrow().median()).isNotNegative();
      }
    }
    assertThat(new Report(results, 1).text()).contains("Sluice", "Tomcat JDBC", scenario.title());
  }
}
