package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** A pool that had no connection to spare is asked again. */
class RetryingDataSourceTest {
  private final List<Runnable> onSleep = new ArrayList<>();
  private final RetryAttemptsTest.VirtualClock clock =
      new RetryAttemptsTest.VirtualClock() {
        @Override
        public void sleep(long nanos) throws InterruptedException {
          super.sleep(nanos);
          onSleep.forEach(Runnable::run);
        }
      };

  private static FakePool impatient() {
    return new FakePool(b -> b.acquireTimeout(Duration.ofMillis(10)));
  }

  /** One that no thread is known to hold: its own would be locked out. */
  private static Connection ofAnother(FakePool pool) {
    return pool.ds.getConnectionAsync(AcquireOptions.DEFAULT.withTimeout(Timing.LONG)).join();
  }

  @Test
  void exhaustedPoolIsAskedAgainAfterAPause() throws SQLException {
    try (FakePool pool = impatient()) {
      SluiceConnection held = (SluiceConnection) ofAnother(pool);
      onSleep.add(held::close);
      DataSource retrying = new RetryingDataSource(pool.ds, RetryPolicy.DEFAULT, clock);

      retrying.getConnection().close();

      assertThat(clock.sleeps).hasSize(1);
    }
  }

  @Test
  void attemptsAreBounded() throws SQLException {
    try (FakePool pool = impatient();
        Connection held = ofAnother(pool)) {
      RetryPolicy twice = RetryPolicy.DEFAULT.withMaxAttempts(2);
      DataSource retrying = new RetryingDataSource(pool.ds, twice, clock);

      Throwable refused = catchThrowable(retrying::getConnection);

      assertThat(refused).isInstanceOf(PoolExhaustedException.class);
      assertThat(refused.getSuppressed()).hasSize(1);
      assertThat(clock.sleeps).hasSize(1);
      assertThat(held.isClosed()).isFalse();
    }
  }

  @Test
  void databaseThatIsDownAndPoolThatIsClosedAreNotRetried() {
    try (FakePool pool = impatient()) {
      pool.db.when("Driver.connect").then(Fault.fail("28P01"));
      DataSource retrying = new RetryingDataSource(pool.ds, RetryPolicy.DEFAULT, clock);
      pool.refusal(Duration.ofMillis(10));

      assertThatThrownBy(retrying::getConnection).isInstanceOf(DatabaseUnavailableException.class);
      pool.ds.close();
      assertThatThrownBy(retrying::getConnection).isInstanceOf(PoolClosedException.class);
      assertThat(clock.sleeps).isEmpty();
    }
  }

  @Test
  void callerThatLocksItselfOutIsNotRetried() throws SQLException {
    try (FakePool pool = impatient();
        Connection held = pool.ds.getConnection(Timing.LONG)) {
      DataSource retrying = new RetryingDataSource(pool.ds, RetryPolicy.DEFAULT, clock);

      assertThatThrownBy(retrying::getConnection).isInstanceOf(SelfDeadlockException.class);
      assertThat(clock.sleeps).isEmpty();
      assertThat(held.isClosed()).isFalse();
    }
  }

  @Test
  void isAViewOfItsPool() throws SQLException {
    try (FakePool pool = new FakePool()) {
      DataSource retrying = pool.ds.withRetry(RetryPolicy.DEFAULT);

      assertThat(retrying.unwrap(SluiceDataSource.class)).isSameAs(pool.ds);
      assertThat(retrying.isWrapperFor(SluiceDataSource.class)).isTrue();
      retrying.getConnection(null, null).close();
      assertThatThrownBy(() -> retrying.getConnection("somebody", "else"))
          .isInstanceOf(SQLFeatureNotSupportedException.class);
    }
  }
}
