package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What is closed or aborted in odd circumstances. */
class AbortTest extends EventEngineTest {
  @Test
  void errorOfAnAbortWithoutAWorkerDoesNotReachTheBorrower() throws Exception {
    resources.onAbort =
        thing -> {
          throw new OutOfMemoryError("injected");
        };
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Lease<Thing> lease = pool.acquire();
    platform.tripwire =
        call -> {
          if (call.equals("execute")) {
            throw new OutOfMemoryError("no thread (injected)");
          }
        };

    assertThat(lease.discard(CloseReason.BROKEN)).isTrue();

    assertThat(pool.stats().size()).isZero();
  }

  @Test
  void whatWasGivenUpBeforeItsCloseBeganIsClosedOrAbortedOnce() throws Exception {
    AtomicInteger ends = new AtomicInteger();
    resources.onClose = thing -> ends.incrementAndGet();
    resources.onAbort = thing -> ends.incrementAndGet();
    List<Runnable> held = new ArrayList<>();
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Lease<Thing> lease = pool.acquire();
    platform.holdWork(held);
    lease.discard(CloseReason.BROKEN);
    platform.pass(TimeUnit.SECONDS.toNanos(10));

    List.copyOf(held).forEach(Runnable::run);

    assertThat(ends).hasValue(1);
    assertThat(resources.alive).isEmpty();
  }
}
