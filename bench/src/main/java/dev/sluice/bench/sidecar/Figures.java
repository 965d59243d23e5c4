package dev.sluice.bench.sidecar;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One pooler under one load: medians over the rounds.
 *
 * @param rounds what came out in each
 */
record Figures(List<Round> rounds) {
  /**
   * One round.
   *
   * @param served what the clients got
   * @param micros the pooler's processor time per transaction
   */
  record Round(Served served, double micros) {}

  Figures {
    rounds = List.copyOf(rounds);
  }

  double perSecond() {
    return median(round -> round.served().perSecond());
  }

  double micros() {
    return median(Round::micros);
  }

  double p50() {
    return median(round -> round.served().p50());
  }

  double p99() {
    return median(round -> round.served().p99());
  }

  private double median(ToDoubleFunction<Round> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : middle(sorted);
  }

  private static double middle(double[] sorted) {
    int half = sorted.length / 2;
    return sorted.length % 2 == 1
        ? sorted[half]
        : Arrays.stream(sorted, half - 1, half + 1).average().orElseThrow();
  }
}
