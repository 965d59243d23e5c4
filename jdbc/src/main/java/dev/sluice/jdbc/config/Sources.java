package dev.sluice.jdbc.config;

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
public final class Sources {
  private static final long MAX_FILE_BYTES = 1 << 20;
  private static final String VARIABLE = "environment variable ";
  private static final List<String> OWN_PREFIXES = List.of("sluice.", "pool.");

  /** Well-known prefixes of peers' settings, which the caller need not name. */
  private static final List<String> PEER_PREFIXES =
      List.of(
          "spring.datasource.hikari.",
          "spring.datasource.dbcp2.",
          "spring.datasource.tomcat.",
          "spring.datasource.oracleucp.",
          "spring.datasource.druid.",
          "quarkus.datasource.",
          "c3p0.",
          "druid.");

  private Sources() {}

  /** The settings of a map; with a prefix, only those under it. */
  public static List<Setting> map(Map<String, ?> map, String prefix) {
    Map<String, Object> flat = new LinkedHashMap<>();
    flatten("", map, flat);
    List<Setting> settings = new ArrayList<>();
    flat.forEach(
        (key, value) -> {
          add(key, prefix, value, "", settings);
        });
    return settings;
  }

  /** Adds a setting if it is in the section. */
  private static void add(
      String key, String prefix, Object value, String place, List<Setting> settings) {
    String own = own(key, prefix);
    if (own == null) {
      return;
    }
    Peer peer = Peer.ofPrefix(key.substring(0, key.length() - own.length()));
    if (peer == Peer.QUARKUS && own.startsWith("jdbc.")) {
      own = own.substring("jdbc.".length());
    }
    settings.add(new Setting(own, value, place, key, peer));
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
    for (String peers : PEER_PREFIXES) {
      if (lower.startsWith(peers)) {
        return key.substring(peers.length());
      }
    }
    for (String own : OWN_PREFIXES) {
      if (lower.startsWith(own)) {
        return key.substring(own.length());
      }
    }
    return key;
  }

  /** The settings of a file. */
  public static List<Setting> file(Path file, String section) {
    return isToml(file)
        ? toml(read(file), file.toString(), section)
        : properties(read(file), file.toString(), section.equals("pool") ? "" : section);
  }

  /**
   * Whether a file is TOML, by its name, and not {@code .properties}.
   *
   * @throws UnreadableText if it is neither
   */
  static boolean isToml(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (!name.endsWith(".toml") && !name.endsWith(".properties")) {
      throw new UnreadableText(file + " must be a .toml or a .properties file");
    }
    return name.endsWith(".toml");
  }

  static String read(Path file) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new UnreadableText(
            file
                + " is larger than "
                + MAX_FILE_BYTES
                + " bytes, so it cannot be a configuration file");
      }
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new UnreadableText(file + " is not UTF-8", e);
    } catch (IOException e) {
      throw new UnreadableText(
          file + " cannot be read: " + e.getClass().getSimpleName() + " " + e.getMessage(), e);
    }
  }

  /** The settings of a section of a TOML document. */
  public static List<Setting> toml(String text, String source, String section) {
    TomlTable root = TomlParser.parse(text, source);
    TomlTable table = root;
    for (String part : section.split("\\.", -1)) {
      TomlTable.Node node = table.get(part);
      if (node == null || !(node.value() instanceof TomlTable inner)) {
        throw new UnreadableText(
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
    Peer peer = Peer.ofPrefix(section);
    if (peer == null) {
      return settings;
    }
    List<Setting> theirs = new ArrayList<>();
    for (Setting one : settings) {
      theirs.add(new Setting(one.key(), one.value(), one.place(), one.spelled(), peer));
    }
    return theirs;
  }

  static void flatten(String path, TomlTable table, String source, List<Setting> settings) {
    table
        .entries()
        .forEach(
            (key, node) -> {
              String full = path.isEmpty() ? key : path + "." + key;
              if (node.value() instanceof TomlTable inner) {
                flatten(full, inner, source, settings);
              } else {
                settings.add(setting(full, node, source));
              }
            });
  }

  static Setting setting(String key, TomlTable.Node node, String source) {
    return new Setting(key, plain(node.value()), source + ":" + node.line() + ": ", key);
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
  public static List<Setting> properties(String text, String source, String prefix) {
    List<Setting> settings = new ArrayList<>();
    for (PropertiesText.Line line : PropertiesText.parse(text, source)) {
      add(line.key(), prefix, line.value(), source + ":" + line.number() + ": ", settings);
    }
    return settings;
  }

  /** The settings of environment variables. */
  public static List<Setting> environment(Map<String, String> environment) {
    List<Setting> settings = new ArrayList<>();
    boolean hasUrl = false;
    for (String name : environment.keySet().stream().sorted().toList()) {
      String key = variable(name);
      String value = environment.get(name);
      if (key == null || value == null || value.isEmpty() || isNoSetting(name, value)) {
        continue;
      }
      settings.add(new Setting(key, value, VARIABLE, name));
      hasUrl |= Names.INSTANCE.isUrl(key);
    }
    String url = environment.get("DATABASE_URL");
    if (!hasUrl && url != null && !url.isEmpty()) {
      settings.add(0, new Setting("url", url, VARIABLE, "DATABASE_URL"));
    }
    return settings;
  }

  /**
   * Whether a variable only looks like one of ours: an option of the launcher, or a variable that
   * Kubernetes sets for a Service called sluice or pool ({@code SLUICE_SERVICE_HOST}, {@code
   * SLUICE_PORT}).
   */
  private static boolean isNoSetting(String name, String value) {
    String upper = name.toUpperCase(Locale.ROOT);
    return upper.equals("SLUICE_OPTS")
        || (upper.equals("SLUICE_PORT") && value.contains("://"))
        || upper.startsWith("SLUICE_PORT_")
        || upper.startsWith("SLUICE_SERVICE_");
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
