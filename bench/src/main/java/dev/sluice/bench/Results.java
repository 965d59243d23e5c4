package dev.sluice.bench;

import dev.sluice.bench.pools.PoolKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the rounds of one scenario gave, pool by pool, in the order in which pools were named. */
final class Results {
  private final Scenario scenario;
  private final List<PoolKind> pools;
  private final Map<PoolKind, List<Sample>> samples = new EnumMap<>(PoolKind.class);
  private final Map<PoolKind, String> failures = new EnumMap<>(PoolKind.class);

  Results(Scenario scenario, List<PoolKind> pools) {
    this.scenario = scenario;
    this.pools = List.copyOf(pools);
  }

  void add(PoolKind pool, Sample sample) {
    samples.computeIfAbsent(pool, key -> new ArrayList<>()).add(sample);
  }

  /** Remembers why a pool could not be measured in a round. */
  void fail(PoolKind pool, String why) {
    failures.put(pool, why);
  }

  Scenario scenario() {
    return scenario;
  }

  List<PoolKind> pools() {
    return pools;
  }

  Map<PoolKind, String> failures() {
    return failures;
  }

  /** How a pool's rounds spread in a metric; empty if it has none. */
  Optional<Spread> spread(PoolKind pool, Metric metric) {
    List<Sample> rounds = samples.getOrDefault(pool, List.of());
    if (rounds.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(Spread.of(rounds.stream().mapToDouble(s -> s.get(metric)).toArray()));
  }

  /** The pool to which the others are compared: Sluice, or the first if Sluice has no result. */
  Optional<PoolKind> base() {
    if (samples.containsKey(PoolKind.SLUICE)) {
      return Optional.of(PoolKind.SLUICE);
    }
    return pools.stream().filter(samples::containsKey).findFirst();
  }

  /** A pool's median of the scenario's primary metric, as a multiple of the base's. */
  Optional<Double> ratio(PoolKind pool) {
    Metric primary = scenario.primary();
    return base()
        .flatMap(base -> spread(base, primary))
        .flatMap(base -> spread(pool, primary).map(spread -> spread.median() / base.median()));
  }
}
