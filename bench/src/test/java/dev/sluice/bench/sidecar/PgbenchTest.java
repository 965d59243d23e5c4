package dev.sluice.bench.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PgbenchTest {
  private static final String SAID =
      """
      number of transactions actually processed: 6000
      number of failed transactions: 0 (0.000%)
      initial connection time = 12.5 ms
      tps = 2000.500000 (without initial connection time)
      """;

  @Test
  void figuresAreReadFromWhatItPrintsAndLogs() throws Exception {
    long[] micros = LongStream.rangeClosed(1, 100).map(each -> each * 1_000).toArray();

    assertThat(Pgbench.served(SAID, micros)).isEqualTo(new Served(6_000, 2_000.5, 51, 100));
  }

  @Test
  void turnThatIsOverBeforeTheFirstAnswerHasRateOfZero() throws Exception {
    Served served = Pgbench.served("number of transactions actually processed: 0\n", new long[0]);

    assertThat(served.transactions()).isZero();
    assertThat(served.perSecond()).isZero();
    assertThat(served.p99()).isNaN();
  }

  @Test
  void anythingElseIsAnErrorThatShowsWhatItSaid() {
    assertThatThrownBy(() -> Pgbench.served("no such table", new long[0]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no such table");
  }
}
