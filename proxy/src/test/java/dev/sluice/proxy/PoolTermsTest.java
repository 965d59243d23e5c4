package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.PoolConfig;
import dev.sluice.proxy.config.ConfigException;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.config.SluiceSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever PgBouncer accepts makes a pool. */
class PoolTermsTest {
  private static PoolConfig terms(String settings) throws ConfigException {
    ProxyConfig config =
        ProxyConfig.of("[databases]\nd = host=h\n[pgbouncer]\n" + settings, Path.of("x.ini"));
    return PoolTerms.of(
        "d/u",
        config.effective(config.database("d").orElseThrow(), "u"),
        List.of(),
        SluiceSettings.NONE);
  }

  @Test
  void everyValueOfEachSettingMakesAPool() throws ConfigException {
    List<String> times =
        List.of(
            "query_wait_timeout",
            "server_connect_timeout",
            "server_check_delay",
            "server_idle_timeout",
            "server_lifetime",
            "server_login_retry",
            "reserve_pool_timeout");
    for (String time : times) {
      for (String value : List.of("0", "0.01", "1", "3600", "100000000")) {
        for (String other : times) {
          assertThat(terms(time + "=" + value + "\n" + other + "=5\nreserve_pool_size=1"))
              .as(time + "=" + value + " " + other)
              .isNotNull();
        }
      }
    }
    for (String size : List.of("0", "1", "9999", "100000")) {
      for (String reserve : List.of("0", "1", "100000")) {
        for (String min : List.of("0", "1", "100000")) {
          assertThat(
                  terms(
                      "default_pool_size="
                          + size
                          + "\nreserve_pool_size="
                          + reserve
                          + "\nmin_pool_size="
                          + min))
              .isNotNull();
        }
      }
    }
  }

  @Test
  void theAgesOfServersAreTheSidecarsOwnBusiness() throws ConfigException {
    assertThat(terms("server_lifetime=7").maxLifetime()).isZero();
    assertThat(terms("server_idle_timeout=7").idleTimeout()).isZero();
  }

  @Test
  void aCheckDelayOfZeroMeansACheckBeforeEachUse() throws ConfigException {
    assertThat(terms("server_check_delay=0").validateAfterIdle()).isZero();
  }

  @Test
  void sizesAndReserveAreThoseOfTheFile() throws ConfigException {
    PoolConfig terms =
        terms("default_pool_size=7\nmin_pool_size=2\nreserve_pool_size=3\nreserve_pool_timeout=4");

    assertThat(terms.maxSize()).isEqualTo(7);
    assertThat(terms.minSize()).isEqualTo(2);
    assertThat(terms.reserveSize()).isEqualTo(3);
    assertThat(terms.reserveAfter()).isEqualTo(Duration.ofSeconds(4));
  }
}
