package dev.sluice.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole configuration in files, and its check. */
class ExampleTest {
  @TempDir Path folder;

  private static ProxyConfig example() throws ConfigException {
    return ProxyConfig.load(Path.of("example/pgbouncer.ini"), new DiskFiles(Configs.EXAMPLES));
  }

  @Test
  void theExampleIsReadAsAWhole() throws ConfigException {
    ProxyConfig config = example();

    assertThat(config.databases())
        .containsOnlyKeys("local", "orders", "reports", "replica", "open");
    assertThat(config.fallback()).isPresent();
    assertThat(config.database("reports").orElseThrow().password())
        .contains(Secret.of("it's ours"));
    assertThat(config.user("batch").poolSize()).hasValue(2);
    assertThat(config.userList().secrets()).containsOnlyKeys("lookup", "batch", "ops");
    assertThat(config.settings().adminUsers()).containsExactly("root", "ops");
    assertThat(config.settings().queryWaitTimeout()).isEqualTo(Duration.ofSeconds(15));
    assertThat(config.settings().reservePoolTimeout()).isEqualTo(Duration.ofMillis(2500));
    assertThat(config.warnings())
        .containsExactly(
            "example/pgbouncer.ini:34: tcp_defer_accept has no effect yet: connections are accepted"
                + " at once");
  }

  @Test
  void whatCountsForAPoolIsPutTogether() throws ConfigException {
    ProxyConfig config = example();
    EffectivePool pool = config.effective(config.database("replica").orElseThrow(), "batch");

    assertThat(pool.poolMode()).isEqualTo(PoolMode.SESSION);
    assertThat(pool.poolSize()).isEqualTo(2);
    assertThat(pool.reservePoolSize()).isEqualTo(10);
    assertThat(pool.maxUserConnections()).isEqualTo(4);
  }

  @Test
  void theFilesOfTheProcessAreReadFromItsWorkingDirectory() throws ConfigException {
    Path ini = Configs.write(folder, "pgbouncer.ini", "[pgbouncer]", "verbose = 2");

    assertThat(ProxyConfig.load(ini).settings().verbose()).isEqualTo(2);
    assertThat(ProxyConfig.load(ini).reload().settings().conffile()).contains(ini);
  }

  @Test
  void aCheckShowsProblemsAndWarningsTogether() {
    Path ini =
        Configs.write(
            folder,
            "pgbouncer.ini",
            "[pgbouncer]",
            "syslog_ident = r",
            "pool_mod = session",
            "[databases]",
            "a = port=x");

    ConfigCheck check = ProxyConfig.check(ini);

    assertThat(check.usable()).isFalse();
    assertThat(check.text())
        .isEqualTo(
            """
            ERROR F:3: unknown setting "pool_mod"; did you mean pool_mode?
            ERROR F:5: port = "x" must be a whole number from 1 to 65535
            WARNING no user can log in: auth_file has no user, and auth_user is not set either
            WARNING F:2: syslog_ident has no effect yet: log to a file or to standard error
            Not usable: 2 errors, 2 warnings
            """
                .replace("F:", ini + ":"));
  }

  @Test
  void aCheckOfAGoodFileSaysSo() {
    Path ini =
        Configs.write(folder, "pgbouncer.ini", "[pgbouncer]", "auth_user=a", "[databases]", "a =");

    ConfigCheck check = ProxyConfig.check(ini);

    assertThat(check.usable()).isTrue();
    assertThat(check.text()).isEqualTo("The configuration can be used: 0 errors, 0 warnings\n");
  }

  @Test
  void aFloodOfProblemsIsCut() {
    String[] lines = new String[1000];
    Arrays.fill(lines, "nonsense");

    ConfigException e = catchThrowableOfType(ConfigException.class, () -> Configs.of(lines));

    assertThat(e.problems()).hasSize(100);
  }

  @Test
  void messagesArePrintableAndShort() {
    assertThat(Configs.problems("[pgbouncer]", "'a\u0007\u001b[31m" + "x".repeat(5000) + "' = 1"))
        .singleElement()
        .asString()
        .startsWith("pgbouncer.ini:2: unknown setting \"a??[31mxxx")
        .hasSizeLessThan(200);
  }
}
