package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Taking, queueing, giving back and giving up are those of a counter with a FIFO queue: nobody is
 * overtaken, nobody forgotten, and no slot has two holders.
 */
@Param(name = "thread", gen = ThreadIdGen.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@SelfChecked("each run ends with a look of its own, on an engine of which there are thousands")
public class HandOffLincheckTest {
  private static final int THREADS = 8;
  private static final int SIZE = 1;

  private final Engine<Things.Thing> engine;
  private final @Nullable Attempt[] callers = new Attempt[THREADS];

  public HandOffLincheckTest() {
    PoolConfig config =
        PoolConfig.builder()
            .name("lincheck")
            .fairness(Fairness.STRICT) // barging is what linearizability to a FIFO forbids
            .minSize(SIZE)
            .maxSize(SIZE)
            .idleTimeout(Duration.ZERO)
            .maxLifetime(Duration.ZERO)
            .slowAcquireThreshold(Duration.ZERO)
            .build();
    engine = new Engine<>(config, new Things(), PoolListener.NONE, new SynchronousPlatform());
    engine.start();
    Slot<Things.Thing> slot = Objects.requireNonNull(engine.takeAtOnce());
    engine.release(
        slot,
        engine.lend(
            slot, slot.glance(), true)); // the first lease is timed and so takes the longer way
  }

  /** The thread asks for a slot, unless it has one or waits for one. */
  @Operation
  public void acquire(@Param(name = "thread") int thread) throws AcquireException {
    if (callers[thread] != null) {
      return;
    }
    callers[thread] = Attempt.begin(engine, thread, Durations.NEVER);
  }

  /** Whether the thread has a slot. */
  @Operation
  public boolean has(@Param(name = "thread") int thread) {
    Attempt caller = callers[thread];
    return caller != null && caller.served();
  }

  /** The thread gives its slot back. */
  @Operation
  public boolean release(@Param(name = "thread") int thread) {
    Attempt caller = callers[thread];
    if (caller == null || !caller.served()) {
      return false;
    }
    callers[thread] = null;
    return caller.release();
  }

  /** The thread no longer waits. */
  @Operation
  public boolean cancel(@Param(name = "thread") int thread) {
    Attempt caller = callers[thread];
    if (caller == null || !caller.cancel()) {
      return false;
    }
    callers[thread] = null;
    return true;
  }

  /** At rest nothing is idle beside a waiter, and everything is accounted for. */
  @Validate
  public void nothingIsIdleBesideAWaiter() {
    Invariants.check(engine);
  }

  /** The same, one after the other. */
  public static class CounterWithQueue {
    private int free = SIZE;
    private final Deque<Integer> queue = new ArrayDeque<>();
    private final boolean[] has = new boolean[THREADS];

    public void acquire(int thread) {
      if (has[thread] || queue.contains(thread)) {
        return;
      }
      if (free > 0) {
        free--;
        has[thread] = true;
      } else {
        queue.add(thread);
      }
    }

    public boolean has(int thread) {
      return has[thread];
    }

    public boolean release(int thread) {
      if (!has[thread]) {
        return false;
      }
      has[thread] = false;
      Integer next = queue.poll();
      if (next == null) {
        free++;
      } else {
        has[next] = true;
      }
      return true;
    }

    public boolean cancel(int thread) {
      return queue.remove(thread);
    }
  }

  @Test
  void isLinearizableInTheModel() {
    Lincheck.modelChecking(20, 100, CounterWithQueue.class).check(HandOffLincheckTest.class);
  }

  @Test
  void isLinearizableUnderStress() {
    Lincheck.stress(8, 400, CounterWithQueue.class).check(HandOffLincheckTest.class);
  }
}
