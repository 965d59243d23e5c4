package dev.sluice.jdbc.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Reads a file that describes several pools: {@code [pool.orders]}, {@code [pool.reports]} and so
 * on. The settings in {@code [pool]} itself are their defaults.
 */
public final class NamedSections {
  private static final String SECTION = "pool";

  private final List<Setting> defaults = new ArrayList<>();
  private final Map<String, List<Setting>> byName = new LinkedHashMap<>();

  private NamedSections() {}

  /**
   * Reads a {@code .toml} or {@code .properties} file.
   *
   * @throws UnreadableText if the file cannot be read or names no pool
   */
  public static NamedSections of(Path file) {
    NamedSections sections = new NamedSections();
    if (Sources.isToml(file)) {
      sections.readToml(Sources.read(file), file.toString());
    } else {
      sections.readProperties(Sources.read(file), file.toString());
    }
    if (sections.byName.isEmpty()) {
      throw new UnreadableText(
          file + ": no pool is named in it; begin each with a section such as [pool.orders]");
    }
    return sections;
  }

  /** All settings of each pool, by name, in the order of the file. */
  public Map<String, List<Setting>> byName() {
    Map<String, List<Setting>> complete = new LinkedHashMap<>();
    byName.forEach((name, own) -> complete.put(name, withDefaults(own)));
    return complete;
  }

  /** The settings count as one source, so that the parts of an address may be in both places. */
  private List<Setting> withDefaults(List<Setting> own) {
    Set<String> said = new HashSet<>();
    own.forEach(setting -> said.add(meaning(setting.key())));
    if (said.contains(Option.URL.key())) {
      said.addAll(Names.PLACE);
    }
    List<Setting> all = new ArrayList<>(own);
    for (Setting setting : defaults) {
      if (!said.contains(meaning(setting.key()))) {
        all.add(setting);
      }
    }
    return all;
  }

  /** A key that is equal for all names of an option. */
  private static String meaning(String key) {
    Option option = Option.find(key);
    Alias alias = Aliases.find(key);
    if (option == null && alias != null) {
      option = alias.option();
    }
    String special = Names.special(key);
    return option != null ? option.key() : special != null ? special : KeyStyle.squeeze(key);
  }

  private void readToml(String text, String source) {
    TomlTable.Node node = TomlParser.parse(text, source).get(SECTION);
    if (node == null || !(node.value() instanceof TomlTable table)) {
      return;
    }
    table
        .entries()
        .forEach(
            (key, entry) -> {
              if (!(entry.value() instanceof TomlTable inner)) {
                defaults.add(Sources.setting(key, entry, source));
              } else if (Binder.isTableOfDriver(key)) {
                Sources.flatten(key, inner, source, defaults);
              } else {
                Sources.flatten("", inner, source, section(key));
              }
            });
  }

  private void readProperties(String text, String source) {
    for (PropertiesText.Line line : PropertiesText.parse(text, source)) {
      if (!line.key().startsWith(SECTION + ".")) {
        continue;
      }
      String key = line.key().substring(SECTION.length() + 1);
      int dot = key.indexOf('.');
      boolean own = dot > 0 && !Binder.isTableOfDriver(key.substring(0, dot));
      List<Setting> settings = own ? section(key.substring(0, dot)) : defaults;
      String place = source + ":" + line.number() + ": ";
      settings.add(
          new Setting(own ? key.substring(dot + 1) : key, line.value(), place, line.key()));
    }
  }

  private List<Setting> section(String name) {
    return Objects.requireNonNull(byName.computeIfAbsent(name, n -> new ArrayList<>()));
  }
}
