package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.config.PropertiesText;
import dev.sluice.jdbc.config.Setting;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourcesTest {
  @TempDir Path directory;

  // Files.

  @Test
  void aTomlFileOfChakraIsRead() throws IOException {
    SluiceConfig config =
        Sluice.fromFile(
                file(
                    "pool.toml",
                    """
                    # The application's own part is none of ours.
                    [server]
                    started = 2026-11-20

                    [pool]
                    url = "postgresql://localhost/app"
                    min_connections = 5
                    max_connections = 20
                    acquire_timeout = "30s"
                    idle_timeout = "10m"
                    max_lifetime = "30m"
                    health_check_interval = "30s"
                    init_sql = ["SET a = 1", "SET b = 2"]
                    driver.ApplicationName = "app"
                    """))
            .toConfig();

    assertThat(config.pool().minSize()).isEqualTo(5);
    assertThat(config.pool().maxSize()).isEqualTo(20);
    assertThat(config.pool().acquireTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.pool().idleTimeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.pool().maxLifetime()).isEqualTo(Duration.ofMinutes(30));
    assertThat(config.pool().healthCheckInterval()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.initSql()).containsExactly("SET a = 1", "SET b = 2");
    assertThat(config.driverProperties()).containsOnlyKeys("ApplicationName");
  }

  @Test
  void anotherSectionIsReadByName() throws IOException {
    Path file =
        file("app.toml", "[db.a]\nmax_size = 3\n[db.b]\nmax_size = 4\n[db.b.driver]\nx = 'y'");

    SluiceConfig config = Sluice.dataSource("jdbc:h2:mem:x").file(file, "db.b").toConfig();

    assertThat(config.pool().maxSize()).isEqualTo(4);
    assertThat(config.driverProperties()).containsOnlyKeys("x");
  }

  @Test
  void problemsNameFileAndLine() throws IOException {
    Path file =
        file(
            "pool.toml",
            """
            [pool]
            url = 'jdbc:h2:mem:x'
            max_sise = 3
            min_size = 30
            acquire_timeout = 5
            max_size = 10
            maxconn = 11
            max_uses = true
            """);

    assertThatThrownBy(() -> Sluice.fromFile(file).toConfig())
        .hasMessageContaining(file + ":3: max_sise is not an option; did you mean max_size?")
        .hasMessageContaining(file + ":5: acquire_timeout = 5 needs a unit")
        .hasMessageContaining(
            file + ":7: maxconn = 11 contradicts " + file + ":6: max_size = 10: both mean maxSize")
        .hasMessageContaining(file + ":8: max_uses = true must be a whole number from 0")
        .hasMessageContaining(
            "minSize must be from 0 to maxSize (10), is 30 ("
                + file
                + ":4: min_size, "
                + file
                + ":6: max_size)");
  }

  @Test
  void aFileThatIsNoTomlSaysWhere() throws IOException {
    Path file = file("pool.toml", "[pool]\npassword = hunter2\n");

    assertThatThrownBy(() -> Sluice.fromFile(file))
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageStartingWith(file + ":2:12: expected a value")
        .message()
        .doesNotContain("hunter2");
  }

  @Test
  void whatIsShownStaysOnItsLineAndIsCutBetweenCharacters() {
    String key = "max\nsize\u202e";
    String value = "x".repeat(76) + "😀".repeat(10);

    assertThatThrownBy(() -> Sluice.from(Map.of(key, 1, "minSize", value)).toConfig())
        .message()
        .contains("max\\u000asize\\u202e is not an option")
        .contains("minSize = \"" + "x".repeat(76) + "...\" must be")
        .doesNotContain("max\nsize");
    assertThatThrownBy(() -> Sluice.from(Map.of("acquireTimeout", "1\n".repeat(100))).toConfig())
        .message()
        .hasLineCount(1)
        .hasSizeLessThan(450);
  }

  @Test
  void aFileWithoutTheSectionSaysWhichItHas() throws IOException {
    Path file = file("pool.toml", "[pol]\nmax_size = 3\n[web]\n");

    assertThatThrownBy(() -> Sluice.fromFile(file))
        .hasMessageContaining("no section [pool]; the keys at its level are [pol, web]");
  }

  @Test
  void unusableFilesAreRefused() throws IOException {
    assertThatThrownBy(() -> Sluice.fromFile(directory.resolve("none.toml")))
        .isInstanceOf(SluiceConfigException.class)
        .hasMessageContaining("none.toml cannot be read: NoSuchFileException");
    assertThatThrownBy(() -> Sluice.fromFile(file("pool.yaml", "")))
        .hasMessageContaining("must be a .toml or a .properties file");
    Path latin = directory.resolve("latin.toml");
    Files.write(latin, "[pool]\nname = 'é'".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Sluice.fromFile(latin)).hasMessageContaining("is not UTF-8");
    Path huge = directory.resolve("huge.toml");
    Files.write(huge, new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> Sluice.fromFile(huge)).hasMessageContaining("is larger than");
  }

  @Test
  void aPropertiesFileOfHikariIsRead() throws IOException {
    SluiceConfig config =
        Sluice.fromFile(
                file(
                    "hikari.properties",
                    """
                    jdbcUrl=jdbc:postgresql://db/app
                    maximumPoolSize : 7
                    idleTimeout 60000
                    dataSource.ssl=true
                    """))
            .toConfig();

    assertThat(config.pool().maxSize()).isEqualTo(7);
    assertThat(config.pool().idleTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.driverProperties()).containsOnlyKeys("ssl");
  }

  @Test
  void aKeyTwiceInAPropertiesFileIsAContradiction() throws IOException {
    Path file = file("p.properties", "url=jdbc:h2:mem:x\nmaxSize=7\n# x\nmaxSize=8\n");

    assertThatThrownBy(() -> Sluice.fromFile(file).toConfig())
        .hasMessageContaining(
            file + ":4: maxSize = \"8\" contradicts " + file + ":2: maxSize = \"7\"");
  }

  @Test
  void aPrefixPicksOnePoolOfAPropertiesFile() throws IOException {
    Path file = file("p.properties", "a.maxSize=7\nb.maxSize=8\nother=x\n");

    assertThat(Sluice.dataSource("jdbc:h2:mem:x").file(file, "b").toConfig().pool().maxSize())
        .isEqualTo(8);
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  // The text of properties, against the JDK's reader.

  @Test
  void propertiesAreReadAsTheJdkReadsThem() throws IOException {
    Random random = new Random(7);
    String[] atoms = {
      "a", "b", "key", " ", "\t", "\f", "=", ":", "#", "!", "\\", "\\\\", "\n", "\r\n", "\r",
      "\\\n", "\\\r\n", "\\ ", "\\=", "\\:", "\\t", "\\n", "\\u0041", "é", "1"
    };
    for (int i = 0; i < 30_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(14); n > 0; n--) {
        text.append(atoms[random.nextInt(atoms.length)]);
      }
      // A backslash at the very end of a file would continue nothing.
      text.append("\n\nend=1");
      Map<String, String> ours = new HashMap<>();
      PropertiesText.parse(text.toString(), "f").forEach(l -> ours.put(l.key(), l.value()));
      Properties jdks = new Properties();
      jdks.load(new StringReader(text.toString()));
      assertThat(ours).as(text.toString().replace("\r", "<r>")).isEqualTo(jdks);
    }
  }

  @Test
  void aBadEscapeInPropertiesNamesItsLine() {
    assertThatThrownBy(() -> PropertiesText.parse("a=1\nb=\\u00g1", "f"))
        .hasMessageContaining("f:2: \\u must be followed by four hexadecimal digits");
  }

  // The environment.

  @Test
  void variablesOfBothPrefixesAndTheDatabaseUrlAreRead() {
    SluiceConfig config =
        environment(
                Map.of(
                    "DATABASE_URL", "postgresql://u:p@h/app?min_size=2",
                    "SLUICE_MAX_SIZE", "20",
                    "POOL__ACQUIRE_TIMEOUT", "5s",
                    "SLUICE_DRIVER__ApplicationName", "x",
                    "SLUICE_IDLE_TIMEOUT", "",
                    "PATH", "/bin",
                    "POOL_OTHER", "x"))
            .toConfig();

    assertThat(config.url()).isEqualTo("jdbc:postgresql://h/app");
    assertThat(config.user()).isEqualTo("u");
    assertThat(config.pool().minSize()).isEqualTo(2);
    assertThat(config.pool().maxSize()).isEqualTo(20);
    assertThat(config.pool().acquireTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.pool().idleTimeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.driverProperties()).containsOnlyKeys("ApplicationName");
  }

  @ParameterizedTest
  @CsvSource({"SLUICE_URL", "POOL__URL", "SLUICE_JDBC_URL", "SLUICE_DATABASE_URL"})
  void aUrlOfOursGoesBeforeThePlatforms(String name) {
    SluiceConfig config =
        environment(Map.of("DATABASE_URL", "nonsense", name, "jdbc:h2:mem:x")).toConfig();

    assertThat(config.url()).isEqualTo("jdbc:h2:mem:x");
  }

  @Test
  void mistakesNameTheVariable() {
    assertThatThrownBy(
            () ->
                environment(
                        Map.of(
                            "DATABASE_URL", "postgresql://h/x?max_size=5",
                            "SLUICE_MAX_SIZE", "6",
                            "POOL__MIN_SIZE", "x",
                            "SLUICE_MAX_SISE", "7"))
                    .toConfig())
        .hasMessageContaining("environment variable POOL__MIN_SIZE = \"x\" must be a whole number")
        .hasMessageContaining(
            "environment variable SLUICE_MAX_SISE is not an option; did you mean SLUICE_MAX_SIZE?")
        .hasMessageContaining("environment variable DATABASE_URL")
        .hasMessageContaining("environment variable SLUICE_MAX_SIZE = \"6\"")
        .hasMessageContaining("contradicts");
  }

  @Test
  void whatKubernetesSaysOfAServiceOfThatNameIsNoSetting() {
    SluiceConfig config =
        environment(
                Map.of(
                    "SLUICE_URL", "jdbc:h2:mem:x",
                    "SLUICE_OPTS", "-Xmx1g",
                    "SLUICE_SERVICE_HOST", "10.0.0.1",
                    "SLUICE_SERVICE_PORT", "5432",
                    "SLUICE_PORT", "tcp://10.0.0.1:5432",
                    "SLUICE_PORT_5432_TCP", "tcp://10.0.0.1:5432",
                    "SLUICE_PORT_5432_TCP_ADDR", "10.0.0.1"))
            .toConfig();

    assertThat(config.url()).isEqualTo("jdbc:h2:mem:x");
    assertThatThrownBy(() -> environment(Map.of("SLUICE_PORT", "5432")).toConfig())
        .hasMessageContaining("needs host");
  }

  @Test
  void theRealEnvironmentCanBeRead() {
    assertThat(Sluice.builder().environment()).isNotNull();
  }

  private static SluiceBuilder environment(Map<String, String> environment) {
    return Sluice.builder().environment(environment);
  }

  @Test
  void settingsShowNoValue() {
    assertThat(List.of(new Setting("password", "hunter2", "f:1: ", "password", null)).toString())
        .doesNotContain("hunter2");
  }
}
