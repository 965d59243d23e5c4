package dev.sluice.jdbc.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AliasesTest {
  @Test
  void noNameMeansTwoThingsAndEveryAliasHasAnOptionOrANote() {
    for (Alias alias : Aliases.ALL) {
      assertThat(Option.find(alias.name())).as(alias.name()).isNull();
      assertThat(alias.option() == null && alias.note().isEmpty()).as(alias.name()).isFalse();
    }
  }
}
