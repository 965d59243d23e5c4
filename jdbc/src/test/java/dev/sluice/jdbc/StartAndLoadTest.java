package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolConfig.WhenExhausted;
import dev.sluice.pool.StartPolicy;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How a pool begins, and how it says that it is busy. */
class StartAndLoadTest {

  // ---- the start

  @Test
  void warmUpIsHowManyAreOpenAtTheStartInAll() {
    try (FakePool pool =
        new FakePool(b -> b.minSize(2).maxSize(8).warmUp(4).startPolicy(StartPolicy.BACKGROUND))) {
      Eventually.await(() -> pool.ds.stats().idle() == 4, "four are open");

      assertThat(pool.db.opened()).isEqualTo(4);
    }
  }

  @Test
  void lazyPoolOpensNothingUntilItIsAskedAndThenItsMinimum() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.minSize(3).maxSize(8))) {
      assertThat(pool.ds.stats().size()).isZero();

      pool.settle();

      Eventually.await(() -> pool.ds.stats().idle() == 3, "the minimum is open");
    }
  }

  @Test
  void waitingInVainForReadinessTellsTheTrueCauseAndLeavesThePoolOpen() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.minSize(1).user("app").password("new"))) {
      pool.db.requireLogin("app", "old");
      assertThat(pool.refusal(Timing.SMALL)).isInstanceOf(DatabaseUnavailableException.class);

      assertThatThrownBy(() -> pool.ds.awaitReady(Duration.ofMillis(500)))
          .isInstanceOfSatisfying(
              DatabaseUnavailableException.class, e -> assertThat(e.getSQLState()).startsWith("28"))
          .hasCauseInstanceOf(SQLException.class);

      assertThat(pool.ds.isClosed()).isFalse();
      pool.db.requireLogin("app", "new");
      pool.ds.awaitReady(Timing.LONG);
    }
  }

  // ---- the load

  @Test
  void loadIsWhatIsLentAndWaitedForAsAPartOfTheMaximum() throws Exception {
    try (FakePool pool = new FakePool(b -> b.maxSize(2))) {
      assertThat(pool.ds.load()).isZero();
      Connection first = pool.get();
      assertThat(pool.ds.load()).isEqualTo(0.5);
      Connection second = pool.get();
      CompletableFuture<Connection> third = pool.ds.getConnectionAsync();

      assertThat(pool.ds.load()).isEqualTo(1.5);

      first.close();
      third.get(Timing.LONG.toSeconds(), TimeUnit.SECONDS).close();
      second.close();
    }
  }

  @Test
  void whoShallNotWaitIsToldAtOnceAndByName() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.whenExhausted(WhenExhausted.FAIL))) {
      // Nothing is there at first, and waiting for it would be waiting too.
      Eventually.await(() -> pool.ds.tryConnection().map(StartAndLoadTest::closed).isPresent(), "");
      AcquireOptions report = AcquireOptions.DEFAULT.withTag("report");
      try (Connection held = pool.ds.getConnection(report)) {
        assertThat(pool.ds.leases()).extracting(LeaseInfo::tag).containsExactly("report");

        assertThatThrownBy(pool::get)
            .isInstanceOf(PoolExhaustedException.class)
            .hasMessageContaining("'report' by thread")
            .hasMessageContaining("Hold leases for a shorter time");
        assertThat(held.isClosed()).isFalse();
      }
    }
  }

  private static boolean closed(Connection connection) {
    try {
      connection.close();
      return true;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void suspendedPoolTellsSoAlsoWhoOnlyTries() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      pool.ds.suspend();

      assertThatThrownBy(pool.ds::tryConnection).isInstanceOf(PoolSuspendedException.class);

      pool.ds.resume();
      assertThat(pool.ds.tryConnection()).isPresent().get().satisfies(Connection::close);
    }
  }
}
