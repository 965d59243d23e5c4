package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** A future completes where its caller wants it, and nowhere else. */
class ExecutorAcquisitionTest {
  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();
  private final Deque<Runnable> loop = new ArrayDeque<>();

  private Pool<Thing, Lease<Thing>> pool() throws Exception {
    PoolConfig config =
        PoolConfig.builder()
            .name("loop")
            .minSize(0)
            .maxSize(1)
            .acquireTimeout(Duration.ofSeconds(5))
            .build();
    return Pool.create(config, resources, LeaseFactory.plain(), new PoolListener() {}, platform);
  }

  private void turn() {
    for (Runnable next = loop.poll(); next != null; next = loop.poll()) {
      next.run();
    }
  }

  private static CompletableFuture<Lease<Thing>> ask(
      Pool<Thing, Lease<Thing>> pool, Executor executor) {
    return pool.acquireAsync(AcquireOptions.DEFAULT, executor);
  }

  @Test
  void whoWaitsIsServedWhenTheExecutorRunsAndNotBefore() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    CompletableFuture<Lease<Thing>> first = ask(pool, loop::add);
    platform.work();
    assertThat(first).isNotDone();
    turn();
    CompletableFuture<Lease<Thing>> second = ask(pool, loop::add);

    first.join().close();
    platform.work();
    assertThat(second).isNotDone();
    turn();

    assertThat(second).isCompleted();
    second.join().close();
  }

  @Test
  void whatIsFreeIsThereAtOnce() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    CompletableFuture<Lease<Thing>> opener = ask(pool, loop::add);
    platform.work();
    turn();
    opener.join().close();

    assertThat(ask(pool, loop::add)).isCompleted();
    assertThat(loop).isEmpty();
  }

  @Test
  void anExecutorThatRefusesLosesNoLease() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    Executor refusing =
        task -> {
          throw new RejectedExecutionException("shut down");
        };
    CompletableFuture<Lease<Thing>> future = ask(pool, refusing);
    platform.work();

    assertThat(future).isCompleted();
    future.join().close();
    assertThat(pool.stats().idle()).isEqualTo(1);
  }

  @Test
  void timeoutsCompleteOnTheExecutorToo() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    CompletableFuture<Lease<Thing>> holder = ask(pool, loop::add);
    platform.work();
    turn();
    CompletableFuture<Lease<Thing>> late = ask(pool, loop::add);

    platform.pass(6_000);
    platform.work();
    assertThat(late).isNotDone();
    turn();

    assertThatThrownBy(late::join).hasCauseInstanceOf(AcquireException.class);
    holder.join().close();
  }

  @Test
  void whoCancelsBeforeTheExecutorRunsLeavesTheResourceToOthers() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    CompletableFuture<Lease<Thing>> holder = ask(pool, loop::add);
    platform.work();
    turn();
    CompletableFuture<Lease<Thing>> gone = ask(pool, loop::add);
    holder.join().close();

    gone.cancel(false);
    turn();

    assertThat(pool.stats().idle()).isEqualTo(1);
  }

  @Test
  void eachResourceNamesTheExecutorOnWhichItsWaiterGoesOn() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    CompletableFuture<Lease<Thing>> first =
        pool.acquireAsyncOn(AcquireOptions.DEFAULT, thing -> null);
    platform.work();
    Thing thing = first.join().resource();
    CompletableFuture<Lease<Thing>> second =
        pool.acquireAsyncOn(AcquireOptions.DEFAULT, it -> it == thing ? loop::add : null);

    first.join().close();
    platform.work();
    assertThat(second).isNotDone();
    turn();

    assertThat(second).isCompleted();
    second.join().close();
  }

  @Test
  void aResourceWithoutAnExecutorOrWithABrokenOneIsLentOnAWorker() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    CompletableFuture<Lease<Thing>> none =
        pool.acquireAsyncOn(AcquireOptions.DEFAULT, thing -> null);
    platform.work();
    assertThat(none).isCompleted();
    CompletableFuture<Lease<Thing>> broken =
        pool.acquireAsyncOn(
            AcquireOptions.DEFAULT,
            thing -> {
              throw new IllegalStateException("no loop");
            });

    none.join().close();
    platform.work();

    assertThat(broken).isCompleted();
    broken.join().close();
    assertThat(pool.stats().idle()).isEqualTo(1);
  }

  @Test
  void whoFailsNeedsNoResourceToBeTold() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    CompletableFuture<Lease<Thing>> holder = ask(pool, loop::add);
    platform.work();
    turn();
    CompletableFuture<Lease<Thing>> late =
        pool.acquireAsyncOn(AcquireOptions.DEFAULT, thing -> loop::add);

    platform.pass(6_000);
    platform.work();

    assertThatThrownBy(late::join).hasCauseInstanceOf(AcquireException.class);
    holder.join().close();
  }
}
