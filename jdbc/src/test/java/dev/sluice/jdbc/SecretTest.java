package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SecretTest {
  private final Secret secret = Secret.of("hunter2");

  @Test
  void itPrintsAMaskWhereverItIs() {
    assertThat(secret).hasToString("***");
    assertThat(List.of(secret).toString() + Map.of("k", secret) + Optional.of(secret))
        .doesNotContain("hunter2");
    assertThat(String.format("%s", secret)).isEqualTo("***");
    assertThat(Credentials.of("me", secret).toString()).doesNotContain("hunter2").contains("me");
  }

  @Test
  void onlyRevealGivesTheContent() {
    assertThat(secret.reveal()).isEqualTo("hunter2");
  }

  @Test
  void equalContentIsEqual() {
    assertThat(secret).isEqualTo(Secret.of("hunter2")).hasSameHashCodeAs(Secret.of("hunter2"));
    assertThat(secret).isNotEqualTo(Secret.of("hunter3")).isNotEqualTo(Secret.of("hunter"));
    assertThat(secret).isNotEqualTo("hunter2").isNotEqualTo(null);
  }

  @Test
  void theCallersCharactersMayBeWiped() {
    char[] own = {'a', 'b'};
    Secret copy = Secret.of(own);

    java.util.Arrays.fill(own, 'x');

    assertThat(copy.reveal()).isEqualTo("ab");
  }

  @Test
  void itCannotBeSerialized() {
    assertThat(secret).isNotInstanceOf(Serializable.class);
  }

  @Test
  void emptinessIsKnown() {
    assertThat(Secret.of("").isEmpty()).isTrue();
    assertThat(secret.isEmpty()).isFalse();
  }
}
