package dev.sluice.bench;

import java.util.Arrays;

/**
 * The same number from several rounds.
 *
 * @param min the least
 * @param median the one in the middle, or the mean of the two in the middle
 * @param max the greatest
 */
record Spread(double min, double median, double max) {
  static Spread of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("Nothing was measured");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(sorted[0], median, sorted[sorted.length - 1]);
  }
}
