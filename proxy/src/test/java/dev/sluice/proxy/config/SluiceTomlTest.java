package dev.sluice.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sluice's own file: what it says, what is refused, and the page that describes it. */
class SluiceTomlTest {
  private static final String WRITE = "sluice.docs.write";
  private static final String COMMAND =
      "mvn -q -pl proxy -am test -Dtest=SluiceTomlTest -Dsurefire.failIfNoSpecifiedTests=false -D"
          + WRITE
          + "=true";
  private static final String BEGIN = "<!-- begin own settings -->\n";
  private static final String END = "<!-- end own settings -->";
  private static final String BLOCK = "```toml\n";
  private static final Path PAGE = Path.of("..", "docs", "sidecar.md");

  private static SluiceSettings read(String text) throws ConfigException {
    return SluiceToml.load(Path.of("sluice.toml"), file -> text);
  }

  private static List<String> problems(String text) {
    ConfigException refused = catchThrowableOfType(ConfigException.class, () -> read(text));
    assertThat(refused).as(text).isNotNull();
    return refused.problems().stream().map(ConfigException.Problem::toString).toList();
  }

  private static String page() throws IOException {
    return Files.readString(PAGE).replace("\r\n", "\n");
  }

  @Test
  void anEmptyFileIsAsGoodAsNone() throws Exception {
    assertThat(read("")).isEqualTo(SluiceSettings.NONE);
  }

  @Test
  void theFileOfThePageSetsEveryKey() throws Exception {
    String page = page();
    int begin = page.indexOf(BLOCK) + BLOCK.length();
    SluiceSettings settings = read(page.substring(begin, page.indexOf("```", begin)));

    assertThat(settings.metricsAddress().map(InetSocketAddress::toString))
        .hasValueSatisfying(at -> assertThat(at).endsWith("/127.0.0.1:9127"));
    assertThat(settings.overloadTarget()).isEqualTo(Duration.ofMillis(50));
    assertThat(settings.overloadInterval()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.maxWaiting()).isEqualTo(500);
    assertThat(settings.reportTransaction()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.reportIdleTransaction()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.sqlPrepare() && settings.listen() && settings.pin()).isTrue();
    assertThat(settings.users())
        .containsEntry("web", new SluiceUser(2, true))
        .containsEntry("batch", new SluiceUser(0, false));
    assertThat(settings.rows())
        .extracting(ConfigRow::key)
        .contains("users.web.priority", "users.batch.sheddable");
    for (ConfigRow row : settings.rows()) {
      boolean same = row.value().equals(row.defaultValue());
      assertThat(same && !row.key().startsWith("users.") && !row.key().endsWith("interval"))
          .as("%s is set to another value than its default", row.key())
          .isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "metrics_adress = 1|sluice.toml:1: unknown key \"metrics_adress\"; did you mean"
            + " metrics_address?",
        "[overlaod]|sluice.toml:1: unknown key \"overlaod\"; did you mean overload?",
        "[overload]\\ntargt = 1|sluice.toml:2: [overload]: unknown key \"targt\"; did you mean"
            + " target?",
        "[report]\\nidle = 1|sluice.toml:2: [report]: unknown key \"idle\"",
        "[users.web]\\npriorty = 1|sluice.toml:2: [users.web]: unknown key \"priorty\"; did you mean"
            + " priority?"
      })
  void unknownKeysAreProblems(String text, String problem) {
    assertThat(problems(text.replace("\\n", "\n"))).containsExactly(problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "metrics_address = \"here\"",
        "metrics_address = 0",
        "metrics_address = true",
        "metrics_address = \":9127\"",
        "overload = 1",
        "users = 1",
        "users.web = 1",
        "overload.target = \"50ms\"",
        "overload.target = -1",
        "overload.target = nan",
        "overload.target = 2",
        "overload.interval = 0",
        "overload.max_waiting = 1.5",
        "overload.max_waiting = -1",
        "report.transaction = inf",
        "users.web.priority = 4",
        "users.web.sheddable = 1",
        "metrics_address = ",
        "a = 1\na = 2"
      })
  void valuesThatDoNotFitAreProblems(String text) {
    assertThat(problems(text)).allSatisfy(problem -> assertThat(problem).startsWith("sluice.toml"));
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    assertThat(problems("x = 1\ny = 2\n[users.a]\npriority = 9\n")).hasSize(3);
  }

  @Test
  void aFileThatIsMissingIsNamed() {
    ConfigException refused =
        catchThrowableOfType(
            ConfigException.class, () -> SluiceSettings.load(Path.of("/nowhere/sluice.toml")));

    assertThat(refused)
        .hasMessageContaining("/nowhere/sluice.toml")
        .hasMessageContaining("not exist");
  }

  @Test
  void thePageShowsTheKeysAsTheyAre() throws IOException {
    String found = page();
    int begin = found.indexOf(BEGIN) + BEGIN.length();
    String renewed = found.substring(0, begin) + table() + found.substring(found.indexOf(END));
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(PAGE, renewed);
      found = renewed;
    }

    assertThat(found).as("docs/sidecar.md is stale; renew it: %s", COMMAND).isEqualTo(renewed);
    assertThat(found).contains(COMMAND);
  }

  private static String table() {
    return "\n| key | default | a new value counts | what it does |\n|---|---|---|---|\n"
        + Stream.of(SluiceSetting.values())
            .map(
                setting ->
                    "| `%s` | `%s` | %s | %s |\n"
                        .formatted(
                            setting.key(),
                            setting.defaultText(),
                            setting.counts().text(),
                            setting.meaning()))
            .collect(Collectors.joining())
        + "\n";
  }
}
