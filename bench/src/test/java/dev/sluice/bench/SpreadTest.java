package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void medianOfAnOddNumberIsTheOneInTheMiddle() {
    assertThat(Spread.of(9, 1, 5)).isEqualTo(new Spread(1, 5, 9));
  }

  @Test
  void medianOfAnEvenNumberIsTheMeanOfTheTwoInTheMiddle() {
    assertThat(Spread.of(9, 1, 5, 7)).isEqualTo(new Spread(1, 6, 9));
  }

  @Test
  void oneValueIsItsOwnSpread() {
    assertThat(Spread.of(3)).isEqualTo(new Spread(3, 3, 3));
  }

  @Test
  void nothingHasNoSpread() {
    assertThatThrownBy(Spread::of).isInstanceOf(IllegalArgumentException.class);
  }
}
