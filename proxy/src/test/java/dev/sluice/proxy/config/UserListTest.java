package dev.sluice.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file with the users. */
class UserListTest {
  @TempDir Path folder;

  private final Report report = new Report();

  private Map<String, String> read(String... lines) {
    UserList list = UserListReader.read(String.join("\n", lines), "userlist.txt", report);
    return list.secrets().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().reveal()));
  }

  @Test
  void eachLineHasAUserAndASecret() {
    Map<String, String> users =
        read(
            "\"plain\" \"secret\"",
            "  \"hashed\"\t\"md5ab8b744ff66bee42dc47bae34ca17959\"\r",
            "\"scram\" \"SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy\"",
            "\"empty\" \"\"");

    assertThat(report.problems()).isEmpty();
    assertThat(users)
        .containsEntry("plain", "secret")
        .containsEntry("hashed", "md5ab8b744ff66bee42dc47bae34ca17959")
        .containsEntry("scram", "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy")
        .containsEntry("empty", "")
        .hasSize(4);
  }

  @Test
  void twoQuotesStandForOne() {
    assertThat(read("\"a\"\"b\" \"\"\"x\"\"\"")).containsExactly(Map.entry("a\"b", "\"x\""));
  }

  @Test
  void commentsEmptyLinesAndTheRestOfALineAreIgnored() {
    assertThat(
            read("", "; \"no\" \"user\"", "  ;\"no\" \"user\"", "\"a\" \"b\" and \"more\" # this"))
        .containsExactly(Map.entry("a", "b"));
    assertThat(report.problems()).isEmpty();
  }

  @Test
  void theLastLineOfAUserCountsWithAWarning() {
    assertThat(read("\"a\" \"1\"", "\"a\" \"2\"")).containsExactly(Map.entry("a", "2"));
    assertThat(report.warnings())
        .containsExactly(
            "userlist.txt:2: user \"a\" is also in line 1 of userlist.txt; the last line counts");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "marko",
        "marko \"s3cret\"",
        "\"marko",
        "\"marko\"",
        "\"marko\" s3cret",
        "\"marko\" \"s3cret",
        "\"marko\" \"s3cret\"\"",
        "# \"marko\" \"s3cret\"",
        "'marko' 's3cret'",
      })
  void anotherLineIsAProblemThatShowsNoSecret(String line) {
    read("\"a\" \"b\"", line);

    assertThat(report.problems())
        .singleElement()
        .asString()
        .startsWith("userlist.txt:2: not a user and a secret, each in double quotes")
        .doesNotContain("s3cret");
  }

  @Test
  void aBrokenLineRefusesTheConfiguration() {
    Configs.write(folder, "pgbouncer.ini", "[pgbouncer]", "auth_file = userlist.txt");
    Configs.write(folder, "userlist.txt", "\"a\" \"b\"", "broken");

    assertThat(Configs.problemsOf(folder))
        .singleElement()
        .asString()
        .startsWith("userlist.txt:2: not a user and a secret");
  }

  @Test
  void aMissingFileIsOnlyAWarning() throws ConfigException {
    Configs.write(folder, "pgbouncer.ini", "[pgbouncer]", "auth_file = userlist.txt");

    ProxyConfig config = Configs.load(folder);

    assertThat(config.userList().secrets()).isEmpty();
    assertThat(config.warnings())
        .contains(
            "auth_file \"userlist.txt\" does not exist; relative names start at " + folder,
            "no user can log in: auth_file has no user, and auth_user is not set either");
  }

  @Test
  void theFileIsNotReadForUsersThatNeedNone() throws ConfigException {
    Configs.write(
        folder, "pgbouncer.ini", "[pgbouncer]", "auth_file = userlist.txt", "auth_type = any");

    ProxyConfig config = Configs.load(folder);

    assertThat(config.userList().secret("a")).isEmpty();
    assertThat(config.warnings()).noneMatch(warning -> warning.contains("auth_file"));
  }

  @Test
  void nothingPrintsASecret() {
    UserList list = UserListReader.read("\"a\" \"s3cret\"", "userlist.txt", report);

    assertThat(list.toString()).isEqualTo("[a]");
    assertThat(list.secrets().toString()).isEqualTo("{a=***}");
    assertThat(list.secret("a")).contains(Secret.of("s3cret")).isNotEqualTo(list.secret("b"));
  }
}
