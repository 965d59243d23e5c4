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
import java.util.concurrent.atomic.AtomicReference;
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
    "NESTED,        NestedAcquireException,       08001",
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
  void allButClosedAndNestedAreTransient(AcquireException.Kind kind)
      throws ReflectiveOperationException {
    boolean lasting = kind == AcquireException.Kind.CLOSED || kind == AcquireException.Kind.NESTED;

    assertThat(AcquireFailures.of(failure(kind, null)) instanceof SQLTransientConnectionException)
        .isEqualTo(!lasting);
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
  void aHolderWhoseFellowsWaitTooIsToldSo() throws Exception {
    try (FakePool pool = new FakePool(b -> b.maxSize(2))) {
      AtomicReference<Throwable> other = new AtomicReference<>();
      Thread fellow = new Thread(() -> other.set(catchThrowable(() -> takeTwo(pool))));
      try (Connection mine = pool.get()) {
        fellow.start();
        Eventually.await(() -> pool.ds.stats().waiting() == 1, "the fellow holds one and waits");

        Throwable refused = catchThrowable(() -> pool.ds.getConnection(Duration.ofMillis(50)));

        assertThat(refused).isInstanceOf(SelfDeadlockException.class);
        assertThat(mine.isClosed()).isFalse();
      }
      fellow.join();
      assertThat(other.get()).isNull();
    }
  }

  private static void takeTwo(FakePool pool) throws SQLException {
    try (Connection one = pool.get();
        Connection two = pool.get()) {
      assertThat(one).isNotSameAs(two);
    }
  }
}
