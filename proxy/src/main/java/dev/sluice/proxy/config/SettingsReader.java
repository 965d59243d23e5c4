package dev.sluice.proxy.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code [pgbouncer]}. */
final class SettingsReader {
  private static final String SERVICE_NAME = "service_name";

  private final Report report;
  private final EnumMap<Setting, Object> values;
  private final EnumMap<Setting, Place> given = new EnumMap<>(Setting.class);
  private boolean begun;

  /**
   * @param running the values in force at a reload: those without a default stay unless the file
   *     sets them; null at the start
   */
  SettingsReader(@Nullable Settings running, Report report) {
    this.report = report;
    this.values = defaults();
    if (running != null) {
      keep(running);
    }
  }

  private void keep(Settings running) {
    for (Setting setting : Setting.values()) {
      Object value = running.value(setting);
      if (setting.defaultOrNull() == null && value != null) {
        values.put(setting, value);
      }
    }
  }

  private static EnumMap<Setting, Object> defaults() {
    EnumMap<Setting, Object> values = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      String text = setting.defaultOrNull();
      if (text != null) {
        values.put(setting, defaultValue(setting, text));
      }
    }
    values.put(Setting.VERBOSE, 0);
    return values;
  }

  private static Object defaultValue(Setting setting, String text) {
    try {
      return setting.type().parse(text);
    } catch (BadValue e) {
      throw new IllegalStateException("the default of " + setting, e);
    }
  }

  /** A section {@code [pgbouncer]} begins. A second one resets what the first one set. */
  void begin(Place place) {
    begun = true;
    List<String> lost = new ArrayList<>();
    for (Setting setting : List.copyOf(given.keySet())) {
      String text = setting.defaultOrNull();
      if (text != null) {
        values.put(setting, defaultValue(setting, text));
        given.remove(setting);
        lost.add(setting.key());
      }
    }
    if (!lost.isEmpty()) {
      report.warning(
          place,
          "a second section [pgbouncer] sets these back to their defaults, as in PgBouncer: "
              + String.join(", ", lost)
              + "; merge the sections");
    }
  }

  void entry(String key, String text, Place place) {
    Optional<Setting> setting = Setting.of(key.equals(SERVICE_NAME) ? "job_name" : key);
    if (setting.isEmpty()) {
      report.problem(place, unknown(key));
      return;
    }
    Place earlier = given.put(setting.get(), place);
    if (earlier != null) {
      report.warning(place, key + " is already set at " + earlier + "; the last line counts");
    }
    try {
      values.put(setting.get(), setting.get().type().parse(text));
    } catch (BadValue e) {
      report.problem(place, wrong(key, text, e));
    }
  }

  /** Returns all keys, in the order of {@code SHOW CONFIG}. */
  static List<String> keys() {
    List<String> keys = new ArrayList<>();
    for (Setting setting : Setting.values()) {
      keys.add(setting.key());
    }
    return keys;
  }

  static String unknown(String key) {
    return "unknown setting " + Printable.quoted(key) + Nearest.hint(key, keys());
  }

  static String wrong(String key, String text, BadValue e) {
    return key + " = " + Printable.quoted(text) + " must be " + e.wanted();
  }

  /** Returns whether the file has the section. */
  boolean begun() {
    return begun;
  }

  Map<Setting, Place> given() {
    return given;
  }

  /** Puts a value that no file says. */
  void put(Setting setting, Object value) {
    values.put(setting, value);
  }

  /** Keeps what only a restart can change, and tells who wants to change it. */
  void pin(Settings running) {
    for (Setting setting : Setting.values()) {
      Object value = running.value(setting);
      if (setting.changeable() || value == null || value.equals(values.get(setting))) {
        continue;
      }
      Place place = given.get(setting);
      report.warning(
          (place == null ? "" : place + ": ")
              + setting.key()
              + " changes at the next start; until then it is "
              + Printable.quoted(SettingType.show(value)));
      values.put(setting, value);
    }
  }

  Settings settings() {
    return new Settings(values);
  }
}
