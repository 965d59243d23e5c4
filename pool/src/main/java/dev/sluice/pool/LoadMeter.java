package dev.sluice.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Measures a pool's load, for advice on its size: at each look of the keeper's, how many resources
 * are out, how many callers wait, and how many leases the slots have counted. Borrowers pay nothing
 * for it.
 *
 * <p>It adds that up over periods of one size, and remembers for each size what a saturated pool
 * did with it. The keeper writes; {@link #measured} may be read by any thread.
 */
final class LoadMeter<R> {
  /** Fewer leases prove nothing: their number alone is off by 3 % then. */
  static final long LEAST_LEASES = 1_000;

  /** How long a period is at least. */
  static final long LEAST_PERIOD = TimeUnit.SECONDS.toNanos(5);

  /** How long a pool gets to open or close what a change of its size asks for. */
  static final long SETTLING = TimeUnit.SECONDS.toNanos(1);

  /** Between looks further apart nobody knows what happened. */
  private static final long LONGEST_GAP = TimeUnit.SECONDS.toNanos(1);

  /** How long the record of a size serves. */
  private static final long MEMORY = TimeUnit.HOURS.toNanos(24);

  /** How many sizes are remembered. */
  static final int SIZES = 32;

  /** If a size does so much more or less than before, the work is another one. */
  private static final double OTHER_WORK = 0.25;

  /**
   * What is known.
   *
   * @param period the last one that is complete, null if there is none for this size
   * @param wanted the most that any period of this size wanted
   * @param watchedNanos how long this size has been measured in complete periods
   * @param sizes what the saturated pool did, by size, the smallest first
   */
  record Measured(
      @Nullable LoadPeriod period, int wanted, long watchedNanos, List<SizeRecord> sizes) {
    Measured {
      sizes = List.copyOf(sizes);
    }
  }

  private final Core<R> core;
  private volatile Measured measured = new Measured(null, 0, 0, List.of());
  private volatile long leasesAtStart;
  private long leasesSeen;
  private long lastLook;
  private long settledAt;
  private int size;

  private long nanos;
  private long leases;
  private double busyNanos;
  private double waitingNanos;
  private long crowdedNanos;
  private int peak;

  LoadMeter(Core<R> core) {
    this.core = core;
    this.size = core.slots.ordinary();
  }

  Measured measured() {
    return measured;
  }

  /** How many leases began since the last complete period, or since the size was changed. */
  long leasesUnderWay() {
    return core.slots.leases() - leasesAtStart;
  }

  /** Measures what happened since the last look; the keeper calls it. */
  void look(long now) {
    long since = now - lastLook;
    lastLook = now;
    long ever = core.slots.leases();
    long given = ever - leasesSeen;
    leasesSeen = ever;
    if (core.slots.ordinary() != size) {
      size = core.slots.ordinary();
      settledAt = now + SETTLING;
      measured = new Measured(null, 0, 0, measured.sizes());
      begin();
    } else if (mayCount(since, now) && (nanos > 0 || given > 0)) {
      add(since, given);
      if (nanos >= LEAST_PERIOD && leases >= LEAST_LEASES) {
        complete(now);
      }
    }
  }

  private boolean mayCount(long since, long now) {
    return since > 0
        && since <= LONGEST_GAP
        && now >= settledAt
        && core.outage == null
        && !core.signals.suspended()
        && !core.signals.closed();
  }

  private void add(long since, long given) {
    int busy = core.slots.taken();
    int waiting = core.signals.waiting();
    nanos += since;
    leases += given;
    busyNanos += (double) since * busy;
    waitingNanos += (double) since * waiting;
    crowdedNanos += waiting > 0 ? since : 0;
    peak = Math.max(peak, busy);
  }

  private void begin() {
    leasesAtStart = leasesSeen;
    nanos = 0;
    leases = 0;
    busyNanos = 0;
    waitingNanos = 0;
    crowdedNanos = 0;
    peak = 0;
  }

  private void complete(long now) {
    LoadPeriod period =
        new LoadPeriod(size, nanos, leases, busyNanos, waitingNanos, crowdedNanos, peak);
    Measured before = measured;
    List<SizeRecord> sizes =
        period.saturated() ? remember(before.sizes(), period, now) : before.sizes();
    measured =
        new Measured(
            period,
            Math.max(before.wanted(), period.wanted()),
            before.watchedNanos() + nanos,
            sizes);
    begin();
  }

  /** Adds a period of saturation to what is known of its size. */
  static List<SizeRecord> remember(List<SizeRecord> known, LoadPeriod period, long now) {
    List<SizeRecord> sizes = new ArrayList<>(known);
    SizeRecord own = SizeRecord.of(period, now);
    for (SizeRecord one : known) {
      if (one.size() == period.size()) {
        if (Math.abs(period.rate() - one.rate()) > OTHER_WORK * one.rate()) {
          return List.of(own); // what other sizes did with other work says nothing
        }
        own = one.plus(period, now);
        sizes.remove(one);
      } else if (now - one.seenAt() > MEMORY) {
        sizes.remove(one);
      }
    }
    if (sizes.size() >= SIZES) {
      sizes.remove(oldest(sizes));
    }
    sizes.add(own);
    sizes.sort((one, other) -> Integer.compare(one.size(), other.size()));
    return sizes;
  }

  private static SizeRecord oldest(List<SizeRecord> sizes) {
    SizeRecord oldest = sizes.get(0);
    for (SizeRecord one : sizes) {
      if (one.seenAt() < oldest.seenAt()) {
        oldest = one;
      }
    }
    return oldest;
  }
}
