package dev.sluice.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Sluice beside r2dbc-pool: medians of the turns, and Sluice's ratios to the other. */
final class ReactiveReport {
  private static final List<String> HEADINGS =
      List.of(
          "load",
          "pool",
          "cycles/s",
          "least–most",
          "×",
          "p50",
          "p99",
          "longest cycle",
          "×",
          "longest wait",
          "×");

  private final List<List<String>> rows = new ArrayList<>();

  /** Adds what came out of the turns under one load. */
  void add(String load, Map<ReactivePool, List<ReactiveTurn>> turns) {
    Map<ReactivePool, List<ReactiveTurn>> inOrder = new EnumMap<>(turns);
    inOrder.forEach((pool, own) -> rows.add(row(load, pool, own, turns)));
  }

  private static List<String> row(
      String load,
      ReactivePool pool,
      List<ReactiveTurn> own,
      Map<ReactivePool, List<ReactiveTurn>> all) {
    Spread perSecond = spread(own, ReactiveTurn::perSecond);
    return List.of(
        load,
        pool.title(),
        Unit.COUNT.format(perSecond.median()),
        Unit.COUNT.format(perSecond.min()) + "–" + Unit.COUNT.format(perSecond.max()),
        ratio(own, all, ReactiveTurn::perSecond),
        nanos(own, ReactiveTurn::median),
        nanos(own, ReactiveTurn::high),
        nanos(own, ReactiveTurn::longest),
        ratio(own, all, ReactiveTurn::longest),
        nanos(own, ReactiveTurn::longestWait),
        ratio(own, all, ReactiveTurn::longestWait));
  }

  private static Spread spread(List<ReactiveTurn> turns, ToDoubleFunction<ReactiveTurn> figure) {
    return Spread.of(turns.stream().mapToDouble(figure).toArray());
  }

  private static String nanos(List<ReactiveTurn> turns, ToDoubleFunction<ReactiveTurn> figure) {
    return Unit.NANOS.format(spread(turns, figure).median());
  }

  /** To r2dbc-pool, which is 1. */
  private static String ratio(
      List<ReactiveTurn> own,
      Map<ReactivePool, List<ReactiveTurn>> all,
      ToDoubleFunction<ReactiveTurn> figure) {
    List<ReactiveTurn> base = all.getOrDefault(ReactivePool.R2DBC_POOL, own);
    return String.format(
        Locale.ROOT, "%.2f", spread(own, figure).median() / spread(base, figure).median());
  }

  Table table() {
    return new Table(HEADINGS, rows);
  }
}
