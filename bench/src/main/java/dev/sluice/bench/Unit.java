package dev.sluice.bench;

import java.util.Locale;

/** How a number is written in a table. */
enum Unit {
  /** A whole number with its digits in groups of three. */
  COUNT {
    @Override
    String format(double value) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
  },
  /** Nanoseconds, written in the unit that leaves three digits or so. */
  NANOS {
    @Override
    String format(double value) {
      return duration(value);
    }
  };

  abstract String format(double value);

  private static String duration(double nanos) {
    if (nanos < 1_000) {
      return String.format(Locale.ROOT, "%.0f ns", nanos);
    }
    if (nanos < 1_000_000) {
      return threeDigits(nanos / 1_000) + " µs";
    }
    if (nanos < 1_000_000_000) {
      return threeDigits(nanos / 1_000_000) + " ms";
    }
    return threeDigits(nanos / 1_000_000_000) + " s";
  }

  private static String threeDigits(double value) {
    int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}
