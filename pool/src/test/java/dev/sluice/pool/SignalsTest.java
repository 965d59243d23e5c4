package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The words that everybody reads. */
class SignalsTest {
  private final Signals signals = new Signals();

  /** Two threads that saw the same event must not have everything checked twice. */
  @Test
  void epochRisesOnceForAllThatSawItAtTheSameTime() {
    int seen = signals.epoch();

    assertThat(signals.raiseEpoch(seen)).isTrue();
    assertThat(signals.raiseEpoch(seen)).isFalse();

    assertThat(signals.epoch()).isEqualTo(seen + 1);
    signals.raiseEpoch(seen + 1);
    assertThat(signals.raiseEpoch(seen)).as("one that was held up").isFalse();
    assertThat(signals.epoch()).isEqualTo(seen + 2);
  }
}
