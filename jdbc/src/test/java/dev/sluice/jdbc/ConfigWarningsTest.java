package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigWarningsTest {
  @Test
  void theDefaultsRaiseNoDoubt() {
    assertThat(Sluice.dataSource("jdbc:h2:mem:x").toConfig().warnings()).isEmpty();
  }

  @Test
  void aDefaultThatNobodyChoseIsNotWarnedOf() {
    SluiceConfig hasty =
        Sluice.dataSource("jdbc:h2:mem:x").acquireTimeout(Duration.ofSeconds(3)).toConfig();

    assertThat(hasty.pool().validationTimeout()).isEqualTo(Duration.ofMillis(1500));
    assertThat(hasty.warnings()).isEmpty();
  }

  @Test
  void anOptionThatAUrlHandsToTheDriverIsWarnedOf() {
    assertThat(Sluice.dataSource("jdbc:postgresql://h/x?ssl=true&maxSize=3").toConfig().warnings())
        .singleElement()
        .asString()
        .isEqualTo("the URL's parameter maxSize goes to the driver; did you mean sluice.maxSize?");
  }

  @Test
  void aLoginCanBeGivenWithTheUrl() {
    SluiceConfig config = Sluice.dataSource("jdbc:h2:mem:x", "me", "pw").toConfig();

    assertThat(config.user()).isEqualTo("me");
    assertThat(config.password()).isEqualTo(Secret.of("pw"));
    assertThat(Sluice.dataSource("jdbc:h2:mem:x", null, null).toConfig().user()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "maxSize=1000|maxSize 1000 is more than most servers allow",
        "maxSize=50,maxOverflow=60|maxSize, maxOverflow and reserveSize, together 110 is more",
        "reserveSize=1,reserveAfter=30s|reserveSize 1 has no effect: callers give up",
        "maxSize=2|a third concurrent caller already waits",
        "warmUp=3|warmUp 3 has no effect with startPolicy LAZY",
        "maxConcurrentOpens=11|maxConcurrentOpens 11 is more than maxSize 10",
        "maxUses=5|maxUses 5 replaces connections nearly as often",
        "acquireTimeout=6m|will seem to hang",
        "acquireTimeout=1s,validationTimeout=1s|checking one dead connection uses a caller's whole"
            + " timeout",
        "maxLifetime=10s|maxLifetime 10s is very short",
        "idleTimeout=1s|idleTimeout 1s is very short",
        "healthCheckInterval=10ms|healthCheckInterval 10ms is very short",
        "keepaliveInterval=10ms|keepaliveInterval 10ms is very short",
        "leakThreshold=100ms|ordinary work will be reported",
        "leakThreshold=5s,leakReclaim=true|will abort work that is merely slow",
        "onReturn=COMMIT|commits the unfinished work of a failed borrower",
        "onReturn=NONE|hands an open transaction",
        "restoreState=false|hands one borrower's settings to the next",
        "password=x|but no user",
        "driver.max_sise=5|goes to the driver; did you mean max_size?",
      })
  void whatIsLegalButHardlyMeantIsDoubted(String settings, String warning) {
    Map<String, String> map = new LinkedHashMap<>();
    for (String setting : settings.split(",", -1)) {
      int equals = setting.indexOf('=');
      map.put(setting.substring(0, equals), setting.substring(equals + 1));
    }

    assertThat(Sluice.from(map).url("jdbc:h2:mem:x").toConfig().warnings())
        .anyMatch(text -> text.contains(warning));
  }
}
