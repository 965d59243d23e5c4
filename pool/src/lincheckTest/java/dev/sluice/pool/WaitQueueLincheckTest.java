package dev.sluice.pool;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The queue of waiters is a FIFO queue that any caller may leave, and the gate is its count. */
@Param(name = "thread", gen = ThreadIdGen.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
public class WaitQueueLincheckTest {
  private static final int THREADS = 8;
  private static final int NOBODY = -1;
  private static final Refusal REASON =
      new Refusal(AcquireException.Kind.SHED, AcquireException.Phase.WAIT, 0, null, "", "", false);

  private final Signals signals = new Signals();
  private final WaitQueue<Object> queue = new WaitQueue<>(signals);

  @SuppressWarnings({"unchecked", "rawtypes"})
  private final @Nullable QueuedCaller<Object>[] last = new QueuedCaller[THREADS];

  @SuppressWarnings("NullAway") // a slot that nobody looks into
  private final Slot<Object> slot = new Slot<>(null, 0);

  /** The thread queues a caller. */
  @Operation
  public void join(@Param(name = "thread") int thread) {
    QueuedCaller<Object> before = last[thread];
    QueuedCaller<Object> caller =
        new QueuedCaller<>(before == null ? thread : before.number + THREADS, 1, Durations.NEVER);
    last[thread] = caller;
    queue.add(caller);
  }

  /** The caller that the thread queued last gives up. */
  @Operation
  public boolean leave(@Param(name = "thread") int thread) {
    QueuedCaller<Object> caller = last[thread];
    if (caller == null || !caller.leave()) {
      return false;
    }
    queue.departed(caller);
    return true;
  }

  /** Serves the head, as {@link Engine} does; returns which caller that was. */
  @Operation
  public int serve() {
    while (signals.serves()) {
      Waiter<Object> head = queue.head(1);
      if (head == null) {
        return NOBODY;
      }
      if (queue.assign(head, slot, 1)) {
        return ((QueuedCaller<Object>) head).number;
      }
    }
    return NOBODY;
  }

  /** Refuses the head, as {@link Shedding} does. */
  @Operation
  public int refuse() {
    Waiter<Object> head = queue.head(1);
    while (head != null) {
      if (queue.fail(head, REASON)) {
        return ((QueuedCaller<Object>) head).number;
      }
      head = queue.head(1);
    }
    return NOBODY;
  }

  /** Whether the pool seems to be closed or suspended, which it never is. */
  @Operation
  public boolean looksClosed() {
    return signals.closed() || signals.suspended();
  }

  /** At rest the count is right. */
  @Validate
  public void countIsRight() {
    int[] waiting = {0};
    queue.forEach(caller -> waiting[0]++);
    if (signals.waiting() != waiting[0] || signals.clear() != (waiting[0] == 0)) {
      throw new IllegalStateException(waiting[0] + " wait, counted are " + signals.waiting());
    }
  }

  /** The same, one after the other. */
  public static class Fifo {
    private final int[] last = new int[THREADS];
    private final Deque<Integer> queue = new ArrayDeque<>();

    public void join(int thread) {
      last[thread] = last[thread] == 0 ? thread + 1 : last[thread] + THREADS;
      queue.add(last[thread]);
    }

    public boolean leave(int thread) {
      return queue.remove(last[thread]);
    }

    public int serve() {
      Integer head = queue.poll();
      return head == null ? NOBODY : head - 1;
    }

    public int refuse() {
      return serve();
    }

    public boolean looksClosed() {
      return false;
    }
  }

  @Test
  void isLinearizableInTheModel() {
    Lincheck.modelChecking(6, 150, Fifo.class).check(WaitQueueLincheckTest.class);
  }

  @Test
  void isLinearizableUnderStress() {
    Lincheck.stress(6, 400, Fifo.class).check(WaitQueueLincheckTest.class);
  }
}
