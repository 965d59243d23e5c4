package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FaultProxy;
import dev.sluice.testkit.TestDatabase;
import dev.sluice.testkit.Toxics;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * Faults that users of r2dbc-pool have reported, and that this pool must not have. Those of the
 * session are in {@link PostgresSessionTest}, cancellations in {@link CancellationTest}.
 */
class R2dbcPoolFaultsTest {
  private static final Toxics SILENCE = Toxics.NONE.withSwallow(true);

  /** r2dbc-pool issues 200 and 224. */
  @Test
  void evictionOfIdleConnectionsKeepsTheMinimum() {
    VirtualFactory made =
        new VirtualFactory(b -> b.minIdle(2).maxSize(4).maxIdleTime(Duration.ofSeconds(30)));
    List<Recorder<Connection>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(made.subscribe());
    }
    made.settle();
    all.forEach(one -> made.close(one.one()));
    assertThat(made.driver.openNow()).isEqualTo(4);
    for (int second = 0; second < 300; second++) {
      made.pass(1_000);
      made.settle();
      assertThat(made.driver.openNow()).isGreaterThanOrEqualTo(2);
    }
    assertThat(made.driver.openNow()).isEqualTo(2);
  }

  /** r2dbc-pool issue 190. */
  @Test
  void connectionsSpreadOverEventLoopsAndAreOpenedFromNone() {
    TestDatabase database = Databases.postgres();
    Set<String> openers = ConcurrentHashMap.newKeySet();
    ConnectionFactory driver = ConnectionFactories.get(Postgres.options(database, database.port()));
    ConnectionFactory watched =
        new ConnectionFactory() {
          @Override
          public Publisher<? extends Connection> create() {
            openers.add(Thread.currentThread().getName());
            return driver.create();
          }

          @Override
          public ConnectionFactoryMetadata getMetadata() {
            return driver.getMetadata();
          }
        };
    SluiceConnectionFactory pool =
        SluiceConnectionFactory.builder(watched).name("spread").initialSize(8).maxSize(8).build();
    Recorder<Connection> first = Recorder.of(pool.create());
    Connection onLoop = first.one();
    Set<Thread> loops = new HashSet<>();
    loops.add(Objects.requireNonNull(first.thread));
    List<Recorder<Connection>> more = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      more.add(new Recorder<>(Long.MAX_VALUE));
    }
    // The subscribers come on an event loop's own thread.
    Recorder.await(
        reactor.core.publisher.Flux.from(onLoop.validate(ValidationDepth.REMOTE))
            .doOnNext(alive -> more.forEach(pool.create()::subscribe)));
    more.forEach(
        one -> {
          one.one();
          loops.add(Objects.requireNonNull(one.thread));
        });
    more.forEach(one -> Recorder.await(one.one().close()));
    Recorder.await(onLoop.close());
    pool.dispose();
    database.close();
    assertThat(openers).allMatch(name -> name.startsWith("sluice-spread-worker"));
    assertThat(loops).as("the driver's round robin").hasSizeGreaterThan(1);
  }

  /** r2dbc-pool issue 165. */
  @Test
  void aConnectionThatComesAfterTheTimeToOpenItIsClosed() {
    FakeR2dbc driver = new FakeR2dbc();
    AtomicReference<Subscriber<? super Connection>> slow = new AtomicReference<>();
    driver.openInstead =
        () ->
            subscriber -> {
              slow.set(subscriber);
              subscriber.onSubscribe(Signals.NOTHING);
            };
    // Reactor would drop what comes after a cancellation, so this driver does without it.
    ConnectionFactory bare =
        new ConnectionFactory() {
          @Override
          public Publisher<? extends Connection> create() {
            return Objects.requireNonNull(driver.openInstead).get();
          }

          @Override
          public ConnectionFactoryMetadata getMetadata() {
            return driver.getMetadata();
          }
        };
    SluiceConnectionFactory pool =
        SluiceConnectionFactory.builder(bare)
            .minSize(0)
            .maxCreateConnectionTime(Duration.ofMillis(50))
            .maxAcquireTime(Duration.ofSeconds(1))
            .build();
    Throwable failure = Recorder.of(pool.create()).error();
    assertThat(failure).isInstanceOf(io.r2dbc.spi.R2dbcException.class);
    Eventually.await(() -> pool.stats().openFailures() > 0, "the attempt was given up");
    FakeR2dbc.Fake late = driver.connection();
    pool.dispose();
    Objects.requireNonNull(slow.get()).onNext(late);
    assertThat(late.closed).isTrue();
  }

  /** r2dbc-pool issue 128. */
  @Test
  void aStormOfFailuresAndCancellationsLeavesThePoolWhole() {
    VirtualFactory made = new VirtualFactory(b -> b.maxSize(3).backoffMax(Duration.ofMillis(200)));
    for (int round = 0; round < 200; round++) {
      boolean fails = round % 3 == 0;
      made.driver.onOpen =
          () -> {
            if (fails) {
              throw new R2dbcTransientResourceException("down");
            }
          };
      List<Recorder<Connection>> crowd = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        crowd.add(made.subscribe());
      }
      for (int i = 0; i < round % 7; i++) {
        made.step();
      }
      crowd.forEach(Recorder::cancel);
      crowd.forEach(
          one -> {
            Connection got = one.value;
            if (got != null) {
              Recorder.of(got.close());
            }
          });
      made.driver.opened.forEach(each -> each.alive = !fails);
      made.pass(20);
      made.settle();
    }
    made.driver.onOpen = () -> {};
    made.pass(30_000);
    made.settle();
    assertThat(made.factory.stats().active()).isZero();
    List<Recorder<Connection>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(made.subscribe());
    }
    for (int i = 0; i < 40; i++) {
      made.pass(50);
      made.settle();
    }
    assertThat(all).allMatch(one -> one.value != null);
    assertThat(made.driver.openNow()).isEqualTo(3);
    all.forEach(one -> made.close(one.one()));
  }

  /** A fail-over that leaves sockets half open: a local check passes them. */
  @Test
  void aHalfOpenSocketIsFoundByTheRemoteCheckAndReplacedWithinOneDeadline() {
    TestDatabase database = Databases.postgres();
    try (FaultProxy proxy = FaultProxy.before(database.port())) {
      SluiceConnectionFactory pool =
          SluiceConnectionFactory.builder(Postgres.options(database, proxy.port()))
              .minSize(0)
              .maxSize(1)
              .validateAfterIdle(Duration.ZERO)
              .healthCheckInterval(Duration.ZERO)
              .maxValidationTime(Duration.ofMillis(500))
              .maxAcquireTime(Duration.ofSeconds(60))
              .build();
      Connection before = Recorder.of(pool.create()).one();
      String backend = Postgres.query(before, "SELECT pg_backend_pid()");
      Recorder.await(before.close());
      proxy.forAll(link -> link.toxics(SILENCE, SILENCE));
      Connection after = Recorder.of(pool.create()).one();
      String other = Postgres.query(after, "SELECT pg_backend_pid()");
      Recorder.await(after.close());
      pool.dispose();
      assertThat(other).isNotEqualTo(backend);
    }
    database.close();
  }

  @Test
  void aConnectionThatTheServerEndedWhileItWasIdleIsNotLent() {
    TestDatabase database = Databases.postgres();
    SluiceConnectionFactory pool = Postgres.pool(database).maxSize(2).build();
    Connection one = Recorder.of(pool.create()).one();
    Connection two = Recorder.of(pool.create()).one();
    String backend = Postgres.query(two, "SELECT pg_backend_pid()");
    Recorder.await(two.close());
    assertThat(Postgres.query(one, "SELECT pg_terminate_backend(" + backend + ", 60000)"))
        .isEqualTo("true");
    Connection three = Recorder.of(pool.create()).one();
    assertThat(Postgres.query(three, "SELECT pg_backend_pid()")).isNotEqualTo(backend);
    Recorder.await(three.close());
    Recorder.await(one.close());
    pool.dispose();
    database.close();
  }

  @Test
  void waitersAreServedInTheOrderInWhichTheyCame() {
    VirtualFactory made = new VirtualFactory(b -> b);
    Connection held = made.acquire();
    List<Integer> order = new ArrayList<>();
    List<Recorder<Connection>> waiters = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int number = i;
      Recorder<Connection> waiter =
          new Recorder<>(1) {
            @Override
            public void onNext(Connection connection) {
              order.add(number);
              super.onNext(connection);
            }
          };
      waiters.add(waiter);
      made.factory.create().subscribe(waiter);
    }
    made.close(held);
    waiters.forEach(
        waiter -> {
          made.settle();
          made.close(waiter.one());
        });
    assertThat(order).isSorted().hasSize(20);
  }

  @Test
  void closingThePoolFailsWaitersAtOnceAndWaitsForBorrowers() {
    FakeR2dbc driver = new FakeR2dbc();
    SluiceConnectionFactory pool =
        SluiceConnectionFactory.builder(driver).minSize(0).maxSize(1).build();
    Connection held = Recorder.of(pool.create()).one();
    Recorder<Connection> waiter = Recorder.of(pool.create());
    Recorder<Void> closing = Recorder.of(pool.close(Duration.ofMinutes(2)));
    Recorder<Void> again = Recorder.of(pool.close());
    assertThat(waiter.error())
        .isInstanceOf(io.r2dbc.spi.R2dbcNonTransientResourceException.class)
        .isNotInstanceOf(R2dbcTimeoutException.class);
    assertThat(closing.isOver()).isFalse();
    assertThat(held.isAutoCommit()).isTrue();
    Recorder.await(held.close());
    closing.result();
    again.result();
    assertThat(driver.openNow()).isZero();
    assertThat(pool.isDisposed()).isTrue();
    assertThat(Recorder.of(pool.create()).error())
        .isInstanceOf(io.r2dbc.spi.R2dbcNonTransientResourceException.class);
  }
}
