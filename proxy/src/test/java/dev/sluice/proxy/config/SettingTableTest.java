package dev.sluice.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every setting, compared with what PgBouncer's console shows. */
class SettingTableTest {
  private static final Pattern ROW = Pattern.compile("(\\w+),(\"?)(.*)\\2,(yes|no)");
  private static final Path INI = Path.of("pgbouncer.ini");

  /** A row of PgBouncer's SHOW CONFIG; the default is empty for NULL too. */
  record Row(String key, String defaultText, boolean changeable) {}

  static List<Row> rows() throws IOException {
    try (InputStream csv = SettingTableTest.class.getResourceAsStream("show-config.csv")) {
      String text = new String(Objects.requireNonNull(csv).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().skip(1).map(SettingTableTest::row).toList();
    }
  }

  private static Row row(String line) {
    Matcher matcher = ROW.matcher(line);
    assertThat(matcher.matches()).as(line).isTrue();
    return new Row(matcher.group(1), matcher.group(3), matcher.group(4).equals("yes"));
  }

  @Test
  void theTableHasPgBouncersSettingsInItsOrder() throws IOException {
    List<String> expected = rows().stream().map(Row::key).toList();

    assertThat(Stream.of(Setting.values()).map(Setting::key)).hasSize(100).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everySettingHasPgBouncersDefaultAndChangeability(Row row) throws ConfigException {
    ConfigRow shown = shown(ProxyConfig.of("[pgbouncer]\n", INI), row.key());

    assertThat(Objects.requireNonNullElse(shown.defaultValue(), "")).isEqualTo(row.defaultText());
    assertThat(shown.changeable()).isEqualTo(row.changeable());
    assertThat(Setting.of(row.key()).orElseThrow().changeable()).isEqualTo(row.changeable());
  }

  @ParameterizedTest
  @EnumSource
  void aSettingThatTheFileDoesNotSetShowsItsDefault(Setting setting) throws ConfigException {
    ConfigRow shown = shown(ProxyConfig.of("[pgbouncer]\n", INI), setting.key());

    switch (setting) {
      case CONFFILE -> assertThat(shown.value()).isEqualTo("pgbouncer.ini");
      case VERBOSE -> assertThat(shown.value()).isEqualTo("0");
      case UNIX_SOCKET_MODE -> assertThat(shown.value()).isEqualTo("511");
      default -> assertThat(shown.value()).isEqualTo(shown.defaultValue());
    }
  }

  @ParameterizedTest
  @EnumSource
  void theFileSetsEverySetting(Setting setting) throws ConfigException {
    String value = example(setting);
    String text = "[pgbouncer]\n" + needs(setting) + setting.key() + " = " + value + "\n";

    ConfigRow shown = shown(ProxyConfig.of(text, INI), setting.key());

    assertThat(shown.value()).isEqualTo(value).isNotEqualTo(shown.defaultValue());
  }

  @ParameterizedTest
  @EnumSource
  void theConsoleSetsExactlyWhatIsChangeable(Setting setting) throws ConfigException {
    ProxyConfig config = ProxyConfig.of("[pgbouncer]\n", INI);
    String value = example(setting);

    if (setting.changeable()) {
      assertThat(shown(config.with(setting.key(), value), setting.key()).value()).isEqualTo(value);
    } else {
      assertThatThrownBy(() -> config.with(setting.key(), value))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(setting.key() + " cannot change at run time");
    }
    assertThat(shown(config, setting.key()).value()).isNotEqualTo(value);
  }

  private static ConfigRow shown(ProxyConfig config, String key) {
    return config.rows().stream().filter(row -> row.key().equals(key)).findFirst().orElseThrow();
  }

  /** A value that is not the default, as the console shows it. */
  static String example(Setting setting) {
    return switch (setting.type()) {
      case TEXT, LIST, PATH, DATABASE -> "some_value";
      case FLAG -> "0".equals(setting.defaultOrNull()) ? "1" : "0";
      case AUTH_TYPE -> "scram-sha-256";
      case POOL_MODE -> "statement";
      case SSL_MODE -> setting == Setting.CLIENT_TLS_SSLMODE ? "require" : "verify-full";
      case TLS_PROTOCOLS -> "tlsv1.3";
      case MODE -> "448";
      case SECONDS -> "12.5";
      default -> "77";
    };
  }

  private static String needs(Setting setting) {
    return switch (setting) {
      case CLIENT_TLS_SSLMODE -> "client_tls_cert_file = c\nclient_tls_key_file = k\n";
      case SERVER_TLS_CERT_FILE -> "server_tls_key_file = k\n";
      case SERVER_TLS_KEY_FILE -> "server_tls_cert_file = c\n";
      default -> "";
    };
  }
}
