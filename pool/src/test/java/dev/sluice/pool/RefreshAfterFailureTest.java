package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.FakeResources.Thing;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a refresh means for callers while opening fails for a lasting reason. */
class RefreshAfterFailureTest extends EventEngineTest {
  private void refuseLogins() {
    resources.permanent = true;
    resources.onOpen =
        thing -> {
          throw new IllegalStateException("wrong password");
        };
  }

  @Test
  void itEndsThePauseSinceItsReasonMayHaveMendedTheFailure() throws Exception {
    refuseLogins();
    Pool<Thing, Lease<Thing>> pool = pool(config());
    CompletableFuture<Lease<Thing>> first = pool.acquireAsync(AcquireOptions.DEFAULT);
    platform.pass(millis(100));
    assertThatThrownBy(first::join).hasMessageContaining("wrong password");
    resources.onOpen = thing -> {};
    assertThatThrownBy(pool::acquire).hasMessageContaining("wrong password"); // for a while

    pool.refresh("another password");

    try (Lease<Thing> lease = pool.acquire()) {
      assertThat(lease.resource().number).isPositive();
    }
  }

  @Test
  void aResourceThatWillBeReplacedIsNoHopeForACallerWhoWaits() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(2));
    Lease<Thing> old = pool.acquire();
    refuseLogins();
    pool.refresh("another password");

    CompletableFuture<Lease<Thing>> waits = pool.acquireAsync(AcquireOptions.DEFAULT);
    platform.pass(millis(100));

    assertThat(waits).isDone();
    assertThatThrownBy(waits::join)
        .cause()
        .isInstanceOfSatisfying(
            AcquireException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
    old.close();
  }

  @Test
  void aResourceThatComesBackIsHope() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(2));
    Lease<Thing> lent = pool.acquire();
    refuseLogins();

    CompletableFuture<Lease<Thing>> waits = pool.acquireAsync(AcquireOptions.DEFAULT);
    platform.pass(millis(100));
    assertThat(waits).isNotDone();
    lent.close();
    platform.pass(millis(100));

    assertThat(waits).isDone();
    assertThat(waits.join().resource().number).isEqualTo(1);
  }
}
