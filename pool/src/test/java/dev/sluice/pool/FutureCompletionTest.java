package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** How the futures of callers that wait come to their end, one step at a time. */
class FutureCompletionTest extends SteppedEngineTest {
  private static List<CompletableFuture<Lease<Thing>>> ask(
      Pool<Thing, Lease<Thing>> pool, int count) {
    List<CompletableFuture<Lease<Thing>>> asked = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      asked.add(pool.acquireAsync(AcquireOptions.DEFAULT));
    }
    return asked;
  }

  /** Callbacks are user code and may take all workers that there are. */
  @Test
  void failuresTakeNoMoreWorkersThanThePoolHasPlaces() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(2));
    List<Lease<Thing>> held = acquire(pool, 2);
    platform.work();
    List<CompletableFuture<Lease<Thing>>> asked = ask(pool, 6);
    assertThat(platform.tasks).isEmpty();

    Engine<Thing> engine = pool.engine();
    new Refusals<>(engine.core, engine.diagnosis, engine.selfDeadlock)
        .failAll(AcquireException.Kind.UNAVAILABLE);

    assertThat(platform.tasks).hasSize(2);
    platform.work();
    assertThat(asked).allMatch(CompletableFuture::isCompletedExceptionally);
    held.forEach(Lease::close);
  }

  /** No worker came to run for so long that the pool has given the place up. */
  @Test
  void futureThatComesTooLateFailsAndLendsNothing() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(1).resumeGuard(false));
    Lease<Thing> held = pool.acquire();
    Thing thing = held.resource();
    CompletableFuture<Lease<Thing>> asked = ask(pool, 1).get(0);
    held.close();
    assertThat(platform.tasks).as("its completion").hasSize(1);
    Runnable completion = platform.tasks.poll();
    for (int look = 0; look < 200 && !thing.closed; look++) {
      platform.pass(100);
      platform.work();
    }
    assertThat(thing.closed).as("the place was taken back").isTrue();

    completion.run();

    assertThatThrownBy(asked::get).isInstanceOf(ExecutionException.class);
    pool.close(Duration.ZERO);
    platform.work();
    assertThat(resources.alive).isEmpty();
  }
}
