package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which peer a cancel request is for, and how far it may go. */
class CancelKeysTest {
  private final Random random = new Random(7);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 255, 256, 4_711, 16_383})
  void aKeyNamesItsPeerInTheBytesWherePgBouncerLooks(int peer) {
    long key = CancelKeys.make(random.nextLong() & Long.MAX_VALUE, peer);

    assertThat(key).isPositive();
    assertThat((key >>> 48 & 0xff) + ((key >>> 40 & 0xff) << 8)).isEqualTo(peer);
    assertThat(CancelKeys.peerOf(key)).isEqualTo(peer);
  }

  @Test
  void aRequestIsPassedOnThreeTimesAndIsStillTheSame() {
    long key = CancelKeys.make(random.nextLong() & Long.MAX_VALUE, 3);
    long now = key;
    for (int hop = 0; hop < 3; hop++) {
      assertThat(CancelKeys.mayGoOn(now)).as("hop " + hop).isTrue();
      now = CancelKeys.passedOn(now);
      assertThat(CancelKeys.original(now)).isEqualTo(key);
      assertThat(CancelKeys.peerOf(now)).isEqualTo(3);
    }
    assertThat(CancelKeys.mayGoOn(now)).isFalse();
  }

  @Test
  void withoutPeersAKeyIsJustRandom() {
    assertThat(CancelKeys.make(0x0123456789abcdefL, 0)).isEqualTo(0x0123456789abcdefL);
  }
}
