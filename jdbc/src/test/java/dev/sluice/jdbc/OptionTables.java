package dev.sluice.jdbc;

import java.util.ArrayList;
import java.util.List;
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
    for (Option.Group group : Option.Group.values()) {
      out.append("### ").append(group.title()).append("\n\n");
      out.append("| option | takes | default | what it does |\n|---|---|---|---|\n");
      for (Option<?> option : Options.ALL) {
        if (option.group() == group) {
          out.append(row(option, defaults));
        }
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static String row(Option<?> option, SluiceConfig defaults) {
    String value =
        option.key().equals("url") ? "unset" : Options.show(option.getter().apply(defaults));
    return String.format(
            Locale.ROOT,
            "| `%s` | %s | %s | %s%s |%n",
            option.key(),
            option.kind().described(),
            value.equals("unset") || value.equals("none") ? value : "`" + value + "`",
            option.about(),
            option.reloadable() ? " *Can be changed while the pool runs.*" : "")
        .replace(System.lineSeparator(), "\n");
  }

  /** The peers' names, a table per peer. */
  static String aliases() {
    StringBuilder out = new StringBuilder();
    for (Peer peer : Peer.values()) {
      List<Alias> names = new ArrayList<>();
      for (Alias alias : Aliases.ALL) {
        if (alias.peers().contains(peer)
            && !(peer != alias.peer() && alias.peer() == Peer.COMMON)) {
          names.add(alias);
        }
      }
      if (!names.isEmpty()) {
        out.append("### ").append(title(peer)).append("\n\n");
        out.append("| name | means | remark |\n|---|---|---|\n");
        names.forEach(alias -> out.append(row(alias)));
        out.append('\n');
      }
    }
    return out.toString();
  }

  private static String title(Peer peer) {
    String unit =
        peer.unit().isZero()
            ? ""
            : "; bare numbers are "
                + switch (Durations.format(peer.unit())) {
                  case "1ms" -> "milliseconds";
                  case "1s" -> "seconds";
                  default -> "nanoseconds";
                };
    String name = peer == Peer.COMMON ? "Names that no one pool owns" : peer.title();
    return name + unit;
  }

  private static String row(Alias alias) {
    String meaning =
        alias.option() != null
            ? "`" + alias.option() + "`"
            : alias.note().startsWith("Only")
                    || alias.note().startsWith("Every")
                    || alias.note().startsWith("Sluice's")
                ? "always so"
                : "refused";
    String note = meaning.equals("refused") ? capital(alias.note()) + "." : alias.note();
    return "| `" + alias.name() + "` | " + meaning + " | " + note + " |\n";
  }

  private static String capital(String note) {
    return note.substring(0, 1).toUpperCase(Locale.ROOT) + note.substring(1);
  }

  /** The page with its tables renewed, between the marks that name them. */
  static String renewed(String page) {
    String withOptions = between(page, "options", options());
    return between(withOptions, "aliases", aliases());
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
