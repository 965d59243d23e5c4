package dev.sluice.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** What threads see of each other when a slot changes hands. */
final class HandOffStress {
  private static final int NONE = -1;

  private HandOffStress() {}

  @JCStressTest
  @Description("A lessee sees what the lessee before wrote, to the resource and to the slot.")
  @Outcome(
      id = {"0, 1", "2, 0"},
      expect = ACCEPTABLE,
      desc = "one after the other")
  @Outcome(
      id = {"0, -1", "-1, 0"},
      expect = ACCEPTABLE,
      desc = "the slot was out")
  @Outcome(expect = FORBIDDEN, desc = "two holders, or a write that was lost")
  @State
  public static class Publication {
    private final Stand stand = new Stand();

    @Actor
    public void first(II_Result r) {
      r.r1 = use(1);
    }

    @Actor
    public void second(II_Result r) {
      r.r2 = use(2);
    }

    private int use(int mark) {
      Slot<Stand.Cell> slot = stand.engine.takeAtOnce();
      if (slot == null) {
        return NONE;
      }
      Stand.Cell cell = slot.resource();
      int seen = cell.value;
      cell.value = mark;
      stand.engine.release(slot, stand.engine.lend(slot, slot.glance(), true));
      return seen;
    }
  }

  @JCStressTest
  @Description("A caller that begins to wait while the slot comes back is not left waiting.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "served")
  @Outcome(expect = FORBIDDEN, desc = "a lost wake-up")
  @State
  public static class NoLostWakeUp {
    private final Stand stand = new Stand();
    private final long token = stand.take();
    private final Stand.Caller caller = new Stand.Caller();

    @Actor
    public void lessee() {
      stand.engine.release(stand.slot(), token);
    }

    @Actor
    public void waiter() {
      stand.enqueue(caller);
    }

    @Arbiter
    public void look(I_Result r) {
      r.r1 = caller.state() == Waiter.ASSIGNED && caller.transit() == stand.slot().glance() ? 1 : 0;
    }
  }

  @JCStressTest
  @Description("A slot that comes back while its waiter leaves goes to one place.")
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the caller left, the slot is idle")
  @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "the caller was served")
  @Outcome(expect = FORBIDDEN, desc = "lost, or in two places")
  @State
  public static class AssignOrLeave {
    private final Stand stand = new Stand();
    private final long token = stand.take();
    private final Stand.Caller caller = new Stand.Caller();

    public AssignOrLeave() {
      stand.enqueue(caller);
    }

    @Actor
    public void lessee() {
      stand.engine.release(stand.slot(), token);
    }

    @Actor
    public void waiter(III_Result r) {
      if (caller.leave()) {
        stand.engine.core.queue.departed(caller);
        r.r1 = 1;
      }
    }

    @Arbiter
    public void look(III_Result r) {
      r.r2 = caller.state() == Waiter.ASSIGNED ? 1 : 0;
      r.r3 = stand.slot().state() == Slot.IDLE && stand.engine.core.signals.clear() ? 1 : 0;
    }
  }

  @JCStressTest
  @Description("What is assigned is there to be read by whoever sees that it is.")
  @Outcome(
      id = {"0, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "not yet, or all of it")
  @Outcome(expect = FORBIDDEN, desc = "assigned, but not to be seen")
  @State
  public static class AssignmentIsPublished {
    private final Stand stand = new Stand();
    private final Stand.Caller caller = new Stand.Caller();

    @Actor
    public void provider() {
      Slot<Stand.Cell> slot = stand.engine.takeAtOnce();
      if (slot != null) {
        slot.resource().value = 7;
        caller.assign(slot, slot.glance());
      }
    }

    @Actor
    public void waiter(II_Result r) {
      if (!caller.isWaiting()) {
        r.r1 = 1;
        Slot<Stand.Cell> slot = caller.slot();
        r.r2 =
            slot != null && slot.glance() == caller.transit() && slot.resource().value == 7 ? 1 : 2;
      }
    }
  }

  @JCStressTest
  @Description("A lease closed by two threads ends once, and the next lease is none the worse.")
  @Outcome(
      id = {"1, 0, 0, 1", "0, 1, 0, 1", "1, 0, 1, 1", "0, 1, 1, 1"},
      expect = ACCEPTABLE,
      desc = "ended once")
  @Outcome(expect = FORBIDDEN, desc = "ended twice, never, or with a lease that is not to be seen")
  @State
  public static class DoubleClose {
    private final Stand stand = new Stand();
    private final long token = stand.take();

    @Actor
    public void one(IIII_Result r) {
      r.r1 = stand.engine.release(stand.slot(), token) ? 1 : 0;
      Slot<Stand.Cell> slot = stand.engine.takeAtOnce();
      if (slot != null) {
        stand.engine.lend(slot, slot.glance(), true);
        r.r3 = 1;
      }
    }

    @Actor
    public void other(IIII_Result r) {
      r.r2 = stand.engine.release(stand.slot(), token) ? 1 : 0;
    }

    @Arbiter
    public void look(IIII_Result r) {
      boolean lent = stand.engine.diagnosis.leases(false).size() == 1;
      boolean idle = stand.slot().state() == Slot.IDLE;
      r.r4 = r.r3 == 1 ? (lent && !idle ? 1 : 0) : (idle && !lent ? 1 : 0);
    }
  }

  @JCStressTest
  @Description("A lease that can be seen is complete: who asked for it, and since when.")
  @Outcome(id = "-1, -1", expect = ACCEPTABLE, desc = "not lent yet")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "lent, and all of it to be seen")
  @Outcome(expect = FORBIDDEN, desc = "lent, but taken for a thread's, or without its begin")
  @State
  public static class LeaseIsPublished {
    private final Stand stand = new Stand();

    @Actor
    public void lessee() {
      Slot<Stand.Cell> slot = stand.engine.takeAtOnce();
      if (slot != null) {
        slot.leasedAt = 7;
        stand.engine.lend(slot, slot.glance(), false);
      }
    }

    @Actor
    public void keeper(II_Result r) {
      Slot<Stand.Cell> slot = stand.slot();
      long word = slot.glance();
      boolean lent = Slot.stateOf(word) == Slot.LEASED;
      r.r1 = !lent ? NONE : slot.isLentToFuture(word) ? 1 : 0;
      r.r2 = !lent ? NONE : slot.leasedAt == 7 ? 1 : 0;
    }
  }

  @JCStressTest
  @Description("A pool that is closed while a lease comes back ends empty.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "nothing is left")
  @Outcome(expect = FORBIDDEN, desc = "something stayed behind")
  @State
  public static class CloseOrRelease {
    private final Stand stand = new Stand();
    private final long token = stand.take();

    @Actor
    public void lessee() {
      stand.engine.release(stand.slot(), token);
    }

    @Actor
    public void closer() {
      stand.engine.close(Duration.ofDays(1));
    }

    @Arbiter
    public void look(II_Result r) {
      r.r1 = stand.alive.get();
      r.r2 = stand.engine.core.slots.occupied();
    }
  }
}
