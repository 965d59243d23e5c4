package dev.sluice.spring.boot;

import static dev.sluice.spring.boot.Keys.squeeze;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Environment variables such as {@code SLUICE_POOLS_ORDER_HISTORY_MAX_SIZE}. An underscore may
 * stand between the name and its option, or within either: the name is the shortest after which an
 * option follows. A variable with no option in it belongs to a name that is known otherwise, and is
 * a mistake there; or it is a stranger's, as those that Kubernetes sets for a Service called {@code
 * sluice-pools}, and ignored.
 */
final class NamedVariables {
  private final Map<String, Object> byKey = new LinkedHashMap<>();
  private final List<String> strangers = new ArrayList<>();
  private final String prefix;

  /** The spelling of each known name, by the name without separators. */
  private final Map<String, String> spellings;

  /**
   * Reads the variables under a prefix.
   *
   * @param declared the spellings of names that other sources declare
   */
  NamedVariables(
      SystemEnvironmentPropertySource variables, String prefix, Map<String, String> declared) {
    this.prefix = prefix;
    this.spellings = new LinkedHashMap<>(declared);
    Map<String, List<String>> unclear = new TreeMap<>();
    String start = prefix.replace('.', '_').toUpperCase(Locale.ROOT) + "_";
    for (String variable : new TreeSet<>(List.of(variables.getPropertyNames()))) {
      if (variable.toUpperCase(Locale.ROOT).startsWith(start)) {
        List<String> words = List.of(variable.substring(start.length()).split("_"));
        int length = nameBefore(words, EnvironmentVariables::isOptionOfAPool);
        if (length > 0) {
          put(words, length, variables.getProperty(variable));
        } else {
          unclear.put(variable, words);
        }
      }
    }
    unclear.forEach((variable, words) -> mistake(variable, words, variables));
  }

  /** The values, by the keys that Boot reads. */
  Map<String, Object> byKey() {
    return byKey;
  }

  private interface Rest {
    boolean test(List<String> words);
  }

  /** How many words a name has after which the rest passes a test; 0 if it never does. */
  private static int nameBefore(List<String> words, Rest test) {
    for (int length = 1; length < words.size(); length++) {
      if (test.test(words.subList(length, words.size()))) {
        return length;
      }
    }
    return 0;
  }

  private void put(List<String> words, int length, @Nullable Object value) {
    List<String> name = words.subList(0, length);
    String spelt =
        spellings.computeIfAbsent(
            squeeze(String.join("", name)), squeezed -> lower(String.join("-", name)));
    String rest = lower(String.join(".", words.subList(length, words.size())));
    byKey.put(prefix + "." + spelt + "." + rest, value);
  }

  private void mistake(
      String variable, List<String> words, SystemEnvironmentPropertySource variables) {
    Set<String> known = spellings.keySet();
    for (int length = words.size() - 1; length > 0; length--) {
      if (known.contains(squeeze(String.join("", words.subList(0, length))))) {
        put(words, length, variables.getProperty(variable));
        return;
      }
    }
    strangers.add(variable);
  }

  /** The variables that mean nothing. */
  List<String> strangers() {
    return strangers;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
