package dev.sluice.pool;

import dev.sluice.pool.SizingAdvice.Limit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides from what was measured which size a pool should have; pure functions.
 *
 * <p><b>While callers do not wait</b>, they are the limit, and Little's law says how many resources
 * they keep busy: rate × time of use. Callers that come at random keep out more than the mean plus
 * three times its square root only once in hundreds of times. What was seen out at once is never
 * too much.
 *
 * <p><b>While the pool is saturated</b>, its rate is what this size can do, and nothing but another
 * size shows whether the pool or the other side is the limit. So it is a search for the highest
 * rate, with one measurement for each step that an operator takes. Two things are assumed. The rate
 * rises with the size up to one peak or plateau, and never rises again after it fell. And with more
 * out at once, none comes back sooner, so a size that is larger by a factor does at most so many
 * times as much. The search goes up while that pays, then down, and looks into a gap between two
 * known sizes only if more than {@link #WORTH} could be in it. Of sizes that do the same within
 * {@link #SAME}, the smallest is the best.
 */
final class SizePlan {
  /** Rates that differ by less are the same. */
  static final double SAME = 0.02;

  /** A trial must be able to raise the rate by more than this. */
  static final double WORTH = 0.05;

  /** A first trial goes up from below this size, and down from it: few servers do more at once. */
  static final int LARGE = 20;

  /** Each trial beyond the known sizes changes the size by this factor. */
  private static final double STEP = 1.5;

  /** A size that is smaller by less than this part is not worth a change. */
  private static final double PETTY = 0.2;

  /**
   * What to do.
   *
   * @param size which size to set
   * @param trial whether it is a trial, of which the rate is not known
   * @param limit what limits the rate now
   * @param rate the leases per second to expect; of a trial, those of now
   */
  record Step(int size, boolean trial, Limit limit, double rate) {}

  private SizePlan() {}

  /** Plans the next step; {@code wanted} is the most that any period of this size wanted. */
  static Step next(LoadPeriod period, int wanted, List<SizeRecord> known) {
    return period.saturated()
        ? saturated(period, known)
        : unsaturated(period, Math.max(wanted, period.wanted()), known);
  }

  // ---- callers are the limit

  private static Step unsaturated(LoadPeriod period, int wanted, List<SizeRecord> known) {
    SizeRecord better = smallerThatDidMore(period, known);
    if (better != null) {
      return new Step(better.size(), false, Limit.SERVER, better.rate());
    }
    int size = period.size();
    if (!period.roomy() && wanted > size) {
      return new Step(wanted, false, Limit.POOL, period.rate());
    }
    boolean worthwhile = wanted < size * (1 - PETTY);
    return new Step(worthwhile ? wanted : size, false, Limit.CALLERS, period.rate());
  }

  /** A size below what is out now that did more: so many at once are too many for the server. */
  private static @Nullable SizeRecord smallerThatDidMore(
      LoadPeriod period, List<SizeRecord> known) {
    List<SizeRecord> smaller = new ArrayList<>();
    for (SizeRecord one : known) {
      if (one.size() < period.busy()) {
        smaller.add(one);
      }
    }
    if (smaller.isEmpty()) {
      return null;
    }
    SizeRecord good = smaller.get(smallestGood(smaller));
    return good.rate() > (1 + WORTH) * period.rate() ? good : null;
  }

  // ---- the pool or the server is the limit

  private static Step saturated(LoadPeriod period, List<SizeRecord> known) {
    int at = smallestGood(known);
    SizeRecord good = known.get(at);
    SizeRecord below = at == 0 ? null : known.get(at - 1);
    SizeRecord above = at == known.size() - 1 ? null : known.get(at + 1);
    double callers = period.busy() + period.waiting();
    int trial = trial(good, below, above, callers);
    if (trial == good.size()) {
      return new Step(good.size(), false, Limit.SERVER, good.rate());
    }
    Limit limit =
        known.size() == 1 ? Limit.UNKNOWN : trial > good.size() ? Limit.POOL : Limit.SERVER;
    return new Step(trial, true, limit, period.rate());
  }

  /** The smallest of the sizes that do the same as the best one. */
  private static int smallestGood(List<SizeRecord> known) {
    double best = 0;
    for (SizeRecord one : known) {
      best = Math.max(best, one.rate());
    }
    int at = 0;
    while (known.get(at).rate() < (1 - SAME) * best) {
      at++;
    }
    return at;
  }

  /** A size that might do better than {@code good}; the same size if there is none. */
  private static int trial(
      SizeRecord good, @Nullable SizeRecord below, @Nullable SizeRecord above, double callers) {
    if (below == null && above == null) {
      return good.size() >= LARGE ? smaller(good.size()) : larger(good.size(), callers);
    }
    if (below == null) {
      return smaller(good.size());
    }
    if (above == null) {
      int larger = larger(good.size(), callers);
      if (mayPay(onLine(below, good, larger), good)) {
        return larger;
      }
    }
    boolean plateau = above != null && above.rate() >= (1 - SAME) * good.rate();
    if (plateau) {
      return good.size();
    }
    int between = between(below, good);
    return between != good.size() || above == null ? between : beyond(below, good, above);
  }

  private static int larger(int size, double callers) {
    int step = Math.max(size + 1, (int) Math.ceil(size * STEP));
    int useful = (int) Math.min(PoolConfig.MAX_SIZE_LIMIT, Math.ceil(callers));
    return Math.max(size, Math.min(step, useful));
  }

  private static int smaller(int size) {
    return Math.max(1, (int) (size / STEP));
  }

  private static boolean mayPay(double rate, SizeRecord good) {
    return rate > (1 + WORTH) * good.rate();
  }

  /** The rate of a larger size if it went on rising as from {@code below} to {@code good}. */
  private static double onLine(SizeRecord below, SizeRecord good, int size) {
    return good.rate() + (size - good.size()) * slope(below, good);
  }

  private static double slope(SizeRecord below, SizeRecord good) {
    return (good.rate() - below.rate()) / (good.size() - below.size());
  }

  /** A size below {@code good}: it does at most so many times as much as it is larger. */
  private static int between(SizeRecord below, SizeRecord good) {
    int most = good.size() - 1;
    double each = below.rate() / below.size();
    if (most <= below.size() || !mayPay(most * each, good)) {
      return good.size();
    }
    int least = (int) ((1 + WORTH) * good.rate() / each) + 1;
    return (least + most + 1) / 2;
  }

  /** A size above {@code good}, where it may go on rising before it falls. */
  private static int beyond(SizeRecord below, SizeRecord good, SizeRecord above) {
    int most = above.size() - 1;
    if (most <= good.size() || !mayPay(onLine(below, good, most), good)) {
      return good.size();
    }
    int least = good.size() + (int) (WORTH * good.rate() / slope(below, good)) + 1;
    return (Math.min(least, most) + most) / 2;
  }
}
