package dev.sluice.pool;

import dev.sluice.pool.LoadMeter.Measured;
import dev.sluice.pool.SizePlan.Step;
import dev.sluice.pool.SizingAdvice.Confidence;
import dev.sluice.pool.SizingAdvice.Limit;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Puts into words and figures what {@link SizePlan} makes of what {@link LoadMeter} measured. */
final class Advisor<R> {
  private static final long MANY_LEASES = 10_000;

  private final Core<R> core;
  private final LoadMeter<R> meter;

  Advisor(Core<R> core, LoadMeter<R> meter) {
    this.core = core;
    this.meter = meter;
  }

  SizingAdvice advice() {
    Measured measured = meter.measured();
    LoadPeriod period = measured.period();
    int size = core.slots.base();
    if (period == null) {
      return none(size, Math.max(0, meter.leasesUnderWay()), measured.sizes().size());
    }
    if (period.size() != core.slots.ordinary()) { // it was changed a moment ago
      return none(size, 0, measured.sizes().size());
    }
    Step planned = SizePlan.next(period, measured.wanted(), measured.sizes());
    int overflow = period.size() - size; // stays as it is
    Step step =
        new Step(
            Math.max(1, planned.size() - overflow),
            planned.trial(),
            planned.limit(),
            planned.rate());
    return new SizingAdvice(
        size,
        step.size(),
        step.trial(),
        step.limit(),
        confidence(step, period, measured),
        period.rate(),
        step.rate(),
        period.busy(),
        period.waiting(),
        each(period.busyNanos(), period.leases()),
        each(period.waitingNanos(), period.leases()),
        period.leases(),
        Duration.ofNanos(period.nanos()),
        measured.sizes().size(),
        text(step, size, period, measured));
  }

  private static Duration each(double nanos, long leases) {
    return Duration.ofNanos((long) (nanos / leases));
  }

  private static SizingAdvice none(int size, long leases, int sizesKnown) {
    return new SizingAdvice(
        size,
        size,
        false,
        Limit.UNKNOWN,
        Confidence.NONE,
        0,
        0,
        0,
        0,
        Duration.ZERO,
        Duration.ZERO,
        leases,
        Duration.ZERO,
        sizesKnown,
        "No advice yet: it takes "
            + LoadMeter.LEAST_LEASES
            + " leases and "
            + TimeUnit.NANOSECONDS.toSeconds(LoadMeter.LEAST_PERIOD)
            + " s with maxSize "
            + size
            + "; so far there were "
            + leases
            + " leases.");
  }

  private static Confidence confidence(Step step, LoadPeriod period, Measured measured) {
    if (step.trial()) {
      return Confidence.LOW;
    }
    if (!period.saturated() && step.limit() != Limit.SERVER) {
      long watched = measured.watchedNanos();
      return watched >= TimeUnit.HOURS.toNanos(1)
          ? Confidence.HIGH
          : watched >= TimeUnit.MINUTES.toNanos(1) ? Confidence.MEDIUM : Confidence.LOW;
    }
    if (measured.sizes().size() < 2) {
      return Confidence.LOW;
    }
    long fewest = Long.MAX_VALUE;
    for (SizeRecord one : measured.sizes()) {
      fewest = Math.min(fewest, one.leases());
    }
    return fewest >= MANY_LEASES ? Confidence.HIGH : Confidence.MEDIUM;
  }

  // ---- words

  private String text(Step step, int size, LoadPeriod period, Measured measured) {
    String verdict =
        step.trial()
            ? trial(step, period, measured)
            : switch (step.limit()) {
              case CALLERS -> callers(step, size, period);
              case POOL -> peaks(step, size, period);
              default -> server(step, size, period, measured);
            };
    return verdict
        + " Measured: "
        + number(period.rate())
        + " leases per second of "
        + time(period.busyNanos() / period.leases())
        + " each, which keep "
        + number(period.busy())
        + " "
        + core.noun
        + "s busy, over "
        + Texts.nanos(period.nanos())
        + ".";
  }

  private static String trial(Step step, LoadPeriod period, Measured measured) {
    String why =
        measured.sizes().size() == 1
            ? "one size alone cannot show whether the pool or the server is the limit."
            : step.limit() == Limit.POOL
                ? "the throughput has risen with the size so far."
                : "a smaller size may do as much or more.";
    return "Try maxSize "
        + step.size()
        + ", and ask again after "
        + LoadMeter.LEAST_LEASES
        + " leases: all are out, "
        + number(period.waiting())
        + " callers wait, and "
        + why;
  }

  private String callers(Step step, int size, LoadPeriod period) {
    String what =
        step.size() == size
            ? "Keep maxSize " + size
            : "maxSize " + step.size() + " would do instead of " + size;
    return what
        + ": the callers limit the throughput, as "
        + (period.roomy() ? "nobody waits" : "they wait only at peaks")
        + " and at most "
        + period.peak()
        + " "
        + core.noun
        + "s were out at once. "
        + (step.size() == size
            ? "More would gain nothing."
            : "That gains no throughput, but leaves " + core.noun + "s to others.");
  }

  private static String peaks(Step step, int size, LoadPeriod period) {
    return "Set maxSize "
        + step.size()
        + " instead of "
        + size
        + ": callers wait for "
        + time(period.waitingNanos() / period.leases())
        + " on average, since the pool is too small for the waves in which they come. That saves"
        + " them the wait; the throughput stays.";
  }

  private static String server(Step step, int size, LoadPeriod period, Measured measured) {
    String figures =
        "of the "
            + measured.sizes().size()
            + " sizes seen it is the smallest that does as much as the best, "
            + number(step.rate())
            + " leases per second";
    if (step.size() == size) {
      return "Keep maxSize "
          + size
          + ": "
          + figures
          + ". The server is the limit: only shorter or fewer leases help.";
    }
    return "Set maxSize "
        + step.size()
        + " instead of "
        + size
        + ": "
        + figures
        + String.format(Locale.ROOT, " (%+.0f %%)", 100 * (step.rate() / period.rate() - 1))
        + ". The server is the limit: more at once do not make it faster.";
  }

  private static String time(double nanos) {
    return Texts.nanos((long) nanos);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
  }
}
