package dev.sluice.jdbc.config;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options by name, in any key style; built at the first look-up. */
final class OptionNames {
  private static final Map<String, Option> OPTIONS = new HashMap<>();

  static {
    for (Option option : Option.values()) {
      OPTIONS.put(KeyStyle.squeeze(option.key()), option);
    }
  }

  private OptionNames() {}

  static @Nullable Option find(String name) {
    return OPTIONS.get(KeyStyle.squeeze(name));
  }
}
