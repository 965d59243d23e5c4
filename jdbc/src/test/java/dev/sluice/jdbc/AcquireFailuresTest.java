package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.pool.AcquireException;
import dev.sluice.testkit.Eventually;
import java.lang.reflect.Constructor;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The ways in which no connection can be had, as JDBC tells them. */
class AcquireFailuresTest {

  private static AcquireException failure(AcquireException.Kind kind, Throwable cause)
      throws ReflectiveOperationException {
    Constructor<AcquireException> constructor =
        AcquireException.class.getDeclaredConstructor(
            AcquireException.Kind.class, String.class, Throwable.class);
    constructor.setAccessible(true);
    return constructor.newInstance(kind, "what happened", cause);
  }

  @ParameterizedTest
  @CsvSource({
    "EXHAUSTED,     PoolExhaustedException,       08001",
    "SELF_DEADLOCK, SelfDeadlockException,        08001",
    "TIMED_OUT,     AcquireTimeoutException,      08001",
    "SHED,          AcquireShedException,         08001",
    "QUEUE_FULL,    WaitQueueFullException,       08001",
    "UNAVAILABLE,   DatabaseUnavailableException, 08001",
    "SUSPENDED,     PoolSuspendedException,       08001",
    "CLOSED,        PoolClosedException,          08003"
  })
  void eachHasATypeOfItsOwn(AcquireException.Kind kind, String type, String state)
      throws ReflectiveOperationException {
    SQLException e = AcquireFailures.of(failure(kind, null));

    assertThat(e.getClass().getSimpleName()).isEqualTo(type);
    assertThat((Throwable) e).hasMessage("what happened");
    assertThat(e.getSQLState()).isEqualTo(state);
  }

  @ParameterizedTest
  @EnumSource(AcquireException.Kind.class)
  void allButClosedAreTransient(AcquireException.Kind kind) throws ReflectiveOperationException {
    assertThat(AcquireFailures.of(failure(kind, null)) instanceof SQLTransientConnectionException)
        .isEqualTo(kind != AcquireException.Kind.CLOSED);
  }

  @Test
  void anUnavailableDatabaseSpeaksForItself() throws ReflectiveOperationException {
    SQLException refused = new SQLException("refused", "28P01", 4711);

    SQLException e =
        AcquireFailures.of(
            failure(AcquireException.Kind.UNAVAILABLE, new IllegalStateException(refused)));

    assertThat(e.getSQLState()).isEqualTo("28P01");
    assertThat(e.getErrorCode()).isEqualTo(4711);
    assertThat((Throwable) e).hasRootCause(refused);
  }

  @Test
  void holdersThatWaitForEachOtherAreToldSo() throws Exception {
    try (FakePool pool = new FakePool(b -> b.maxSize(2).acquireTimeout(Duration.ofMillis(500)))) {
      CyclicBarrier bothHoldOne = new CyclicBarrier(2);
      List<Throwable> failures = new CopyOnWriteArrayList<>();
      Runnable greedy =
          () -> {
            try (Connection first = pool.get()) {
              bothHoldOne.await(30, TimeUnit.SECONDS);
              failures.add(catchThrowable(pool::get));
              assertThat(first.isClosed()).isFalse();
            } catch (Exception e) {
              failures.add(e);
            }
          };
      Thread one = new Thread(greedy);
      Thread other = new Thread(greedy);
      one.start();
      other.start();
      one.join();
      other.join();

      Eventually.await(() -> failures.size() == 2, "both have ended");
      assertThat(failures).anySatisfy(e -> assertThat(e).isInstanceOf(SelfDeadlockException.class));
    }
  }
}
