package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A check that says when all resources are to be replaced. */
class RefreshWatchTest extends EventEngineTest {
  private final List<String> errors = new ArrayList<>();
  private final PoolListener listener =
      new PoolListener() {
        @Override
        public void backgroundError(String what, Throwable cause) {
          errors.add(what + ": " + cause.getMessage());
        }
      };

  private Pool<Thing, Lease<Thing>> filled() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(config().maxSize(1).healthCheckInterval(Duration.ZERO), listener);
    pool.acquire().release();
    return pool;
  }

  @Test
  void allAreReplacedWheneverTheCheckSaysSo() throws Exception {
    Pool<Thing, Lease<Thing>> pool = filled();
    AtomicInteger asked = new AtomicInteger();

    pool.refreshWhen(() -> asked.incrementAndGet() == 3, Duration.ofSeconds(10));

    platform.pass(millis(19_000));
    assertThat(asked).as("at once, and after 10 s").hasValue(2);
    assertThat(resources.alive).hasSize(1);
    platform.pass(millis(5_000));
    assertThat(asked).hasValue(3);
    assertThat(resources.alive).isEmpty();
    pool.acquire().release();
    platform.pass(millis(60_000));
    assertThat(asked).hasValue(9);
    assertThat(resources.opened).hasValue(2);
  }

  @Test
  void checkThatFailsIsToldAndReplacesNothing() throws Exception {
    Pool<Thing, Lease<Thing>> pool = filled();

    pool.refreshWhen(
        () -> {
          throw new UnknownHostException("db.example");
        },
        Duration.ofSeconds(10));

    platform.pass(millis(15_000));
    assertThat(errors)
        .containsExactly(
            "check whether to refresh: db.example", "check whether to refresh: db.example");
    assertThat(resources.alive).hasSize(1);
  }

  @Test
  void checkThatHangsIsAskedOnceAndSaysNothingWhenItWasReplaced() throws Exception {
    Pool<Thing, Lease<Thing>> pool = filled();
    List<Runnable> work = new ArrayList<>();
    AtomicInteger asked = new AtomicInteger();
    platform.holdWork(work);
    pool.refreshWhen(() -> asked.incrementAndGet() > 0, Duration.ofSeconds(10));

    platform.pass(millis(45_000));

    assertThat(work).as("W1").hasSize(1);
    pool.refreshWhen(() -> false, Duration.ofSeconds(10));
    work.get(0).run();
    platform.holdWork(null);
    platform.pass(millis(15_000));
    assertThat(asked).hasValue(1);
    assertThat(resources.alive).as("W2").hasSize(1);
  }

  @Test
  void periodMustBeLongerThanZero() throws Exception {
    Pool<Thing, Lease<Thing>> pool = filled();

    assertThatThrownBy(() -> pool.refreshWhen(() -> true, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT0S");
  }

  @Test
  void addressesAreComparedAsSetsAndAFailedLookUpIsNoChange() throws Exception {
    InetAddress a = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    InetAddress b = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
    List<InetAddress[]> answers = new ArrayList<>();
    AddressCheck check =
        new AddressCheck(
            () -> {
              if (answers.isEmpty()) {
                throw new UnknownHostException("db.example");
              }
              return answers.remove(0);
            });

    answers.add(new InetAddress[] {a, b});
    assertThat(check.isDue()).as("the first look").isFalse();
    answers.add(new InetAddress[] {b, a});
    assertThat(check.isDue()).as("another order").isFalse();
    assertThatThrownBy(check::isDue).isInstanceOf(UnknownHostException.class);
    answers.add(new InetAddress[] {a, b});
    assertThat(check.isDue()).as("back as it was").isFalse();
    answers.add(new InetAddress[] {b});
    assertThat(check.isDue()).as("one is gone").isTrue();
    assertThat(RefreshCheck.addressesOf("localhost").isDue()).isFalse();
  }
}
