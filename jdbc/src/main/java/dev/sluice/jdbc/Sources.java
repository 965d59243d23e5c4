package dev.sluice.jdbc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns maps, files and the environment into settings. */
final class Sources {
  private static final long MAX_FILE_BYTES = 1 << 20;
  private static final List<String> OWN_PREFIXES = List.of("sluice.", "pool.");

  private Sources() {}

  /** The settings of a map; with a prefix, only those under it. */
  static List<Setting> map(Map<String, ?> map, String prefix) {
    Map<String, Object> flat = new LinkedHashMap<>();
    flatten("", map, flat);
    List<Setting> settings = new ArrayList<>();
    flat.forEach(
        (key, value) -> {
          String own = own(key, prefix);
          if (own != null) {
            settings.add(new Setting(own, value, Printable.of(key)));
          }
        });
    return settings;
  }

  private static void flatten(String path, Map<?, ?> map, Map<String, Object> flat) {
    map.forEach(
        (key, value) -> {
          String full = path.isEmpty() ? String.valueOf(key) : path + "." + key;
          if (value instanceof Map<?, ?> inner) {
            flatten(full, inner, flat);
          } else if (value != null) {
            flat.put(full, value);
          }
        });
  }

  /** The key within its section, null if it is not in the section. */
  private static @Nullable String own(String key, String prefix) {
    if (!prefix.isEmpty()) {
      String start = prefix.endsWith(".") ? prefix : prefix + ".";
      return key.startsWith(start) ? key.substring(start.length()) : null;
    }
    String lower = key.toLowerCase(Locale.ROOT);
    for (String own : OWN_PREFIXES) {
      if (lower.startsWith(own)) {
        return key.substring(own.length());
      }
    }
    return key;
  }

  /** The settings of a file. */
  static List<Setting> file(Path file, String section) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".toml")) {
      return toml(read(file), file.toString(), section);
    }
    if (name.endsWith(".properties")) {
      return properties(read(file), file.toString(), section.equals("pool") ? "" : section);
    }
    throw new SluiceConfigException(file + " must be a .toml or a .properties file");
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new SluiceConfigException(
            file + " is larger than " + MAX_FILE_BYTES + " bytes, so it can be no configuration");
      }
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new SluiceConfigException(file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new SluiceConfigException(
          file + " cannot be read: " + e.getClass().getSimpleName() + " " + e.getMessage(), e);
    }
  }

  /** The settings of a section of a TOML document. */
  static List<Setting> toml(String text, String source, String section) {
    TomlTable root = TomlParser.parse(text, source);
    TomlTable table = root;
    for (String part : section.split("\\.", -1)) {
      TomlTable.Node node = table.get(part);
      if (node == null || !(node.value() instanceof TomlTable inner)) {
        throw new SluiceConfigException(
            source
                + ": no section ["
                + section
                + "]; the keys at its level are "
                + Printable.of(table.entries().keySet().toString()));
      }
      table = inner;
    }
    List<Setting> settings = new ArrayList<>();
    flatten("", table, source, settings);
    return settings;
  }

  private static void flatten(String path, TomlTable table, String source, List<Setting> settings) {
    table
        .entries()
        .forEach(
            (key, node) -> {
              String full = path.isEmpty() ? key : path + "." + key;
              if (node.value() instanceof TomlTable inner) {
                flatten(full, inner, source, settings);
              } else {
                settings.add(
                    new Setting(
                        full,
                        plain(node.value()),
                        source + ":" + node.line() + ": " + Printable.of(full)));
              }
            });
  }

  private static Object plain(Object value) {
    if (value instanceof List<?> list) {
      List<Object> values = new ArrayList<>();
      for (Object node : list) {
        values.add(plain(((TomlTable.Node) node).value()));
      }
      return values;
    }
    return value;
  }

  /** The settings of a text in the form of {@code .properties}. */
  static List<Setting> properties(String text, String source, String prefix) {
    List<Setting> settings = new ArrayList<>();
    for (PropertiesText.Line line : PropertiesText.parse(text, source)) {
      String own = own(line.key(), prefix);
      if (own != null) {
        settings.add(
            new Setting(
                own, line.value(), source + ":" + line.number() + ": " + Printable.of(line.key())));
      }
    }
    return settings;
  }

  /** The settings of environment variables. */
  static List<Setting> environment(Map<String, String> environment) {
    List<Setting> settings = new ArrayList<>();
    boolean hasUrl = false;
    for (String name : environment.keySet().stream().sorted().toList()) {
      String key = variable(name);
      String value = environment.get(name);
      if (key == null || value == null || value.isEmpty()) {
        continue;
      }
      settings.add(new Setting(key, value, "environment variable " + Printable.of(name)));
      hasUrl |= Binder.isUrl(key);
    }
    String url = environment.get("DATABASE_URL");
    if (!hasUrl && url != null && !url.isEmpty()) {
      settings.add(0, new Setting("url", url, "environment variable DATABASE_URL"));
    }
    return settings;
  }

  private static @Nullable String variable(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    String rest;
    if (upper.startsWith("SLUICE_")) {
      rest = name.substring("SLUICE_".length());
    } else if (upper.startsWith("POOL__")) {
      rest = name.substring("POOL__".length());
    } else {
      return null;
    }
    String driver = "DRIVER__";
    return rest.toUpperCase(Locale.ROOT).startsWith(driver)
        ? "driver." + rest.substring(driver.length())
        : rest;
  }
}
