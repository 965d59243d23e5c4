package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sees the extension fail where it should, which a green suite cannot show. */
class PoolInvariantsTest {
  @RegisterExtension final PoolInvariants invariants = new PoolInvariants();

  private final FakeResources resources = new FakeResources();
  private Pool<Thing, Lease<Thing>> pool;

  @BeforeEach
  void open() throws Exception {
    PoolConfig.Builder config = PoolConfig.builder().name("watched").maxSize(2);
    pool = invariants.watch(resources.pool(config), resources.alive::size);
  }

  @AfterEach
  void close() {
    pool.close(Duration.ofSeconds(5));
  }

  @Test
  void usedPoolIsInOrder() throws Exception {
    Lease<Thing> first = pool.acquire();
    Lease<Thing> second = pool.acquire();
    CompletableFuture<Lease<Thing>> waiting = pool.acquireAsync(AcquireOptions.DEFAULT);

    PoolInvariants.check(pool);

    waiting.cancel(true);
    first.close();
    second.close();
  }

  @Test
  void forgottenWaiterIsNoticed() {
    pool.engine().signals.enter();
    try {
      assertThatThrownBy(() -> PoolInvariants.check(pool, Duration.ZERO))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("0 wait in the queue, counted are 1");
    } finally {
      pool.engine().signals.leave();
    }
  }

  @Test
  void wrongSizeIsNoticed() {
    Slot<Thing> slot = pool.engine().slots.all()[0];
    long word = slot.word;
    slot.move(word, Slot.OPENING);
    try {
      assertThatThrownBy(() -> PoolInvariants.check(pool, Duration.ZERO))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("1 slots are occupied, counted are 0");
    } finally {
      slot.move(slot.word, Slot.EMPTY);
    }
  }
}
