package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.ValidationDepth;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** A lease of a connection: use, return, and what the next borrower finds. */
class PooledConnectionTest {
  private VirtualFactory made = new VirtualFactory(UnaryOperator.identity());

  private FakeR2dbc.Fake raw(int number) {
    return made.driver.opened.get(number);
  }

  private List<String> callsOf(Connection connection) {
    FakeR2dbc.Fake raw = (FakeR2dbc.Fake) ((Wrapped<?>) connection).unwrap();
    return raw.calls;
  }

  @Test
  void aCleanConnectionComesBackWithoutACallToTheDriver() {
    Connection connection = made.acquire();
    List<String> calls = callsOf(connection);
    made.close(connection);
    Connection again = made.acquire();
    assertThat(callsOf(again)).isSameAs(calls).isEmpty();
    made.close(again);
    assertThat(made.driver.opened).hasSize(1);
  }

  @Test
  void closingAgainCompletesAndReturnsNothingTwice() {
    Connection connection = made.acquire();
    Publisher<Void> close = connection.close();
    assertThat(made.factory.stats().active()).as("nobody has subscribed").isEqualTo(1);
    Recorder.await(close);
    Connection next = made.acquire();
    Recorder.await(close);
    Recorder.await(connection.close());
    assertThat(made.factory.stats().active()).isEqualTo(1);
    made.close(next);
  }

  @Test
  void aClosedConnectionRefusesAllUse() {
    Connection connection = made.acquire();
    Statement statement = connection.createStatement("SELECT 1");
    Publisher<?> results = statement.execute();
    Publisher<Void> begin = connection.beginTransaction();
    made.close(connection);

    List<Runnable> uses = new ArrayList<>();
    uses.add(() -> connection.createStatement("SELECT 1"));
    uses.add(connection::createBatch);
    uses.add(connection::isAutoCommit);
    uses.add(connection::getMetadata);
    uses.add(connection::getTransactionIsolationLevel);
    uses.add(statement::execute);
    uses.add(((Wrapped<?>) connection)::unwrap);
    uses.add(() -> Recorder.await(results));
    uses.add(() -> Recorder.await(begin));
    uses.add(() -> Recorder.await(connection.beginTransaction()));
    uses.add(() -> Recorder.await(connection.commitTransaction()));
    uses.add(() -> Recorder.await(connection.rollbackTransaction()));
    uses.add(() -> Recorder.await(connection.setAutoCommit(false)));
    uses.add(() -> Recorder.await(connection.createSavepoint("s")));
    for (Runnable use : uses) {
      assertThatThrownBy(use::run)
          .isInstanceOf(R2dbcNonTransientResourceException.class)
          .hasMessageContaining("pool 'virtual'");
    }
    assertThat(Recorder.await(connection.validate(ValidationDepth.LOCAL))).isFalse();
    assertThat(raw(0).calls).isEmpty();
  }

  @Test
  void anOpenTransactionIsRolledBack() {
    Connection connection = made.acquire();
    Recorder.await(connection.beginTransaction());
    made.close(connection);
    assertThat(raw(0).calls).containsExactly("begin", "rollback");
  }

  @Test
  void aTransactionThatHasEndedCostsNothing() {
    Connection connection = made.acquire();
    Recorder.await(connection.beginTransaction());
    Recorder.await(connection.commitTransaction());
    made.close(connection);
    assertThat(raw(0).calls).containsExactly("begin", "commit");
  }

  @Test
  void aTransactionBegunBySqlIsRolledBack() {
    Connection connection = made.acquire();
    Recorder.await(connection.createStatement(" /* x */ begin").execute());
    made.close(connection);
    assertThat(raw(0).calls).containsExactly("rollback");
  }

  @Test
  void autoCommitAndIsolationAreRestored() {
    Connection connection = made.acquire();
    Recorder.await(connection.setAutoCommit(false));
    Recorder.await(connection.setTransactionIsolationLevel(IsolationLevel.SERIALIZABLE));
    made.close(connection);
    assertThat(raw(0).autoCommit).isTrue();
    assertThat(raw(0).isolation).isEqualTo(IsolationLevel.READ_COMMITTED);
    assertThat(raw(0).closed).isFalse();
  }

  @Test
  void timeoutsAreRestoredIfTheirValueIsKnown() {
    made =
        new VirtualFactory(
            builder ->
                builder
                    .lockWaitTimeout(Duration.ofSeconds(7))
                    .statementTimeout(Duration.ofSeconds(8)));
    Connection connection = made.acquire();
    Recorder.await(connection.setLockWaitTimeout(Duration.ofSeconds(1)));
    Recorder.await(connection.setStatementTimeout(Duration.ofSeconds(1)));
    made.close(connection);
    assertThat(raw(0).calls).endsWith("lockTimeout PT7S", "statementTimeout PT8S");
    assertThat(raw(0).closed).isFalse();
  }

  @Test
  void aTimeoutThatNobodyCanRestoreCostsTheConnection() {
    Connection connection = made.acquire();
    Recorder.await(connection.setLockWaitTimeout(Duration.ofSeconds(1)));
    made.close(connection);
    assertThat(raw(0).closed).isTrue();
    made.close(made.acquire());
    assertThat(made.driver.opened).hasSize(2);
  }

  @Test
  void aConnectionThatDiedWhileItWasLentIsNotLentAgain() {
    Connection connection = made.acquire();
    raw(0).alive = false;
    made.close(connection);
    assertThat(raw(0).closed).isTrue();
    made.close(made.acquire());
    assertThat(made.driver.opened).hasSize(2);
  }

  @Test
  void aConnectionThatDiedWhileItWasIdleIsReplacedWithinTheSameAcquisition() {
    made.close(made.acquire());
    raw(0).alive = false;
    Connection next = made.acquire();
    assertThat(next.toString()).contains("fake 1");
    made.close(next);
  }

  @Test
  void hooksRunAroundEachLeaseWithTheDriversConnection() {
    List<String> seen = new ArrayList<>();
    made =
        new VirtualFactory(
            builder ->
                builder
                    .postAllocate(c -> Mono.fromRunnable(() -> seen.add("before " + c)))
                    .preRelease(c -> Mono.fromRunnable(() -> seen.add("after " + c))));
    Connection connection = made.acquire();
    assertThat(seen).containsExactly("before fake 0");
    made.close(connection);
    assertThat(seen).containsExactly("before fake 0", "after fake 0");
    assertThat(made.alarms()).isZero();
  }

  @Test
  void aHookThatFailsBeforeTheLeaseFailsTheSubscriberAndClosesTheConnection() {
    IllegalStateException failure = new IllegalStateException("hook");
    made = new VirtualFactory(builder -> builder.postAllocate(c -> Mono.error(failure)));
    Recorder<Connection> one = made.subscribe();
    made.settle();
    assertThat(one.error()).isSameAs(failure);
    assertThat(raw(0).closed).isTrue();
    assertThat(made.factory.stats().active()).isZero();
  }

  @Test
  void aHookThatFailsOrHangsAfterTheLeaseCostsTheConnectionAlone() {
    made =
        new VirtualFactory(
            builder ->
                builder.preRelease(
                    c -> c.toString().endsWith("0") ? Mono.error(new Error("no")) : Mono.never()));
    made.close(made.acquire());
    assertThat(raw(0).closed).isTrue();
    Connection second = made.acquire();
    Recorder<Void> closing = Recorder.of(second.close());
    Recorder<Void> again = Recorder.of(second.close());
    made.settle();
    assertThat(closing.isOver()).isFalse();
    assertThat(again.isOver()).isFalse();
    made.pass(6_000);
    made.settle();
    closing.result();
    again.result();
    assertThat(raw(1).closed).isTrue();
    assertThat(made.factory.stats().active()).isZero();
  }

  @Test
  void oneDeadlineCoversTheWaitAndTheHook() {
    made = new VirtualFactory(builder -> builder.postAllocate(c -> Mono.never()));
    Recorder<Connection> one = made.subscribe();
    made.pass(3_000);
    made.settle();
    assertThat(one.isOver()).isFalse();
    made.pass(1_900);
    assertThat(one.isOver()).isFalse();
    made.pass(200);
    assertThat(one.error())
        .isInstanceOf(io.r2dbc.spi.R2dbcTimeoutException.class)
        .hasMessageContaining("postAllocate");
  }

  @Test
  void oneDeadlineCoversTheWaitAndTheOpening() {
    Connection held = made.acquire();
    Recorder<Connection> one = made.subscribe();
    made.pass(4_900);
    made.settle();
    assertThat(one.isOver()).isFalse();
    made.pass(200);
    made.settle();
    assertThat(one.error()).isInstanceOf(io.r2dbc.spi.R2dbcTimeoutException.class);
    made.close(held);
  }

  @Test
  void aConnectionThatThePoolTookBackSaysSo() {
    made = new VirtualFactory(b -> b.leakThreshold(Duration.ofSeconds(10)).leakReclaim(true));
    Connection leaked = made.acquire();
    leaked.createStatement("SELECT 1");
    for (int second = 0; second < 12; second++) {
      made.pass(1_000);
      made.settle();
    }
    assertThat(made.factory.stats().leaked()).isEqualTo(1);
    assertThatThrownBy(leaked::isAutoCommit).hasMessageContaining("taken the connection back");
    Recorder.await(leaked.close());
    Connection next = made.acquire();
    made.close(next);
  }

  @Test
  void theExhaustedPoolSaysWhoHoldsWhat() {
    Connection held = made.acquire();
    Recorder<Connection> one = made.subscribe();
    made.pass(6_000);
    made.settle();
    assertThat(Objects.requireNonNull(one.error()))
        .isInstanceOf(io.r2dbc.spi.R2dbcTimeoutException.class)
        .hasMessageContaining("virtual")
        .hasMessageContaining(Thread.currentThread().getName())
        .cause()
        .isInstanceOf(dev.sluice.pool.AcquireException.class);
    made.close(held);
  }

  @Test
  void aFullPoolIsHealthyAndOneThatCannotOpenIsNot() {
    FakeR2dbc driver = new FakeR2dbc();
    SluiceConnectionFactory full =
        SluiceConnectionFactory.builder(driver).minSize(0).maxSize(1).build();
    Connection held = Recorder.of(full.create()).one();
    assertThat(Recorder.of(full.checkHealth(Duration.ofMillis(100))).one()).isTrue();
    Recorder.await(held.close());
    assertThat(Recorder.of(full.checkHealth(Duration.ofSeconds(60))).one()).isTrue();
    full.dispose();

    driver.onOpen =
        () -> {
          throw new io.r2dbc.spi.R2dbcTransientResourceException("down");
        };
    SluiceConnectionFactory down = SluiceConnectionFactory.builder(driver).minSize(0).build();
    assertThat(Recorder.of(down.checkHealth(Duration.ofMillis(100))).one()).isFalse();
    down.dispose();
  }
}
