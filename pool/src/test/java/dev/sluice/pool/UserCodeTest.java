package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What users' code throws harms nobody else. */
class UserCodeTest extends SteppedEngineTest {
  @Test
  void factoryThatCannotSayItsNounHarmsNobody() throws Exception {
    AtomicBoolean fails = new AtomicBoolean();
    FakeResources nameless =
        new FakeResources() {
          @Override
          public String noun() {
            if (fails.get()) {
              throw new IllegalStateException("no noun");
            }
            return "thing";
          }
        };
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(
            config().maxSize(1).build(),
            nameless,
            LeaseFactory.plain(),
            PoolListener.NONE,
            platform);
    Lease<Thing> lease = pool.acquire();
    fails.set(true);

    assertThatThrownBy(() -> pool.acquire(AcquireOptions.DEFAULT.withTimeout(Duration.ZERO)))
        .isInstanceOf(AcquireException.class);
    lease.close();
  }

  @Test
  void failureThatCannotBeToldStillFailsItsCallers() throws Exception {
    resources.permanent = true;
    resources.onOpen =
        thing -> {
          throw new IllegalStateException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
              throw new UnsupportedOperationException("no message");
            }
          };
        };
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(1));
    CompletableFuture<Lease<Thing>> caller = pool.acquireAsync(AcquireOptions.DEFAULT);
    platform.work();

    assertThat(caller)
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(AcquireException.class);
  }

  @Test
  void callerThatFailsAfterItWasServedPassesOnWhatItGot() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    long token = engine.lend(slot, slot.glance(), true);
    platform.onPark =
        () -> {
          assertThat(engine.release(slot, token)).isTrue();
          throw new OutOfMemoryError("while parking");
        };

    assertThatThrownBy(() -> engine.awaitSlot(AcquireOptions.DEFAULT))
        .isInstanceOf(OutOfMemoryError.class);

    assertThat(slot.state()).isEqualTo(Slot.IDLE);
    assertThat(engine.core.signals.waiting()).isZero();
  }

  @Test
  void callerWhoseQueueingFailsLeavesNothingBehind() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    platform.onPark =
        () -> {
          throw new OutOfMemoryError("while parking");
        };
    assertThatThrownBy(() -> engine.awaitSlot(AcquireOptions.DEFAULT))
        .isInstanceOf(OutOfMemoryError.class);

    assertThat(engine.core.signals.waiting()).isZero();
    engine.release(slot, engine.lend(slot, slot.glance(), true));
    assertThat(slot.state()).isEqualTo(Slot.IDLE);
  }
}
