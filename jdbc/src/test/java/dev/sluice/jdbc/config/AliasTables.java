package dev.sluice.jdbc.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes the tables of the peers' names for the documentation. */
public final class AliasTables {
  private AliasTables() {}

  /** The peers' names, a table per peer. */
  public static String aliases() {
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

  /** All documented keys of the pools of the JVM, a table per peer. */
  public static String keys() {
    StringBuilder out = new StringBuilder();
    for (Peer peer : PeerKeys.PEERS) {
      if (peer == Peer.QUARKUS) {
        continue; // It has Agroal's keys.
      }
      out.append("### ").append(peer == Peer.AGROAL ? "Agroal and Quarkus" : title(peer));
      out.append("\n\n| key | means | remark |\n|---|---|---|\n");
      for (Alias key : PeerKeys.all(peer)) {
        String meaning =
            key.option() != null
                ? "`" + key.option().key() + "`"
                : switch (key.translation()) {
                  case DRIVER_PROPERTIES -> "driver properties";
                  case NO_EFFECT -> "no effect";
                  default -> "refused";
                };
        out.append("| `" + key.name() + "` | " + meaning + " | " + key.note() + " |\n");
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static String title(Peer peer) {
    String unit =
        peer.unit().isZero()
            ? ""
            : "; bare numbers are "
                + switch (DurationText.format(peer.unit())) {
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
            ? "`" + alias.option().key() + "`"
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
}
