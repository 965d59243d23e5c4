package dev.sluice.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs the readers on the corpus that is kept, then on seeded changes of it. {@link
 * ConfigJazzerTest} looks for what no such change has reached.
 */
class ConfigFuzzTest {
  private static final int SEEDED = Integer.getInteger("fuzz.seeded", 500);

  @ParameterizedTest
  @EnumSource
  void theCorpusHolds(ConfigFuzzTarget target) {
    assertThat(target.corpus()).hasSizeGreaterThan(5);
    target.corpus().forEach(input -> check(target, input));
  }

  @ParameterizedTest
  @EnumSource
  void seededChangesOfTheCorpusHold(ConfigFuzzTarget target) {
    Random random = new Random(target.name().hashCode());
    List<byte[]> corpus = target.corpus();
    for (int i = 0; i < SEEDED; i++) {
      byte[] text = corpus.get(random.nextInt(corpus.size()));
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        text = changed(text, corpus.get(random.nextInt(corpus.size())), random);
      }
      check(target, text);
    }
  }

  private static void check(ConfigFuzzTarget target, byte[] input) {
    try {
      target.check(input);
    } catch (RuntimeException | Error e) {
      throw new AssertionError("in Base64: " + Base64.getEncoder().encodeToString(input), e);
    }
  }

  /** Puts a piece of another input in place of a piece of this one. */
  private static byte[] changed(byte[] text, byte[] other, Random random) {
    int at = random.nextInt(text.length + 1);
    int length = random.nextInt(Math.min(20, text.length - at) + 1);
    int from = random.nextInt(other.length + 1);
    int taken = random.nextInt(Math.min(20, other.length - from) + 1);
    byte[] result = new byte[text.length - length + taken];
    System.arraycopy(text, 0, result, 0, at);
    System.arraycopy(other, from, result, at, taken);
    System.arraycopy(text, at + length, result, at + taken, text.length - at - length);
    if (result.length > 0 && random.nextInt(3) == 0) {
      result[random.nextInt(result.length)] = (byte) random.nextInt(256);
    }
    return result;
  }
}
