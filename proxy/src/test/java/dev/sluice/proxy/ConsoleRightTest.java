package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.proxy.config.ConfigException;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.config.Settings;
import java.net.InetAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets into the console. */
class ConsoleRightTest {
  private static final int OWN = 1000;

  private static Settings settings(String authType) throws ConfigException {
    String ini =
        "[databases]\n[pgbouncer]\nlisten_port = 6432\nadmin_users = boss\nstats_users = watcher\n"
            + "auth_type = "
            + authType
            + "\n";
    return ProxyConfig.of(ini, Path.of("test.ini")).settings();
  }

  @ParameterizedTest
  @CsvSource({
    "pgbouncer, 1000, ADMIN",
    "pgbouncer, 1001, NONE",
    "boss, 1000, NONE",
    "pgbouncer, -1, NONE"
  })
  void onTheUnixSocketTheOwnAccountIsAdmin(String user, int userId, ConsoleRight right)
      throws ConfigException {
    Origin origin = new Origin(null, 6432, 1, userId);

    assertThat(ConsoleRight.withoutPassword(user, origin, OWN, settings("trust"))).isEqualTo(right);
  }

  @Test
  void anUnknownAccountIsNobodysOwn() throws ConfigException {
    Origin origin = new Origin(null, 6432, 1, -1);

    assertThat(ConsoleRight.withoutPassword("pgbouncer", origin, -1, settings("trust")))
        .isEqualTo(ConsoleRight.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "any, boss, ADMIN",
    "any, watcher, STATS",
    "any, stranger, STATS",
    "trust, boss, NONE"
  })
  void overTcpOnlyAuthTypeAnyNeedsNoPassword(String type, String user, ConsoleRight right)
      throws ConfigException {
    Origin origin = Origin.tcp(InetAddress.getLoopbackAddress(), 5000);

    assertThat(ConsoleRight.withoutPassword(user, origin, OWN, settings(type))).isEqualTo(right);
  }

  @ParameterizedTest
  @CsvSource({"boss, ADMIN", "watcher, STATS", "stranger, NONE", "pgbouncer, NONE"})
  void afterThePasswordTheListsDecide(String user, ConsoleRight right) throws ConfigException {
    assertThat(ConsoleRight.of(user, settings("trust"))).isEqualTo(right);
  }
}
