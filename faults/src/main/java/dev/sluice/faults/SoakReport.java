package dev.sluice.faults;

import dev.sluice.pool.PoolStats;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a soak ended. */
public final class SoakReport {
  private final SoakPlan plan;
  private final Map<SoakFault, Integer> done;
  private final Ledger ledger;
  private final PoolStats end;
  private final Footprint before;
  private final Footprint after;
  private final Duration slowestRecovery;
  private final int refusals;

  SoakReport(
      SoakPlan plan,
      Map<SoakFault, Integer> done,
      Ledger ledger,
      PoolStats end,
      Footprint before,
      Footprint after,
      Duration slowestRecovery,
      int refusals) {
    this.plan = plan;
    this.done = done;
    this.ledger = ledger;
    this.end = end;
    this.before = before;
    this.after = after;
    this.slowestRecovery = slowestRecovery;
    this.refusals = refusals;
  }

  /** What is wrong, in sentences; empty if every promise was kept. */
  public List<String> problems() {
    List<String> wrong = new ArrayList<>(ledger.imbalances(end));
    if (!after.isNoGrowthOver(before)) {
      wrong.add(
          "it grew: "
              + before
              + " before, "
              + after
              + " after, with new threads "
              + after.threadsNotIn(before));
    }
    if (ledger.queries.sum() == 0) {
      wrong.add("nothing was done: the soak proves nothing");
    }
    return wrong;
  }

  /** How many faults were done. */
  public int faults() {
    return done.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How many queries were answered. */
  public long queries() {
    return ledger.queries.sum();
  }

  /** Prints all of it. */
  public void print(PrintWriter out) {
    out.printf("Soak of %s, seed %d: %d faults%n", plan.duration(), plan.seed(), faults());
    done.forEach((fault, times) -> out.printf("  row %2d %-13s %d%n", fault.row(), fault, times));
    out.printf("%nopened %d = closed %d + alive %d%n", end.opened(), end.closedTotal(), end.size());
    out.printf(
        "acquired %d = returned %d + reclaimed %d%n",
        ledger.acquired.sum(), ledger.returned.sum(), ledger.reclaimed.sum());
    out.printf("late answers %d%n", ledger.lateAnswers.sum());
    out.printf("wrong holder %d%n", ledger.wrongHolders.sum());
    out.printf("above the maximum %d%n", ledger.aboveMaximum.sum());
    out.printf("surprises %d%n", ledger.unexpected.sum());
    out.printf("not recovered in time %d%n", ledger.notRecovered.sum());
    out.printf("%nqueries answered %d%n", ledger.queries.sum());
    out.printf("failures %s%n", ledger.failures());
    out.printf("passwords refused and asked for once more %d%n", refusals);
    out.printf("largest overrun of an acquisition %d ms%n", Promises.largestOverrun().toMillis());
    out.printf("slowest recovery %d ms%n", slowestRecovery.toMillis());
    out.printf("before: %s%nafter:  %s%n", before, after);
    ledger.offences().forEach(out::println);
    List<String> wrong = problems();
    out.println(wrong.isEmpty() ? "\nThe ledger balances." : "\nTHE LEDGER DOES NOT BALANCE:");
    wrong.forEach(line -> out.println("  " + line));
    out.flush();
  }
}
