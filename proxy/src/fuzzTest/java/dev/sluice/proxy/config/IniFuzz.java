package dev.sluice.proxy.config;

import static dev.sluice.proxy.config.ConfigFuzz.CANARY;
import static dev.sluice.proxy.config.ConfigFuzz.require;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ini files: a text is a configuration, which its own rows set again and a reload leaves as it is,
 * or refused with places. No password is shown, whatever follows it.
 */
final class IniFuzz {
  private static final Path FILE = Path.of("f.ini");
  private static final String SIDE = "\"ann\" \"x\"\n";

  private IniFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) {
    check(ConfigFuzz.text(data));
  }

  static void check(String text) {
    configured(text);
    configured("[pgbouncer]\n" + text);
    configured("[pgbouncer]\n[databases]\na = " + text);
    configured("[pgbouncer]\n[databases]\na = user=u password=" + CANARY + text);
    configured("[pgbouncer]\n[databases]\na = user=u password='" + CANARY + text);
  }

  private static void configured(String text) {
    try {
      ProxyConfig config = ProxyConfig.of(text, FILE, ConfigFuzz.files(SIDE));
      ConfigFuzz.warnings(config.warnings());
      require(!config.databases().toString().contains(CANARY), "the secret hidden");
      require(config.rows().size() == Setting.values().length, "a row for each setting");
      for (ConfigRow row : config.rows()) {
        setAgain(config, row.key(), row.value());
      }
      require(config.reload().rows().equals(config.rows()), "what was read");
      require(config.reload().databases().equals(config.databases()), "what was read");
    } catch (ConfigException e) {
      ConfigFuzz.refused(e);
    }
  }

  /** What the console shows, it takes. */
  private static void setAgain(ProxyConfig config, String key, @Nullable String value)
      throws ConfigException {
    Setting setting = Setting.of(key).orElseThrow();
    if (value != null && setting.changeable()) {
      String after = config.with(key, value).settings().shown(setting);
      require(Objects.equals(after, value), key + " = " + value + " became " + after);
    }
  }
}
