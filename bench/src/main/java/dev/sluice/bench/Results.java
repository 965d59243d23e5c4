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
  private final Map<PoolKind, Integer> disturbed = new EnumMap<>(PoolKind.class);
  private final Map<PoolKind, String> failures = new EnumMap<>(PoolKind.class);

  private int runs;
  private double worst;

  Results(Scenario scenario, List<PoolKind> pools) {
    this.scenario = scenario;
    this.pools = List.copyOf(pools);
  }

  /**
   * Adds what a round gave.
   *
   * @param others the share of the machine that others used just before or after it
   */
  void add(PoolKind pool, Sample sample, double others) {
    samples.computeIfAbsent(pool, key -> new ArrayList<>()).add(sample);
    runs++;
    if (others >= Others.DISTURBING) {
      disturbed.merge(pool, 1, Integer::sum);
      worst = Math.max(worst, others);
    }
  }

  /** Whether so many of the pool's rounds were disturbed that its median may be of one of them. */
  private boolean isDisturbed(PoolKind pool) {
    int rounds = samples.getOrDefault(pool, List.of()).size();
    return rounds > 0 && 2 * disturbed.getOrDefault(pool, 0) >= rounds;
  }

  /** What to know about the figures before one compares them; empty if there is nothing. */
  Optional<String> warning() {
    int count = disturbed.values().stream().mapToInt(Integer::intValue).sum();
    return count == 0
        ? Optional.empty()
        : Optional.of(
            "Busy machine: around %d of %d runs, other programs used up to %.0f %% of the"
                    .formatted(count, runs, 100 * worst)
                + " processors.\nDo not compare these figures; measure again when it is quiet.");
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

  /**
   * A pool's median of the scenario's primary metric, as a multiple of the base's; empty if either
   * was disturbed.
   */
  Optional<Double> ratio(PoolKind pool) {
    Metric primary = scenario.primary();
    return base()
        .filter(base -> !isDisturbed(base) && !isDisturbed(pool))
        .flatMap(base -> spread(base, primary))
        .flatMap(base -> spread(pool, primary).map(spread -> spread.median() / base.median()));
  }
}
