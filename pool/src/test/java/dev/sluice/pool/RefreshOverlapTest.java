package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A refresh replaces also what is being opened or checked meanwhile. */
class RefreshOverlapTest extends EventEngineTest {
  @Test
  void whatIsBeingOpenedDuringARefreshIsReplacedToo() throws Exception {
    AtomicReference<Pool<Thing, Lease<Thing>>> pool = new AtomicReference<>();
    resources.onOpen =
        thing -> {
          if (thing.number == 1) {
            pool.get().refresh();
          }
        };
    pool.set(pool(config()));

    try (Lease<Thing> lease = pool.get().acquire()) {
      assertThat(lease.resource().number).isEqualTo(2);
    }
    assertThat(resources.alive).hasSize(1);
  }

  /** The check reads the new epoch before the order to replace is given. */
  @Test
  void checkThatIsUnderWayDoesNotSaveAResourceFromARefresh() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().validateAfterIdle(Duration.ZERO));
    pool.acquire().close();
    resources.onValidate =
        thing -> {
          if (thing.number == 1) {
            pool.refresh();
          }
        };

    try (Lease<Thing> lease = pool.acquire()) {
      assertThat(lease.resource().number).isEqualTo(2);
    }
  }
}
