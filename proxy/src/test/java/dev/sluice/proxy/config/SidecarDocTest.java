package dev.sluice.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps docs/sidecar.md in step with the code. */
class SidecarDocTest {
  private static final String WRITE = "sluice.docs.write";
  private static final String COMMAND =
      "mvn -q -pl proxy -am test -Dtest=SidecarDocTest -Dsurefire.failIfNoSpecifiedTests=false -D"
          + WRITE
          + "=true";
  private static final String BEGIN = "<!-- begin settings -->\n";
  private static final String END = "<!-- end settings -->";
  private static final Path PAGE = Path.of("..", "docs", "sidecar.md");
  private static final Pattern INI = Pattern.compile("```ini\n(.*?)```", Pattern.DOTALL);

  private static String page() throws IOException {
    return Files.readString(PAGE).replace("\r\n", "\n");
  }

  @Test
  void thePageShowsTheSettingsAsTheyAre() throws IOException {
    String found = page();
    int begin = found.indexOf(BEGIN) + BEGIN.length();
    int end = found.indexOf(END);
    String renewed = found.substring(0, begin) + table() + found.substring(end);
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(PAGE, renewed);
      found = renewed;
    }

    assertThat(found).as("docs/sidecar.md is stale; renew it: %s", COMMAND).isEqualTo(renewed);
    assertThat(found).contains(COMMAND);
  }

  @Test
  void theFilesOfThePageCanBeUsed() throws IOException, ConfigException {
    Matcher blocks = INI.matcher(page());
    int files = 0;
    while (blocks.find()) {
      ProxyConfig config =
          ProxyConfig.of(blocks.group(1), Path.of("docs.ini"), file -> "\"app\" \"secret\"\n");
      assertThat(config.warnings()).isEmpty();
      files++;
    }

    assertThat(files).isPositive();
  }

  private static String table() {
    return "\n| setting | default | changeable | what it does |\n|---|---|---|---|\n"
        + Stream.of(Setting.values()).map(SidecarDocTest::row).collect(Collectors.joining())
        + "\n";
  }

  private static String row(Setting setting) {
    return String.format(
        Locale.ROOT,
        "| `%s` | %s | %s | %s%s |\n",
        setting.key(),
        setting.defaultText().filter(text -> !text.isEmpty()).map(SidecarDocTest::code).orElse(""),
        setting.changeable() ? "yes" : "no",
        setting.meaning().replace("*", "`*`").replace("<empty>", "`<empty>`") + values(setting),
        effect(setting.effect()));
  }

  private static String code(String text) {
    return "`" + text + "`";
  }

  private static String values(Setting setting) {
    return switch (setting.type()) {
      case POOL_MODE -> oneOf(PoolMode.values());
      case AUTH_TYPE -> oneOf(AuthType.values());
      case SSL_MODE -> oneOf(SslMode.values());
      case SECONDS, WHOLE_SECONDS, PERIOD -> " In seconds.";
      case MILLISECONDS -> " In milliseconds.";
      default -> "";
    };
  }

  private static String oneOf(Choice[] choices) {
    return Arrays.stream(choices)
        .map(choice -> code(choice.word()))
        .collect(Collectors.joining(", ", " One of ", "."));
  }

  private static String effect(Effect effect) {
    return switch (effect.status()) {
      case EFFECTIVE -> "";
      case NOT_YET -> " *No effect yet: " + effect.reason() + ".*";
      case NOT_APPLICABLE -> " *No effect here: " + effect.reason() + ".*";
    };
  }
}
