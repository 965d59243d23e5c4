package dev.sluice.faults;

import dev.sluice.pool.PoolStats;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a soak ended. */
public final class SoakReport {
  private final SoakPlan plan;
  private final Map<SoakFault, Integer> done;
  private final Ledger ledger;
  private final PoolStats end;
  private final Footprint before;
  private final Footprint after;
  private final Duration slowestRecovery;
  private final @Nullable SoakFault slowestAfter;
  private final int refusals;
  private final SessionWatch.Summary sessions;

  SoakReport(
      SoakPlan plan,
      Map<SoakFault, Integer> done,
      Ledger ledger,
      PoolStats end,
      Footprint before,
      Footprint after,
      Duration slowestRecovery,
      @Nullable SoakFault slowestAfter,
      int refusals,
      SessionWatch.Summary sessions) {
    this.plan = plan;
    this.done = done;
    this.ledger = ledger;
    this.end = end;
    this.before = before;
    this.after = after;
    this.slowestRecovery = slowestRecovery;
    this.slowestAfter = slowestAfter;
    this.refusals = refusals;
    this.sessions = sessions;
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
    if (sessions.counts() == 0) {
      wrong.add("nobody counted the sessions at the server");
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
    done.forEach((fault, times) -> out.printf("  %-6s %-13s %d%n", fault.row(), fault, times));
    out.printf("%nopened %d = closed %d + alive %d%n", end.opened(), end.closedTotal(), end.size());
    out.printf(
        "acquired %d = returned %d + reclaimed %d%n",
        ledger.acquired.sum(), ledger.returned.sum(), Ledger.reclaimed(end));
    out.printf(
        "  but one at most for each of %d attempts at the end of a stack (overflows %d)%n",
        ledger.deepAttempts.sum(), ledger.overflows.sum());
    out.printf("late answers %d%n", ledger.lateAnswers.sum());
    out.printf("wrong holder %d%n", ledger.wrongHolders.sum());
    out.printf("above the maximum %d%n", ledger.aboveMaximum.sum());
    out.printf(
        "sessions at the server %d at most, more than the maximum in %d of %d counts,"
            + " unexplained in %d%n",
        sessions.most(), sessions.beyond(), sessions.counts(), ledger.aboveAtServer.sum());
    out.printf("statements of cut leases that went on at the server %d%n", ledger.notCut.sum());
    out.printf("surprises %d%n", ledger.unexpected.sum());
    out.printf("not recovered in time %d%n", ledger.notRecovered.sum());
    out.printf("%nqueries answered %d%n", ledger.queries.sum());
    out.printf("mistakes of borrowers %d%n", ledger.mistakes.sum());
    out.println("exceptions that callers met with, each of them injected or due to a fault:");
    ledger.failures().forEach((kind, times) -> out.printf("  %-40s %d%n", kind, times));
    out.printf("passwords refused and asked for once more %d%n", refusals);
    out.printf("largest overrun of an acquisition %d ms%n", Promises.largestOverrun().toMillis());
    out.printf("slowest recovery %d ms, after %s%n", slowestRecovery.toMillis(), slowestAfter);
    out.printf("before: %s%nafter:  %s%n", before, after);
    ledger.offences().forEach(out::println);
    List<String> wrong = problems();
    out.println(wrong.isEmpty() ? "\nThe ledger balances." : "\nTHE LEDGER DOES NOT BALANCE:");
    wrong.forEach(line -> out.println("  " + line));
    out.flush();
  }
}
