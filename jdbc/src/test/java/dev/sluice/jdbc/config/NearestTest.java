package dev.sluice.jdbc.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  @ParameterizedTest
  @CsvSource({
    "'', '', 0",
    "a, '', 1",
    "maxsize, maxsize, 0",
    "maxsise, maxsize, 1",
    "maxszie, maxsize, 1",
    "maxsiz, maxsize, 1",
    "maxxsize, maxsize, 1",
    "kitten, sitting, 3",
    "ca, abc, 3",
  })
  void slipsAreCounted(String a, String b, int slips) {
    assertThat(Nearest.slips(a, b)).isEqualTo(slips);
    assertThat(Nearest.slips(b, a)).isEqualTo(slips);
  }

  @Test
  void nothingIsSuggestedThatIsFarAway() {
    assertThat(Nearest.to("colour", List.of("maxsize", "minsize"))).isEmpty();
    assertThat(Nearest.to("x", List.of("maxsize"))).isEmpty();
    assertThat(Nearest.to("x".repeat(10_000), List.of("maxsize"))).isEmpty();
  }

  @Test
  void aSingleSlipInAnyOptionFindsIt() {
    Random random = new Random(1);
    for (Option option : Option.values()) {
      for (int i = 0; i < 20; i++) {
        String slipped = slip(option.key(), random);
        if (Option.find(slipped) != null || Aliases.find(slipped) != null) {
          continue;
        }
        Reading reading = Binder.read(List.of(new Setting(slipped, "x", "", slipped)));
        assertThat(reading.problems()).singleElement().asString().contains("did you mean");
      }
    }
  }

  private static String slip(String key, Random random) {
    StringBuilder slipped = new StringBuilder(key);
    int at = random.nextInt(key.length());
    switch (random.nextInt(3)) {
      case 0 -> slipped.deleteCharAt(at);
      case 1 -> slipped.insert(at, 'q');
      default -> slipped.setCharAt(at, 'q');
    }
    return slipped.toString();
  }
}
