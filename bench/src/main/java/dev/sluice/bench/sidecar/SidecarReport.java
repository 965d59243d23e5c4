package dev.sluice.bench.sidecar;

import dev.sluice.bench.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Tables, with ratios to PgBouncer where it was measured. */
final class SidecarReport {
  private static final String NONE = "–";
  private static final List<String> HEADINGS =
      List.of("load", "pooler", "tps", "×", "CPU/tx", "×", "p50", "p99", "×");
  private static final List<String> IDLE = List.of("pooler", "bytes per idle client");

  private final List<List<String>> rows = new ArrayList<>();
  private final List<List<String>> idleRows = new ArrayList<>();

  /** Adds what came out under a load. */
  void add(Load load, Map<Door, Figures> figures) {
    Optional<Figures> peer = peer(figures);
    figures.forEach((door, own) -> rows.add(row(load, door, own, peer)));
  }

  private static Optional<Figures> peer(Map<Door, Figures> figures) {
    return figures.entrySet().stream()
        .filter(entry -> entry.getKey().title().startsWith("PgBouncer"))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static List<String> row(Load load, Door door, Figures own, Optional<Figures> peer) {
    return List.of(
        load.toString(),
        door.title(),
        String.format(Locale.ROOT, "%,.0f", own.perSecond()),
        ratio(own.perSecond(), peer.map(Figures::perSecond)),
        number(own.micros(), " µs"),
        ratio(own.micros(), peer.map(Figures::micros)),
        number(own.p50(), " ms"),
        number(own.p99(), " ms"),
        ratio(own.p99(), peer.map(Figures::p99)));
  }

  private static String number(double value, String unit) {
    return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, "%.2f%s", value, unit);
  }

  private static String ratio(double own, Optional<Double> peer) {
    return peer.isEmpty() || Double.isNaN(own) ? NONE : number(own / peer.get(), "");
  }

  /** Adds what idle clients take. */
  void addIdle(Map<Door, OptionalLong> bytes) {
    bytes.forEach(
        (door, each) ->
            idleRows.add(
                List.of(
                    door.title(),
                    each.isPresent()
                        ? String.format(Locale.ROOT, "%,d", each.getAsLong())
                        : NONE)));
  }

  /** The tables as they are so far. */
  List<Table> tables() {
    List<Table> tables = new ArrayList<>();
    if (!rows.isEmpty()) {
      tables.add(new Table(HEADINGS, rows));
    }
    if (!idleRows.isEmpty()) {
      tables.add(new Table(IDLE, idleRows));
    }
    return tables;
  }
}
