package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LastingTest {
  private static final long LOOK = Lasting.BOUND / Lasting.LOOKS;

  private final Lasting lasting = new Lasting();
  private long now = 1;

  /** Sees it at so many looks; returns whether the last of them says that it has lasted. */
  private boolean seen(int looks, long pause) {
    boolean lasts = false;
    for (int i = 0; i < looks; i++) {
      lasts = lasting.lasts(true, now);
      now += pause;
    }
    return lasts;
  }

  @Test
  void timeAloneIsNotEnough() {
    assertThat(seen(Lasting.LOOKS - 1, Lasting.BOUND)).isFalse();

    assertThat(seen(1, 0)).isTrue();
  }

  @Test
  void looksAloneAreNotEnough() {
    assertThat(seen(Lasting.LOOKS, LOOK)).as("one pause short of the bound").isFalse();

    assertThat(seen(1, 0)).isTrue();
  }

  @Test
  void beginsAnewWhenItIsNotSeenOnce() {
    assertThat(seen(Lasting.LOOKS + 1, LOOK)).isTrue();

    assertThat(lasting.lasts(false, now)).isFalse();
    assertThat(seen(Lasting.LOOKS - 1, Lasting.BOUND)).isFalse();
  }

  @Test
  void beginsAnewWhenItWasDealtWith() {
    assertThat(seen(Lasting.LOOKS + 1, LOOK)).isTrue();

    lasting.beginAnew();

    assertThat(seen(Lasting.LOOKS - 1, Lasting.BOUND)).isFalse();
    assertThat(seen(1, 0)).isTrue();
  }
}
