package dev.sluice.proxy.config;

import static dev.sluice.proxy.config.Configs.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SET and RELOAD. */
class ReloadTest {
  @TempDir Path folder;

  private ProxyConfig start(String... lines) throws ConfigException {
    write(folder, "pgbouncer.ini", lines);
    return Configs.load(folder);
  }

  @Test
  void setReturnsAnotherConfigurationAndChangesNothingElse() throws ConfigException {
    ProxyConfig before =
        start("[pgbouncer]", "verbose = 1", "[databases]", "* = host=h", "a =", "[users]", "u =");
    ProxyConfig after = before.with("pool_mode", "Statement");

    assertThat(before.settings().poolMode()).isEqualTo(PoolMode.SESSION);
    assertThat(after.settings().poolMode()).isEqualTo(PoolMode.STATEMENT);
    assertThat(after.settings().verbose()).isEqualTo(1);
    assertThat(after.databases()).isEqualTo(before.databases());
    assertThat(after.fallback()).isEqualTo(before.fallback());
    assertThat(after.users()).isEqualTo(before.users());
  }

  @Test
  void setChecksAsAFileDoes() throws ConfigException {
    ProxyConfig config = start("[pgbouncer]");

    assertThatThrownBy(() -> config.with("pool_mod", "session"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("unknown setting \"pool_mod\"; did you mean pool_mode?");
    assertThatThrownBy(() -> config.with("query_timeout", "5s"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("query_timeout = \"5s\" must be seconds as a number");
    assertThatThrownBy(() -> config.with("auth_dbname", "pgbouncer"))
        .isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> config.with("auth_type", "hba"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("auth_type: hba needs auth_hba_file, the file with the access rules");
  }

  @Test
  void setOfTheFileOfUsersReadsIt() throws ConfigException {
    write(folder, "other.txt", "\"bob\" \"x\"");
    ProxyConfig config = start("[pgbouncer]").with("auth_file", "other.txt");

    assertThat(config.userList().secrets()).containsOnlyKeys("bob");
  }

  @Test
  void reloadReadsTheFileAgain() throws ConfigException {
    ProxyConfig before = start("[pgbouncer]", "default_pool_size = 3", "[databases]", "a =");
    write(folder, "pgbouncer.ini", "[pgbouncer]", "[databases]", "b = host=h");

    ProxyConfig after = before.reload();

    assertThat(after.settings().defaultPoolSize()).isEqualTo(20);
    assertThat(after.databases()).containsOnlyKeys("b");
  }

  @Test
  void reloadReadsTheUsersAgain() throws ConfigException {
    write(folder, "users.txt", "\"ann\" \"x\"");
    ProxyConfig before = start("[pgbouncer]", "auth_file = users.txt");
    write(folder, "users.txt", "\"bob\" \"x\"");

    assertThat(before.reload().userList().secrets()).containsOnlyKeys("bob");
  }

  @Test
  void reloadOverwritesWhatSetChanged() throws ConfigException {
    ProxyConfig changed =
        start("[pgbouncer]", "default_pool_size = 3", "auth_user = file")
            .with("default_pool_size", "4")
            .with("query_timeout", "9")
            .with("auth_user", "console");

    Settings settings = changed.reload().settings();

    assertThat(settings.defaultPoolSize()).isEqualTo(3);
    assertThat(settings.queryTimeout()).isZero();
    assertThat(settings.authUser()).contains("file");
  }

  @Test
  void whatHasNoDefaultStaysAsSetUnlessTheFileSaysOtherwise() throws ConfigException {
    ProxyConfig changed = start("[pgbouncer]").with("verbose", "2").with("auth_user", "console");

    Settings settings = changed.reload().settings();

    assertThat(settings.verbose()).isEqualTo(2);
    assertThat(settings.authUser()).contains("console");
  }

  @Test
  void aBadFileThrowsAndChangesNothing() throws ConfigException {
    write(folder, "users.txt", "\"ann\" \"x\"");
    ProxyConfig config = start("[pgbouncer]", "auth_file = users.txt", "[databases]", "a =");
    write(folder, "pgbouncer.ini", "[pgbouncer]", "verbose = 1", "query_timeout = soon");
    write(folder, "users.txt", "broken");

    assertThatThrownBy(config::reload)
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("pgbouncer.ini:3: query_timeout = \"soon\"")
        .hasMessageContaining("users.txt:1: not a user");
    assertThat(config.settings().verbose()).isZero();
    assertThat(config.databases()).containsOnlyKeys("a");
    assertThat(config.userList().secrets()).containsOnlyKeys("ann");
  }

  @Test
  void aMissingFileThrows() throws ConfigException, IOException {
    ProxyConfig config = start("[pgbouncer]");
    Files.delete(folder.resolve("pgbouncer.ini"));

    assertThatThrownBy(config::reload)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void theUsersStayWhenTheirFileIsMissing() throws ConfigException, IOException {
    write(folder, "users.txt", "\"ann\" \"x\"");
    ProxyConfig config = start("[pgbouncer]", "auth_file = users.txt");
    Files.delete(folder.resolve("users.txt"));

    ProxyConfig reloaded = config.reload();

    assertThat(reloaded.userList().secrets()).containsOnlyKeys("ann");
    assertThat(reloaded.warnings()).anyMatch(warning -> warning.contains("users.txt"));
  }

  @Test
  void whatOnlyARestartCanChangeStaysWithAWarning() throws ConfigException {
    ProxyConfig config = start("[pgbouncer]", "listen_port = 7000", "pidfile = p");
    write(folder, "pgbouncer.ini", "[pgbouncer]", "", "listen_port = 7001");

    ProxyConfig reloaded = config.reload();

    assertThat(reloaded.settings().listenPort()).isEqualTo(7000);
    assertThat(reloaded.settings().pidfile()).contains(Path.of("p"));
    assertThat(reloaded.warnings())
        .contains(
            "pgbouncer.ini:3: listen_port changes at the next start; until then it is \"7000\"",
            "pidfile changes at the next start; until then it is \"p\"");
    assertThat(reloaded.reload().settings().listenPort()).isEqualTo(7000);
  }

  @Test
  void conffileNamesTheFileOfTheNextReload() throws ConfigException {
    ProxyConfig config = start("[pgbouncer]", "verbose = 1");
    write(folder, "other.ini", "[pgbouncer]", "verbose = 3");

    ProxyConfig reloaded = config.with("conffile", "other.ini").reload();

    assertThat(reloaded.settings().verbose()).isEqualTo(3);
    assertThat(reloaded.settings().conffile()).contains(Path.of("other.ini"));
  }

  @Test
  void textIsReadAgainAsText() throws ConfigException {
    ProxyConfig config = Configs.of("[pgbouncer]", "default_pool_size = 3");

    assertThat(config.with("default_pool_size", "4").reload().settings().defaultPoolSize())
        .isEqualTo(3);
  }
}
