package dev.sluice.spring.boot;

import static dev.sluice.spring.boot.Keys.squeeze;

import dev.sluice.jdbc.SluiceBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.springframework.core.env.Environment;

/** Reads the options of a pool under {@code sluice} or {@code sluice.pools.NAME}. */
final class SluiceKeys {
  static final String PREFIX = "sluice";

  /** What belongs to the application and not to its pool. */
  private static final Set<String> RESERVED =
      Set.of("enabled", "pools", "replicas", "routing", "ssl", "metrics", "primary", "jta");

  private static final Set<String> LOCATION =
      Set.of("url", "user", "username", "password", "driverclassname");

  private final String prefix;
  private final Map<String, String> keys;

  private SluiceKeys(String prefix, Map<String, String> keys) {
    this.prefix = prefix;
    this.keys = keys;
  }

  /** The options under a prefix. */
  static SluiceKeys of(Environment environment, String prefix) {
    Map<String, String> options = new LinkedHashMap<>(Keys.under(environment, prefix));
    options.keySet().removeIf(SluiceKeys::isNoOption);
    if (prefix.equals(PREFIX)) {
      EnvironmentVariables.dropStrangers(environment, options);
    }
    return new SluiceKeys(prefix, options);
  }

  /** The options of a pool, or a replica, of this name. */
  static SluiceKeys of(NamedKeys named, String prefix, String name) {
    Map<String, String> options = new LinkedHashMap<>(named.of(name));
    options.keySet().removeIf(SluiceKeys::isNoOption);
    return new SluiceKeys(prefix + "." + name, options);
  }

  private static boolean isNoOption(String key) {
    return RESERVED.contains(squeeze(Keys.first(key)));
  }

  /** These keys without those that say where the database is and who logs in. */
  SluiceKeys withoutLocation() {
    Map<String, String> rest = new LinkedHashMap<>(keys);
    rest.keySet().removeIf(key -> LOCATION.contains(squeeze(key)));
    return new SluiceKeys(prefix, rest);
  }

  /** Applies the options; the pool's start reports those that are unknown. */
  void applyTo(SluiceBuilder builder) {
    Map<String, Object> full = new LinkedHashMap<>();
    Keys.withLists(keys).forEach((key, value) -> full.put(prefix + "." + key, value));
    builder.settings(full, prefix);
  }
}
