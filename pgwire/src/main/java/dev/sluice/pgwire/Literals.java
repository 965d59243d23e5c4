package dev.sluice.pgwire;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Writes values into SQL, so that they are values whatever they contain. */
public final class Literals {
  /** Settings whose value is a list of names, each of which is quoted on its own. */
  private static final Set<String> LISTS =
      Set.of(
          "search_path",
          "temp_tablespaces",
          "local_preload_libraries",
          "session_preload_libraries");

  private Literals() {}

  /** A string: {@code 'it''s'}, or {@code E'\\'} if it contains a backslash. */
  public static String string(String value) {
    String quoted = "'" + value.replace("'", "''") + "'";
    return quoted.indexOf('\\') < 0 ? quoted : " E" + quoted.replace("\\", "\\\\");
  }

  /** The value of a setting, for {@code SET name=}. */
  static String value(String name, String value) {
    if (!LISTS.contains(name.toLowerCase(java.util.Locale.ROOT))) {
      return string(value);
    }
    List<String> quoted = new ArrayList<>();
    for (String element : elements(value)) {
      quoted.add(string(element));
    }
    return quoted.isEmpty() ? "''" : String.join(",", quoted);
  }

  /** The elements of a list as PostgreSQL reports it: {@code "$user", public}. */
  private static List<String> elements(String list) {
    List<String> elements = new ArrayList<>();
    StringBuilder element = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < list.length(); i++) {
      char c = list.charAt(i);
      if (c == '"') {
        boolean doubled = quoted && i + 1 < list.length() && list.charAt(i + 1) == '"';
        if (doubled) {
          element.append(c);
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == ',' && !quoted) {
        elements.add(element.toString());
        element.setLength(0);
      } else if (quoted || c != ' ') {
        element.append(c);
      }
    }
    if (element.length() > 0 || !elements.isEmpty()) {
      elements.add(element.toString());
    }
    return elements;
  }
}
