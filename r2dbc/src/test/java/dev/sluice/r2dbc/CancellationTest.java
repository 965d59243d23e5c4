package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Mono;

/** A subscriber may cancel at any moment: it gets nothing more, and the pool loses nothing. */
class CancellationTest {
  private VirtualFactory made = new VirtualFactory(UnaryOperator.identity());

  private VirtualFactory with(UnaryOperator<SluiceConnectionFactoryBuilder> options) {
    made = new VirtualFactory(options);
    return made;
  }

  /** All that was lent is back, and the next one is served. */
  private void expectNothingLost() {
    made.settle();
    assertThat(made.factory.stats().active()).as("leases").isZero();
    assertThat(made.factory.stats().waiting()).as("waiters").isZero();
    Connection next = made.acquire();
    assertThat(made.factory.stats().active()).isEqualTo(1);
    made.close(next);
    assertThat(made.driver.openNow()).as("connections open at the driver").isEqualTo(1);
    made.pass(100); // the watch of event loops looks once more, and ends
    assertThat(made.alarms()).as("timers left behind").isZero();
  }

  private static void expectSilence(Recorder<?> cancelled) {
    assertThat(cancelled.signals).isEmpty();
  }

  @Test
  void beforeTheRequest() {
    Recorder<Connection> one = new Recorder<>(0);
    made.factory.create().subscribe(one);
    one.cancel();
    one.request();
    expectNothingLost();
    expectSilence(one);
  }

  @Test
  void whileWaitingForAnother() {
    Connection held = made.acquire();
    Recorder<Connection> waiter = made.subscribe();
    made.settle();
    waiter.cancel();
    assertThat(made.factory.stats().waiting()).isZero();
    made.close(held);
    expectNothingLost();
    expectSilence(waiter);
  }

  @Test
  void atTheHandOff() {
    Connection held = made.acquire();
    Recorder<Connection> waiter = made.subscribe();
    Recorder.await(held.close()); // the waiter is assigned, and no worker has told it yet
    waiter.cancel();
    expectNothingLost();
    expectSilence(waiter);
  }

  @Test
  void atTheHandOffTheNextOneIsServed() {
    Connection held = made.acquire();
    Recorder<Connection> first = made.subscribe();
    Recorder<Connection> second = made.subscribe();
    Recorder.await(held.close());
    first.cancel();
    made.settle();
    expectSilence(first);
    made.close(second.one());
    expectNothingLost();
  }

  @Test
  void beforeAndWhileItOpens() {
    Recorder<Connection> early = made.subscribe();
    early.cancel();
    Recorder<Connection> late = made.subscribe();
    made.driver.onOpen = late::cancel;
    made.settle();
    made.driver.onOpen = () -> {};
    expectNothingLost();
    expectSilence(early);
    expectSilence(late);
  }

  @Test
  void whileValidating() {
    made.close(made.acquire());
    made.pass(2_000);
    Recorder<Connection> checked = made.subscribe();
    made.driver.onValidate = checked::cancel;
    made.settle();
    made.driver.onValidate = () -> {};
    assertThat(made.driver.opened.get(0).calls).contains("validate");
    expectNothingLost();
    expectSilence(checked);
  }

  @Test
  void beforeTheLoopDelivers() {
    made.driver.loop = made.loop::add;
    made.close(made.acquire());
    Recorder<Connection> hopping = made.subscribe();
    assertThat(made.factory.stats().active()).as("lent, but not delivered").isEqualTo(1);
    hopping.cancel();
    expectNothingLost();
    expectSilence(hopping);
  }

  @Test
  void whilePostAllocateRuns() {
    AtomicInteger cancelledHooks = new AtomicInteger();
    with(
        builder ->
            builder.postAllocate(
                connection ->
                    made.driver.opened.size() > 1
                        ? Mono.empty()
                        : Mono.<Void>never().doOnCancel(cancelledHooks::incrementAndGet)));
    Recorder<Connection> waiting = made.subscribe();
    made.settle();
    expectSilence(waiting);
    waiting.cancel();
    made.settle();
    assertThat(cancelledHooks).hasValue(1);
    assertThat(made.driver.opened.get(0).closed).as("a half-prepared connection").isTrue();
    expectNothingLost();
    expectSilence(waiting);
  }

  @Test
  void withinOnNextTheSubscriberHasIt() {
    Recorder<Connection> taker =
        new Recorder<>(1) {
          @Override
          public void onNext(Connection connection) {
            super.onNext(connection);
            cancel();
          }
        };
    made.factory.create().subscribe(taker);
    made.settle();
    assertThat(taker.signals).containsExactly("next");
    Connection taken = Objects.requireNonNull(taker.value);
    assertThat(taken.isAutoCommit()).isTrue();
    made.close(taken);
    expectNothingLost();
  }

  @Test
  void byAnotherThreadDuringOnNextAnUntouchedConnectionGoesBack() {
    Recorder<Connection> dropper =
        new Recorder<>(1) {
          @Override
          public void onNext(Connection connection) {
            super.onNext(connection);
            elsewhere(Objects.requireNonNull(subscription)::cancel);
          }
        };
    made.factory.create().subscribe(dropper);
    made.settle();
    assertThat(dropper.signals).containsExactly("next");
    Connection dropped = Objects.requireNonNull(dropper.value);
    expectNothingLost();
    assertThatThrownBy(dropped::isAutoCommit)
        .isInstanceOf(R2dbcNonTransientResourceException.class);
  }

  @Test
  void byAnotherThreadDuringOnNextAUsedConnectionStays() {
    Recorder<Connection> user =
        new Recorder<>(1) {
          @Override
          public void onNext(Connection connection) {
            super.onNext(connection);
            connection.isAutoCommit();
            elsewhere(Objects.requireNonNull(subscription)::cancel);
          }
        };
    made.factory.create().subscribe(user);
    made.settle();
    Connection used = Objects.requireNonNull(user.value);
    assertThat(used.isAutoCommit()).isTrue();
    made.close(used);
    expectNothingLost();
  }

  private static void elsewhere(Runnable task) {
    Thread thread = new Thread(task);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void afterDeliveryItDoesNothing() {
    Recorder<Connection> one = made.subscribe();
    made.settle();
    Connection connection = one.one();
    one.cancel();
    assertThat(connection.isAutoCommit()).isTrue();
    assertThat(made.factory.stats().active()).isEqualTo(1);
    made.close(connection);
    expectNothingLost();
  }

  @Test
  void aConnectionOpenedTooLateIsClosed() throws Exception {
    FakeR2dbc driver = new FakeR2dbc();
    var sink = reactor.core.publisher.Sinks.<Connection>one();
    assertThatThrownBy(
            () ->
                Await.<Connection>first(
                    sink.asMono(), Duration.ofMillis(1), late -> Recorder.await(late.close())))
        .isInstanceOf(io.r2dbc.spi.R2dbcTimeoutException.class);
    sink.tryEmitValue(driver.connection());
    assertThat(driver.openNow()).isLessThanOrEqualTo(1); // Reactor may drop it: see below
    // A driver that delivers although it was cancelled:
    FakeR2dbc.Fake late = driver.connection();
    var deaf =
        new java.util.concurrent.atomic.AtomicReference<
            org.reactivestreams.Subscriber<? super Connection>>();
    assertThatThrownBy(
            () ->
                Await.<Connection>first(
                    subscriber -> {
                      deaf.set(subscriber);
                      subscriber.onSubscribe(Signals.NOTHING);
                    },
                    Duration.ofMillis(1),
                    it -> Recorder.await(it.close())))
        .isInstanceOf(io.r2dbc.spi.R2dbcTimeoutException.class);
    Objects.requireNonNull(deaf.get()).onNext(late);
    assertThat(late.closed).isTrue();
  }

  @Test
  void aRequestThatIsNotPositiveFailsAndAcquiresNothing() {
    Recorder<Connection> wrong = new Recorder<>(0);
    made.factory.create().subscribe(wrong);
    Subscription subscription = Objects.requireNonNull(wrong.subscription);
    subscription.request(0);
    subscription.request(1);
    made.settle();
    assertThat(wrong.signals).containsExactly("error");
    assertThat(wrong.error()).isInstanceOf(IllegalArgumentException.class);
    expectNothingLost();
  }

  @Test
  void aSubscriberThatThrowsLosesTheConnectionAndNotThePool() {
    Recorder<Connection> thrower =
        new Recorder<>(1) {
          @Override
          public void onNext(Connection connection) {
            throw new IllegalStateException("broken subscriber");
          }
        };
    made.factory.create().subscribe(thrower);
    made.settle();
    expectNothingLost();
  }

  /** Cancels after each number of steps, on each kind of way to a connection. */
  @ParameterizedTest
  @ValueSource(strings = {"open", "wait", "validate", "hooks", "loop", "dead"})
  void afterEachStepOfEachWay(String way) {
    int delivered = 0;
    for (int steps = 0; steps < 40; steps++) {
      delivered += cancelAfter(way, steps) ? 1 : 0;
    }
    assertThat(delivered).as("the sweep reaches the end").isPositive();
  }

  private boolean cancelAfter(String way, int steps) {
    AtomicInteger hooks = new AtomicInteger();
    with(
        builder ->
            way.equals("hooks")
                ? builder.postAllocate(c -> later(hooks)).preRelease(c -> later(hooks))
                : builder);
    if (way.equals("loop")) {
      made.driver.loop = made.loop::add;
    }
    Connection held = way.equals("open") || way.equals("hooks") ? null : made.acquire();
    if (held != null && !way.equals("wait")) {
      made.close(held);
      made.pass(2_000);
    }
    if (way.equals("dead")) {
      made.driver.opened.get(0).alive = false;
    }
    Recorder<Connection> one = made.subscribe();
    if (way.equals("wait")) {
      Recorder.of(Objects.requireNonNull(held).close());
    }
    for (int i = 0; i < steps; i++) {
      made.step();
    }
    int signalled = one.signals.size();
    one.cancel();
    made.settle();
    assertThat(one.signals).as("after the cancellation").hasSize(signalled);
    Connection got = one.value;
    if (got != null) {
      made.close(got);
    }
    expectNothingLost();
    return got != null;
  }

  /** Completes in a later step, as a round trip would. */
  private Mono<Void> later(AtomicInteger count) {
    count.incrementAndGet();
    return Mono.create(sink -> made.loop.add(sink::success));
  }
}
