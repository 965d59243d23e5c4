package dev.sluice.pool;

/** Fast random numbers from a seed, the same on every JVM (SplitMix64). */
final class SimRandom {
  private long state;

  SimRandom(long seed) {
    state = seed;
  }

  long next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** From 0 to 1, 1 excluded. */
  double fraction() {
    return (next() >>> 11) * 0x1.0p-53;
  }

  boolean chance(double probability) {
    return fraction() < probability;
  }

  int below(int bound) {
    return (int) (fraction() * bound);
  }

  long below(long bound) {
    return (long) (fraction() * bound);
  }

  /** From {@code low} to {@code high}, both included. */
  int between(int low, int high) {
    return low + below(high - low + 1);
  }

  /** From {@code low} to {@code high}, small ones as likely as large ones. */
  long spread(long low, long high) {
    return (long) (low * StrictMath.pow((double) high / low, fraction()));
  }

  double exponential(double mean) {
    return -mean * StrictMath.log(1 - fraction());
  }

  @SafeVarargs
  final <T> T one(T... choices) {
    return choices[below(choices.length)];
  }
}
