package dev.sluice.proxy.config;

import static dev.sluice.proxy.config.ConfigFuzz.CANARY;
import static dev.sluice.proxy.config.ConfigFuzz.require;

import java.util.Map;

/** Database URLs: a configuration or refused, without showing a password in either case. */
final class UrlFuzz {
  private UrlFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) {
    check(ConfigFuzz.text(data));
  }

  static void check(String text) {
    configured(text, Map.of());
    configured("postgresql://" + text, Map.of());
    configured("postgresql://u:" + CANARY + text, Map.of());
    configured("postgresql://u:" + CANARY + "@" + text, Map.of());
    configured("postgresql://u:p@h/d", Map.of("POOL_SIZE", text, "LISTEN_PORT", text));
  }

  private static void configured(String url, Map<String, String> environment) {
    try {
      ProxyConfig config = ProxyConfig.fromUrl(url, environment);
      ConfigFuzz.warnings(config.warnings());
      require(!config.databases().toString().contains(CANARY), "the secret hidden");
      require(!config.userList().toString().contains(CANARY), "the secret hidden");
      require(config.databases().size() + config.fallback().stream().count() == 1, "one database");
    } catch (ConfigException e) {
      ConfigFuzz.refused(e);
    }
  }
}
