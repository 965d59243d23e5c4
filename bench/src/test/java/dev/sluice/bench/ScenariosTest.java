package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres-9",
        "postgres-12-fresh",
        "postgres-virtual-40",
        "postgres-virtual-fresh"
      })
  void anyNumberOfCallersCanMeetThePostgres(String name) {
    assertThat(scenarios.select(List.of(name))).extracting(Scenario::name).containsExactly(name);
    assertThat(scenarios.named(name).title())
        .contains(name.contains("virtual") ? "virtual threads" : "platform threads")
        .matches(title -> title.contains("first 5 s") == name.endsWith("-fresh"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres-0", "postgres-many", "postgres-virtual-", "postgres--8"})
  void numberOfCallersMustBeOne(String name) {
    assertThatThrownBy(() -> scenarios.select(List.of(name)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void unknownNameIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> scenarios.select(List.of("crow")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'crow'")
        .hasMessageContaining("crowd-16");
  }
}
