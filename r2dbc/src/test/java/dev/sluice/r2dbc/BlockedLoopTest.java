package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.TestDatabase;
import io.r2dbc.postgresql.PostgresqlConnectionFactoryProvider;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.netty.resources.LoopResources;

/** The deadline holds though the event loop that is to deliver the connection is blocked. */
class BlockedLoopTest {
  private final VirtualFactory made = new VirtualFactory(builder -> builder);

  @AfterEach
  void end() {
    made.end();
  }

  private void expectBlocked(Recorder<Connection> one) {
    made.pass(4_800);
    assertThat(one.isOver()).as("before the deadline").isFalse();
    made.pass(250);
    made.pass(100);
    assertThat(one.error())
        .isInstanceOf(R2dbcTimeoutException.class)
        .hasMessageContaining("event loop")
        .hasMessageContaining("blocked");
  }

  /** The loop runs again: it must deliver nothing, and lose nothing. */
  private void expectNothingLost(Recorder<Connection> one) {
    made.settle();
    assertThat(one.signals).containsExactly("error");
    assertThat(made.factory.stats().active()).isZero();
    made.close(made.acquire());
    made.pass(100);
    assertThat(made.alarms()).isZero();
  }

  @Test
  void anIdleConnectionWhoseLoopIsBlocked() {
    made.driver.loop = made.loop::add;
    made.close(made.acquire());

    Recorder<Connection> one = made.subscribe();

    assertThat(made.factory.stats().active()).as("lent, but not delivered").isEqualTo(1);
    expectBlocked(one);
    expectNothingLost(one);
  }

  @Test
  void aReturnedConnectionWhoseLoopIsBlocked() {
    made.driver.loop = made.loop::add;
    Connection held = made.acquire();
    Recorder<Connection> one = made.subscribe();
    made.close(held); // settles, so the loop would deliver at once
    made.close(one.one());

    Connection again = made.acquire();
    Recorder<Connection> two = made.subscribe();
    Recorder.of(again.close());
    while (made.time.workOnce()) {
      // the workers go on, the loop does not
    }

    expectBlocked(two);
    expectNothingLost(two);
  }

  @Test
  void aLoopThatComesInTimeDelivers() {
    made.driver.loop = made.loop::add;
    made.close(made.acquire());
    Recorder<Connection> one = made.subscribe();
    made.pass(4_000);

    made.settle();

    made.close(one.one());
    assertThat(one.signals).containsExactly("next", "complete");
  }

  @Test
  void aCallerWhoDoesNotWaitLeavesTheLoopAMoment() {
    VirtualFactory none =
        new VirtualFactory(builder -> builder.maxAcquireTime(Duration.ofSeconds(5)));
    none.driver.loop = none.loop::add;
    none.close(none.acquire());
    Recorder<Connection> one = new Recorder<>(Long.MAX_VALUE);
    none.factory
        .create(dev.sluice.pool.AcquireOptions.DEFAULT.withTimeout(Duration.ZERO))
        .subscribe(one);

    none.pass(50);
    none.settle();

    none.close(one.one());
    none.end();
  }

  @Test
  void aRealLoopThatIsBlocked() {
    TestDatabase database = Databases.postgres();
    LoopResources loops = LoopResources.create("blocked", 1, 1, true);
    SluiceConnectionFactory pool =
        SluiceConnectionFactory.builder(
                Postgres.options(database, database.port())
                    .mutate()
                    .option(PostgresqlConnectionFactoryProvider.LOOP_RESOURCES, loops)
                    .build())
            .minSize(0)
            .maxSize(2)
            .acquireTimeout(Duration.ofSeconds(60))
            .build();
    Connection first = Recorder.of(pool.create()).one();
    Connection second = Recorder.of(pool.create()).one();
    Recorder.await(second.close());
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    Recorder<Boolean> blocking =
        Recorder.of(
            Flux.from(first.validate(ValidationDepth.REMOTE))
                .doOnNext(
                    alive -> {
                      blocked.countDown();
                      awaitQuietly(free);
                    }));
    awaitQuietly(blocked);

    Recorder<Connection> late = new Recorder<>(Long.MAX_VALUE);
    pool.create(dev.sluice.pool.AcquireOptions.DEFAULT.withTimeout(Duration.ofMillis(300)))
        .subscribe(late);
    Throwable failure = late.error();

    free.countDown();
    blocking.awaitEnd();
    Recorder.await(first.close());
    Connection next = Recorder.of(pool.create()).one();
    Recorder.await(next.close());
    pool.dispose();
    loops.disposeLater().block();
    database.close();
    assertThat(failure).isInstanceOf(R2dbcTimeoutException.class).hasMessageContaining("'blocked-");
    assertThat(Objects.requireNonNull(late.signals)).containsExactly("error");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
