package dev.sluice.spring.boot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The properties under a prefix, with the names that Sluice reads. Boot splits the name of an
 * environment variable at each underscore, so {@code SLUICE_MAX_SIZE} arrives as {@code max.size}.
 */
final class Keys {
  private static final Set<String> TABLES =
      Set.of("driver", "driverproperties", "datasourceproperties", "healthcheckproperties");

  private Keys() {}

  /** The properties with text as values, in the order of the sources. Blank ones are left out. */
  static Map<String, String> under(Environment environment, String prefix) {
    Map<String, String> found =
        Binder.get(environment)
            .bind(prefix, Bindable.mapOf(String.class, String.class))
            .orElseGet(Map::of);
    return named(found);
  }

  /** The same properties by the names that Sluice reads. Blank ones are left out. */
  static Map<String, String> named(Map<String, String> found) {
    Map<String, String> named = new LinkedHashMap<>();
    found.forEach(
        (key, value) -> {
          if (!value.isBlank()) {
            named.putIfAbsent(name(key), value);
          }
        });
    return named;
  }

  private static String name(String key) {
    int dot = key.indexOf('.');
    return dot > 0 && isTable(key.substring(0, dot)) ? key : key.replace('.', '-');
  }

  /** Whether what follows a word is the driver's or another library's own name. */
  static boolean isTable(String word) {
    return TABLES.contains(squeeze(word));
  }

  /** Gathers {@code init-sql[0]}, {@code init-sql[1]} and so on, which arrive as several keys. */
  static Map<String, Object> withLists(Map<String, String> keys) {
    Map<String, Object> gathered = new LinkedHashMap<>();
    keys.forEach(
        (key, value) -> {
          String list = listOf(key);
          if (list == null) {
            gathered.put(key, value);
          } else {
            List<String> values = new ArrayList<>();
            for (int i = 0; keys.containsKey(list + "-" + i); i++) {
              values.add(keys.get(list + "-" + i));
            }
            gathered.put(list, values);
          }
        });
    return gathered;
  }

  /** The list of which a key such as {@code init-sql-0} is an element; null if of none. */
  static @Nullable String listOf(String key) {
    int dash = key.lastIndexOf('-');
    boolean indexed = dash > 0 && dash < key.length() - 1;
    for (int i = dash + 1; indexed && i < key.length(); i++) {
      indexed = Character.isDigit(key.charAt(i));
    }
    return indexed ? key.substring(0, dash) : null;
  }

  /** The first word of a key: {@code pools} of {@code pools-orders-max-size}. */
  static String first(String key) {
    int end = 0;
    while (end < key.length() && key.charAt(end) != '-' && key.charAt(end) != '.') {
      end++;
    }
    return key.substring(0, end);
  }

  /** Lower case without separators, for comparing names. */
  static String squeeze(String name) {
    return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }
}
