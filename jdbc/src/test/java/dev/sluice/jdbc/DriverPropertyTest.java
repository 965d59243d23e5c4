package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Driver properties that are no text. */
class DriverPropertyTest {
  /** Something that shows what it must not, as a private key might. */
  private record Key(String content) {}

  private static final Key KEY = new Key("4n4ry");

  @Test
  void knownBug39AnObjectIsHandedOverAndNeverShown() {
    SluiceConfig byBuilder =
        Sluice.dataSource("jdbc:h2:mem:x").driverProperty("key", KEY).toConfig();
    SluiceConfig byMap = Sluice.from(Map.of("url", "jdbc:h2:mem:x", "driver.key", KEY)).toConfig();

    for (SluiceConfig config : List.of(byBuilder, byMap)) {
      Secret secret = config.driverProperties().get("key");
      assertThat(secret.revealObject()).isSameAs(KEY);
      assertThat(config + " " + secret + config.driverProperties()).doesNotContain("4n4ry");
      assertThatThrownBy(secret::reveal)
          .isInstanceOf(IllegalStateException.class)
          .message()
          .doesNotContain("4n4ry");
    }
    assertThat(byBuilder.driverProperties()).isEqualTo(byMap.driverProperties());
  }

  @Test
  void numbersAndTruthsBecomeTextAsDriversExpect() {
    SluiceConfig config =
        Sluice.dataSource("jdbc:h2:mem:x")
            .driverProperty("socketTimeout", 30)
            .driverProperty("ssl", true)
            .toConfig();

    assertThat(config.driverProperties())
        .isEqualTo(Map.of("socketTimeout", Secret.of("30"), "ssl", Secret.of("true")));
  }

  @Test
  void aListIsNoDriverProperty() {
    assertThatThrownBy(
            () -> Sluice.from(Map.of("url", "jdbc:h2:mem:x", "driver.x", List.of("a"))).toConfig())
        .hasMessageContaining("driver.x must be text");
  }
}
