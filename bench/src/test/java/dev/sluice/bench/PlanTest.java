package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class PlanTest {
  @Test
  void planThatIsSentToAWorkerArrivesAsItWas() {
    Properties properties = new Properties();
    Plan.FULL.write(properties);

    assertThat(Plan.read(properties)).isEqualTo(Plan.FULL);
  }

  @Test
  void jmhMeasuresAsLongAsACrowdDoes() {
    Plan plan = Plan.NORMAL.withMeasure(Duration.ofSeconds(6));

    assertThat(plan.measure()).isEqualTo(Duration.ofSeconds(6));
    assertThat(plan.iteration().multipliedBy(plan.iterations())).isEqualTo(plan.measure());
  }

  @Test
  void sampleThatAWorkerSendsArrivesAsItWas() {
    Sample sample = FakeScenario.sample(1234.5, 678);

    Sample arrived = Sample.of(sample.toProperties());

    assertThat(arrived.get(Metric.OPS)).isEqualTo(1234.5);
    assertThat(arrived.get(Metric.WAIT_MAX)).isEqualTo(678);
  }
}
