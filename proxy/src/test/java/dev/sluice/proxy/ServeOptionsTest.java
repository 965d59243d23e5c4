package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many event loops a sidecar has. */
class ServeOptionsTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 2", "4, 3", "64, 63"})
  void oneProcessorIsLeftToOthersIfThereAreSeveral(int processors, int loops) {
    assertThat(ServeOptions.defaultLoops(processors)).isEqualTo(loops);
  }

  @Test
  void numberOfLoopsIsTheOneThatIsAskedFor() throws Exception {
    int usual = ServeOptions.defaultLoops(Runtime.getRuntime().availableProcessors());

    assertThat(ServeOptions.parse("some.ini").eventLoops()).isEqualTo(usual);
    assertThat(ServeOptions.parse("--event-loops=7", "some.ini").eventLoops()).isEqualTo(7);
  }
}
