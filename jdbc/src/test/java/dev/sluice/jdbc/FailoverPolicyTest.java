package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How often one connection's error may concern all others. */
class FailoverPolicyTest {
  private final List<String> told = new ArrayList<>();
  private long now = Long.MAX_VALUE - 1_000_000_000; // the clock may overflow
  private final FailoverPolicy policy =
      new FailoverPolicy(
          new FailoverPolicy.Others() {
            @Override
            public void suspect(String why) {
              told.add("suspect");
            }

            @Override
            public void replace(String why) {
              told.add("replace");
            }
          },
          () -> now);

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void knownBug44AllAreReplacedOnceAndThenOneASecond() {
    int probes = 0;

    for (int i = 0; i < 49; i++) { // 4.9 s
      probes += policy.writesRefused("25006") ? 1 : 0;
      pass(Duration.ofMillis(100));
    }

    assertThat(told).containsExactly("replace");
    assertThat(probes).isEqualTo(4);
  }

  @Test
  void knownBug44BetterServerThatAProbeFindsHasAllReplaced() {
    policy.writesRefused("25006");
    assertThat(policy.isSearching()).as("the new ones may be better").isFalse();
    pass(Duration.ofSeconds(1));
    assertThat(policy.writesRefused("25006")).as("a probe").isTrue();
    assertThat(policy.isSearching()).isTrue();

    policy.writesAccepted();

    assertThat(told).containsExactly("replace", "replace");
    assertThat(policy.isSearching()).isFalse();
  }

  @Test
  void theSearchEndsWhenNoWriteIsRefusedForLong() {
    policy.writesRefused("25006");
    policy.writesRefused("25006");
    pass(Duration.ofSeconds(59));
    assertThat(policy.isSearching()).isTrue();

    pass(Duration.ofSeconds(1));

    assertThat(policy.isSearching()).isFalse();
    policy.writesAccepted();
    assertThat(told).containsExactly("replace");
  }

  @Test
  void serversThatTakeTurnsAreNotFollowedWithoutAPause() {
    for (int i = 0; i < 10; i++) {
      policy.writesRefused("25006");
      policy.writesAccepted();
      pass(Duration.ofMillis(400));
    }

    assertThat(told).hasSize(2);
  }

  @Test
  void knownBug44AllAreMadeSuspectFiveTimesAtOnceAndThenOnceASecond() {
    for (int i = 0; i < 100; i++) {
      policy.serverLost("57P01");
    }
    assertThat(told).hasSize(5);

    for (int i = 0; i < 30; i++) {
      pass(Duration.ofMillis(100));
      policy.serverLost("57P01");
    }

    assertThat(told).hasSize(8);
  }
}
