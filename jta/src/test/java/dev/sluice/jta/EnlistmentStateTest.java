package dev.sluice.jta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jta.Enlistment.State;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The moves of an enlistment: all that are legal, and no others. */
class EnlistmentStateTest {
  private static Set<State> after(State state) {
    Set<State> legal = EnumSet.noneOf(State.class);
    for (State next : State.values()) {
      if (state.leadsTo(next)) {
        legal.add(next);
      }
    }
    return legal;
  }

  @ParameterizedTest
  @CsvSource({
    "NOT_ENLISTED, ENLISTED TAKEN_BACK OVER",
    "ENLISTED, COMPLETING UNRESOLVED RESOLVED TAKEN_BACK CUT OVER",
    "COMPLETING, ENLISTED UNRESOLVED RESOLVED TAKEN_BACK CUT OVER",
    "UNRESOLVED, RESOLVED TAKEN_BACK CUT OVER",
    "RESOLVED, TAKEN_BACK CUT OVER",
    "TAKEN_BACK, OVER",
    "CUT, OVER"
  })
  void theseAndNoOthersAreLegal(State state, String next) {
    assertThat(after(state)).extracting(State::name).containsExactly(next.split(" "));
  }

  @Test
  void nothingComesAfterTheEnd() {
    assertThat(after(State.OVER)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void everyStateCanEnd(State state) {
    assertThat(state == State.OVER || state.leadsTo(State.OVER)).isTrue();
  }
}
