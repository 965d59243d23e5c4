package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScenariosTest {
  private final Scenarios scenarios = new Scenarios(JvmOptions.inProcess());

  @Test
  void noNameSelectsAll() {
    assertThat(scenarios.select(List.of())).isEqualTo(scenarios.all());
  }

  @Test
  void thePartBeforeTheDashSelectsAllThatBeginSo() {
    assertThat(scenarios.select(List.of("crowd", "cycle-8", "crowd-16")))
        .extracting(Scenario::name)
        .containsExactly("crowd-16", "crowd-200", "crowd-virtual", "cycle-8");
  }

  @Test
  void unknownNameIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> scenarios.select(List.of("crow")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'crow'")
        .hasMessageContaining("crowd-16");
  }
}
