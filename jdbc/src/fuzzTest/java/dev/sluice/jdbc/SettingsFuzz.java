package dev.sluice.jdbc;

import static dev.sluice.jdbc.Fuzz.CANARY;
import static dev.sluice.jdbc.Fuzz.require;

import dev.sluice.jdbc.config.Binder;
import dev.sluice.jdbc.config.Option;
import dev.sluice.jdbc.config.Printable;
import dev.sluice.jdbc.config.Setting;
import dev.sluice.jdbc.config.Sources;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Settings, one to a line, through every door: map, {@code Properties}, the text of both sorts of
 * files, environment. All doors make the same of them: a configuration, or the same problems, each
 * of which names a key.
 */
final class SettingsFuzz {
  private static final int MOST = 40;
  private static final List<String> PREFIXES =
      List.of("sluice.", "pool.", "spring.datasource.", "quarkus.datasource.", "c3p0.", "druid.");

  private SettingsFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) {
    check(Fuzz.text(data));
  }

  static void check(String text) {
    Map<String, String> settings = settings(text);
    Fuzz.configured(Sluice.builder().settings(settings));
    Outcome byMap = outcome(Sluice.builder().settings(settings));
    byMap.namesKeys(settings);
    Properties properties = new Properties();
    properties.putAll(settings);
    require(byMap.agrees(outcome(Sluice.from(properties))), "properties agree");
    require(
        byMap.equals(outcome(bound(Sources.properties(asProperties(settings), "", "")))), "text");
    if (settings.keySet().stream().noneMatch(SettingsFuzz::hasPrefix)) {
      require(byMap.equals(outcome(bound(Sources.toml(asToml(settings), "", "pool")))), "TOML");
      environment(settings, byMap);
    }
  }

  /** Lines of key and value; what is for a password's key gets one that will be known again. */
  private static Map<String, String> settings(String text) {
    Map<String, String> settings = new LinkedHashMap<>();
    text.lines()
        .limit(MOST)
        .forEach(
            line -> {
              int equals = line.indexOf('=');
              String key = equals < 0 ? line : line.substring(0, equals);
              String value = equals < 0 ? "" : line.substring(equals + 1);
              settings.putIfAbsent(key, isSecret(key) ? CANARY + value : value);
            });
    return settings;
  }

  private static boolean isSecret(String key) {
    String name =
        key.replaceFirst("^(?i:sluice|pool)\\.", "")
            .replaceAll("[-_ ]", "")
            .toLowerCase(Locale.ROOT);
    return name.equals("password")
        || name.equals("passwd")
        || name.startsWith("driver.")
        || name.startsWith("driverproperties.")
        || name.startsWith("datasource.")
        || name.startsWith("datasourceproperties.");
  }

  /** Prefixes, own ones and peers', count at the beginning of a key, not within a section. */
  private static boolean hasPrefix(String key) {
    String lower = key.toLowerCase(Locale.ROOT);
    return PREFIXES.stream().anyMatch(lower::startsWith);
  }

  /** Variables are looked at in the order of their names, so problems may differ in number. */
  private static void environment(Map<String, String> settings, Outcome byMap) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      if (setting.getValue().isEmpty()
          || setting.getKey().matches("(?is)(driver__|service_|port|opts).*")) {
        return;
      }
      variables.put("SLUICE_" + setting.getKey(), setting.getValue());
    }
    require(
        byMap.agrees(outcome(Sluice.builder().environment(variables))), "the environment agrees");
  }

  private static SluiceBuilder bound(List<Setting> settings) {
    return Sluice.builder().apply(Binder.read(settings));
  }

  private static String asProperties(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(e -> escaped(e.getKey()) + "=" + escaped(e.getValue()))
        .collect(Collectors.joining("\n"));
  }

  private static String escaped(String text) {
    return text.chars()
        .mapToObj(
            c -> c >= 'a' && c <= 'z' ? String.valueOf((char) c) : String.format("\\u%04x", c))
        .collect(Collectors.joining());
  }

  private static String asToml(Map<String, String> settings) {
    StringBuilder text = new StringBuilder("[pool]\n");
    settings.forEach(
        (key, value) ->
            TomlFuzz.quoted(value, TomlFuzz.quoted(key, text).append('=')).append('\n'));
    return text.toString();
  }

  private static Outcome outcome(SluiceBuilder builder) {
    try {
      return new Outcome(builder.toConfig().toString(), List.of());
    } catch (SluiceConfigException e) {
      Fuzz.refused(e);
      return new Outcome(null, e.problems());
    }
  }

  /** What became of settings: a configuration, or problems. */
  private record Outcome(@Nullable String config, List<String> problems) {
    boolean agrees(Outcome other) {
      return config == null ? other.config == null : config.equals(other.config);
    }

    /** The same, wherever the keys were found. */
    @Override
    public boolean equals(Object other) {
      return other instanceof Outcome outcome
          && agrees(outcome)
          && problems.size() == outcome.problems.size();
    }

    @Override
    public int hashCode() {
      return problems.size();
    }

    void namesKeys(Map<String, String> settings) {
      for (String problem : problems) {
        require(
            settings.keySet().stream().anyMatch(key -> problem.contains(Printable.of(key)))
                || Stream.of(Option.values()).anyMatch(option -> problem.contains(option.key())),
            "a key in: " + problem);
      }
    }
  }
}
