package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Row 34: everything at once, at random; a short soak. */
class SoakFaultTest extends FaultTest {

  @Test
  void fault34ShortSoakBalancesItsBooksAndGrowsNothing() throws Exception {
    long seed = Long.getLong("faults.seed", 20_261_120L);
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);

    SoakReport report = Soak.run(SoakPlan.lasting(Duration.ofSeconds(scaled(20)), seed), out);

    report.print(out);
    assertThat(report.problems()).as(text.toString()).isEmpty();
    assertThat(report.faults()).isPositive();
    assertThat(report.queries()).isPositive();
  }
}
