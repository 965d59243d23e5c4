package dev.sluice.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A database URL and the environment in place of files. */
class UrlTest {
  private static final String URL = "postgresql://app:s3cret@db:5433/orders";

  @TempDir Path folder;

  private static ProxyConfig of(String url, String... variables) throws ConfigException {
    return ProxyConfig.fromUrl(url, variables(variables));
  }

  private static Map<String, String> variables(String... variables) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      map.put(variables[i], variables[i + 1]);
    }
    return map;
  }

  @Test
  void aUrlNamesOneDatabaseAndOneUser() throws ConfigException {
    ProxyConfig config = of(URL);

    DatabaseEntry entry = config.database("orders").orElseThrow();
    assertThat(entry.hosts()).containsExactly("db");
    assertThat(entry.port()).isEqualTo(5433);
    assertThat(entry.serverDatabase()).isEqualTo("orders");
    assertThat(entry.user()).isEmpty();
    assertThat(entry.authUser()).contains("app");
    assertThat(config.databases()).hasSize(1);
    assertThat(config.userList().secrets()).containsExactly(Map.entry("app", Secret.of("s3cret")));
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void theDefaultsSuitAContainer() throws ConfigException {
    Settings settings = of(URL).settings();

    assertThat(settings.listenAddr()).containsExactly("*");
    assertThat(settings.listenPort()).isEqualTo(6432);
    assertThat(settings.authType()).isEqualTo(AuthType.SCRAM_SHA_256);
    assertThat(settings.ignoreStartupParameters()).containsExactly("extra_float_digits");
    assertThat(settings.defaultPoolSize()).isEqualTo(20);
  }

  @Test
  void withoutADatabaseEveryOneMayBeAskedFor() throws ConfigException {
    ProxyConfig config = of("postgres://app:s3cret@db");

    assertThat(config.databases()).isEmpty();
    assertThat(config.fallback().orElseThrow().forDatabase("x").serverDatabase()).isEqualTo("x");
    assertThat(config.fallback().orElseThrow().port()).isEqualTo(5432);
  }

  @Test
  void partsAreDecoded() throws ConfigException {
    ProxyConfig config = of("postgresql://a%40b:p%2Fw%3A%25%C3%A9@%2Frun%2Fpg/my%20%2F%40db");

    assertThat(config.userList().secret("a@b").orElseThrow().reveal()).isEqualTo("p/w:%é");
    assertThat(config.database("my /@db").orElseThrow().hosts()).containsExactly("/run/pg");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a,b                | a,b     | 5432",
        "a:6000,b:6000      | a,b     | 6000",
        "[::1]:6000         | ::1     | 6000",
        "[::1],[::2]        | ::1,::2 | 5432",
        "10.0.0.1:1         | 10.0.0.1 | 1",
      })
  void hostsAreAList(String authority, String hosts, int port) throws ConfigException {
    DatabaseEntry entry = of("postgresql://u:p@" + authority + "/d").database("d").orElseThrow();

    assertThat(String.join(",", entry.hosts())).isEqualTo(hosts);
    assertThat(entry.port()).isEqualTo(port);
  }

  @Test
  void parametersOfLibpqAreSettings() throws ConfigException {
    ProxyConfig config =
        of(
            URL
                + "?sslmode=verify-full&sslrootcert=/ca.pem&connect_timeout=3"
                + "&application_name=web&schema=public");

    assertThat(config.settings().serverTlsSslmode()).isEqualTo(SslMode.VERIFY_FULL);
    assertThat(config.settings().serverTlsCaFile()).contains(Path.of("/ca.pem"));
    assertThat(config.settings().serverConnectTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.database("orders").orElseThrow().applicationName()).contains("web");
    assertThat(config.warnings())
        .containsExactly("the database URL: the parameter \"schema\" has no effect");
  }

  @Test
  void hostAndPortMayBeParameters() throws ConfigException {
    DatabaseEntry entry =
        of("postgresql://u:p@/d?host=/run/pg&port=6000").database("d").orElseThrow();

    assertThat(entry.hosts()).containsExactly("/run/pg");
    assertThat(entry.port()).isEqualTo(6000);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"USER", "CONFFILE", "AUTH_HBA_FILE", "AUTH_FILE", "CLIENT_TLS_SSLMODE"})
  void everySettingHasAVariable(Setting setting) throws ConfigException {
    String name = setting.name();
    String value = SettingTableTest.example(setting);

    assertThat(of(URL + needs(setting), name, value).settings().shown(setting)).isEqualTo(value);
    assertThat(of(URL + needs(setting), "PGBOUNCER_" + name, value).settings().shown(setting))
        .isEqualTo(value);
  }

  private static String needs(Setting setting) {
    return switch (setting) {
      case SERVER_TLS_CERT_FILE -> "?sslkey=k";
      case SERVER_TLS_KEY_FILE -> "?sslcert=c";
      default -> "";
    };
  }

  @Test
  void theVariableUserIsTheShells() throws ConfigException {
    assertThat(of(URL, "USER", "root").settings().user()).isEmpty();
  }

  @Test
  void containersHaveNamesOfTheirOwn() throws ConfigException {
    ProxyConfig config =
        of(
            URL,
            "PGBOUNCER_PORT",
            "6000",
            "PGBOUNCER_BIND_ADDRESS",
            "127.0.0.1",
            "PGBOUNCER_DATABASE",
            "alias",
            "PGBOUNCER_SET_DATABASE_USER",
            "yes",
            "POOL_SIZE",
            "7",
            "CLIENT_ENCODING",
            "UTF8",
            "TIMEZONE",
            "UTC",
            "POOL_MODE",
            "");

    DatabaseEntry entry = config.database("alias").orElseThrow();
    assertThat(config.settings().listenPort()).isEqualTo(6000);
    assertThat(config.settings().listenAddr()).containsExactly("127.0.0.1");
    assertThat(config.settings().poolMode()).isEqualTo(PoolMode.SESSION);
    assertThat(entry.serverDatabase()).isEqualTo("orders");
    assertThat(entry.user()).contains("app");
    assertThat(entry.password()).contains(Secret.of("s3cret"));
    assertThat(entry.poolSize()).hasValue(7);
    assertThat(entry.clientEncoding()).contains("UTF8");
    assertThat(entry.timezone()).contains("UTC");
  }

  @Test
  void theVariableWithThePrefixWins() throws ConfigException {
    Settings settings =
        of(URL, "LISTEN_PORT", "1", "PGBOUNCER_LISTEN_PORT", "2", "VERBOSE", "1").settings();

    assertThat(settings.listenPort()).isEqualTo(2);
    assertThat(settings.verbose()).isEqualTo(1);
  }

  @Test
  void anUnknownVariableWithThePrefixIsNamed() throws ConfigException {
    assertThat(of(URL, "PGBOUNCER_POOLMODE", "x", "HOME", "/root").warnings())
        .containsExactly("the environment variable \"PGBOUNCER_POOLMODE\" is not known");
  }

  @Test
  void problemsNameTheVariable() {
    assertThatThrownBy(() -> of(URL, "POOL_MODE", "tx", "POOL_SIZE", "x"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the environment variable POOL_MODE: pool_mode = \"tx\" must be one")
        .hasMessageContaining("the environment variable POOL_SIZE: must be a whole number");
  }

  @Test
  void aFileOfUsersAddsToTheUrlsUser() throws ConfigException {
    Path file = Configs.write(folder, "users.txt", "\"bob\" \"x\"");

    ProxyConfig config = of(URL, "AUTH_FILE", file.toString());

    assertThat(config.userList().secrets()).containsOnlyKeys("app", "bob");
  }

  @Test
  void withoutAPasswordNobodyCanLogIn() throws ConfigException {
    assertThatThrownBy(() -> of("postgresql://app@db/d"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("the database URL: has no password, so that nobody can log in");
    assertThat(of("postgresql://app@db/d", "AUTH_TYPE", "trust").userList().secrets())
        .containsOnlyKeys("app");
  }

  @Test
  void reloadUndoesWhatSetChanged() throws ConfigException {
    ProxyConfig config = of(URL, "DEFAULT_POOL_SIZE", "3").with("default_pool_size", "4");

    assertThat(config.reload().settings().defaultPoolSize()).isEqualTo(3);
    assertThat(config.reload().database("orders")).isEqualTo(config.database("orders"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "s3cret                              | start with postgresql://",
        "mysql://app:s3cret@db/d             | start with postgresql://",
        "postgresql://app:s3cret#1@db/d      | have no #",
        "postgresql://app:s3cret/1@db/d      | have no @ and no second /",
        "postgresql://app:s3/cret@db/d       | have no @ and no second /",
        "postgresql://app:s3cret?1@db/d      | have no @ behind the question mark",
        "postgresql://app:s3cret%zz@db/d     | have two hexadecimal digits",
        "postgresql://app:s3cret%f@db/d      | have two hexadecimal digits",
        "postgresql://app:s3cret%ff@db/d     | have UTF-8",
        "postgresql://app:s3cret@db:0/d      | have a port from 1 to 65535",
        "postgresql://app:s3cret@db:x/d      | have a port from 1 to 65535",
        "postgresql://app:s3cret@a:1,b:2/d   | give all hosts the same port",
        "postgresql://app:s3cret@a,,b/d      | name a host",
        "postgresql://app:s3cret@db/d/e      | have no @ and no second /",
        "postgresql://app:s3cret@db/d?x      | have key=value",
      })
  void aUrlThatCannotBeReadIsRefusedWithoutShowingIt(String url, String wanted) {
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> of(url));

    assertThat(e.getMessage())
        .startsWith("the database URL: must " + wanted)
        .doesNotContain("s3cret")
        .doesNotContain("cret@");
  }

  @Test
  void theEnvironmentAloneIsEnough() throws ConfigException {
    assertThat(ProxyConfig.fromEnvironment(variables("HOME", "/root"))).isEmpty();

    ProxyConfig url = ProxyConfig.fromEnvironment(variables("DATABASE_URL", URL)).orElseThrow();
    ProxyConfig parts =
        ProxyConfig.fromEnvironment(
                variables(
                    "DB_HOST",
                    "db",
                    "DB_PORT",
                    "5433",
                    "DB_USER",
                    "app",
                    "DB_PASSWORD",
                    "s3cret",
                    "DB_NAME",
                    "orders"))
            .orElseThrow();
    ProxyConfig others =
        ProxyConfig.fromEnvironment(
                variables(
                    "POSTGRESQL_HOST",
                    "db",
                    "POSTGRESQL_PORT",
                    "5433",
                    "POSTGRESQL_USERNAME",
                    "app",
                    "POSTGRESQL_PASSWORD",
                    "s3cret",
                    "POSTGRESQL_DATABASE",
                    "orders"))
            .orElseThrow();

    assertThat(url.databases()).isEqualTo(of(URL).databases());
    assertThat(parts.databases()).isEqualTo(url.databases());
    assertThat(others.databases()).isEqualTo(url.databases());
    assertThat(parts.userList().secrets()).isEqualTo(url.userList().secrets());
  }
}
