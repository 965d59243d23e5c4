package dev.sluice.jdbc;

import dev.sluice.jdbc.config.AliasTables;
import dev.sluice.jdbc.config.Option;
import dev.sluice.jdbc.config.OptionGroup;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** Writes the tables of docs/configuration.md from the options themselves. */
final class OptionTables {
  private static final String NOWHERE = "jdbc:none:";

  private OptionTables() {}

  /** All options, a table per group. */
  static String options() {
    SluiceConfig defaults = new SluiceBuilder().url(NOWHERE).toConfig();
    StringBuilder out = new StringBuilder();
    for (OptionGroup group : OptionGroup.values()) {
      out.append("### ").append(group.title()).append("\n\n");
      out.append("| option | takes | default | what it does |\n|---|---|---|---|\n");
      for (Option option : Option.values()) {
        if (option.group() == group) {
          out.append(row(option, defaults));
        }
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static String row(Option option, SluiceConfig defaults) {
    String value =
        option.key().equals("url")
            ? "unset"
            : OptionValues.show(OptionValues.get(defaults, option));
    return String.format(
            Locale.ROOT,
            "| `%s` | %s | %s | %s%s |%n",
            option.key(),
            option.type().described(),
            value.equals("unset") || value.equals("none") ? value : "`" + value + "`",
            option.about(),
            option.reloadable() ? " *Can be changed while the pool runs.*" : "")
        .replace(System.lineSeparator(), "\n");
  }

  /** The page with its tables renewed, between the marks that name them. */
  static String renewed(String page) {
    String withOptions = between(page, "options", options());
    return between(withOptions, "aliases", AliasTables.aliases());
  }

  /** The page for migration with its tables renewed. */
  static String withKeys(String page) {
    return between(page, "keys", AliasTables.keys());
  }

  private static String between(String page, String name, String content) {
    String begin = "<!-- begin " + name + " -->\n";
    String end = "<!-- end " + name + " -->";
    int from = page.indexOf(begin);
    int to = page.indexOf(end);
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("no marks for " + name + " in the page");
    }
    return page.substring(0, from + begin.length())
        + Objects.requireNonNull(content)
            .lines()
            .map(String::stripTrailing)
            .collect(Collectors.joining("\n", "\n", "\n"))
        + page.substring(to);
  }
}
