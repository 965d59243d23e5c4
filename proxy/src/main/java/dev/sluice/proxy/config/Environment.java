package dev.sluice.proxy.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The environment variables of the common PgBouncer containers: each setting in capital letters,
 * with {@code PGBOUNCER_} in front or without, and some names of their own. An empty variable
 * counts as unset.
 */
final class Environment {
  private static final String PREFIX = "PGBOUNCER_";

  /** Names of their own, and the settings that they mean. */
  private static final Map<String, Setting> OTHER_NAMES =
      Map.of(
          "PGBOUNCER_PORT", Setting.LISTEN_PORT,
          "PGBOUNCER_BIND_ADDRESS", Setting.LISTEN_ADDR);

  /** Read elsewhere, or of no meaning without the container's own scripts. */
  private static final TreeSet<String> NOT_SETTINGS =
      new TreeSet<>(
          List.of(
              "PGBOUNCER_DATABASE",
              "PGBOUNCER_SET_DATABASE_USER",
              "PGBOUNCER_INIT_SLEEP_TIME",
              "PGBOUNCER_INIT_MAX_RETRIES",
              "PGBOUNCER_DAEMON_USER",
              "PGBOUNCER_DAEMON_GROUP"));

  private final Map<String, String> variables;

  Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /** Returns the value of the first of these variables that has one. */
  Optional<String> get(String... names) {
    for (String name : names) {
      String value = variables.get(name);
      if (value != null && !value.isEmpty()) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  boolean isOn(String name) {
    return get(name).filter(value -> value.matches("(?i)1|true|yes|on")).isPresent();
  }

  /** Returns the settings that variables give, by the variables' names. */
  Map<String, Setting> settings() {
    Map<String, Setting> settings = new LinkedHashMap<>();
    OTHER_NAMES.forEach((name, setting) -> addIfSet(settings, name, setting));
    for (Setting setting : Setting.values()) {
      String name = setting.key().toUpperCase(Locale.ROOT);
      // Every shell sets USER, and a file is what this replaces.
      boolean general = setting != Setting.USER && setting != Setting.CONFFILE;
      if (!addIfSet(settings, PREFIX + name, setting) && general) {
        addIfSet(settings, name, setting);
      }
    }
    return settings;
  }

  private boolean addIfSet(Map<String, Setting> settings, String name, Setting setting) {
    boolean set = get(name).isPresent() && !settings.containsValue(setting);
    if (set) {
      settings.put(name, setting);
    }
    return set;
  }

  /** Warns of variables that look like settings and are none. */
  void warn(Report report) {
    for (String name : new TreeSet<>(variables.keySet())) {
      boolean known =
          NOT_SETTINGS.contains(name)
              || OTHER_NAMES.containsKey(name)
              || !name.startsWith(PREFIX)
              || Setting.of(name.substring(PREFIX.length()).toLowerCase(Locale.ROOT)).isPresent();
      if (!known) {
        report.warning("the environment variable " + Printable.quoted(name) + " is not known");
      }
    }
  }
}
