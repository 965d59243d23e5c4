package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.CloseReason;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.Fault;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the holder of a connection meets with when its deadline has passed. */
class LeaseDeadlineOfConnectionTest {
  private static final AcquireOptions SHORT =
      AcquireOptions.DEFAULT.withLeaseDeadline(Duration.ofMillis(100));

  private static void awaitCut(FakePool pool) {
    Eventually.await(
        () -> pool.ds.stats().closed().get(CloseReason.DEADLINE) == 1, "it is taken back");
  }

  @Test
  void holderIsToldOfTheDeadlineAtItsNextCall() throws SQLException {
    try (FakePool pool = new FakePool()) {
      Connection connection = pool.ds.getConnection(SHORT);
      Statement statement = connection.createStatement();

      awaitCut(pool);

      Eventually.await(
          () ->
              String.valueOf(catchThrowable(connection::createStatement))
                  .contains(
                      "taken back by pool 'fake' because the deadline of its lease had passed"),
          "the holder is told why");
      assertThat(catchThrowable(() -> statement.execute("SELECT 1")))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(e.getMessage()).contains("deadline of its lease"));
      connection.close();
      assertThat(pool.ds.stats().active()).isZero();
    }
  }

  @Test
  void callThatHangsAtTheDeadlineIsCutOff() throws SQLException {
    try (FakePool pool = new FakePool()) {
      pool.db.when("Statement.execute").then(Fault.hang());
      Connection connection = pool.ds.getConnection(SHORT);
      Statement statement = connection.createStatement();

      Throwable cut = catchThrowable(() -> statement.execute("SELECT 1"));

      assertThat(cut).isInstanceOf(SQLException.class);
      awaitCut(pool);
      pool.settle();
      assertThat(pool.db.opened()).isEqualTo(2);
    }
  }

  @Test
  void onlyTheHolderWhoseDeadlinePassedIsToldOfIt() throws SQLException {
    try (FakePool pool = new FakePool()) {
      Connection returned = pool.get();
      returned.close();
      Connection connection = pool.ds.getConnection(SHORT);
      awaitCut(pool);
      Eventually.await(
          () -> String.valueOf(catchThrowable(connection::createStatement)).contains("deadline"),
          "the holder is told why");

      assertThat(catchThrowable(returned::createStatement))
          .hasMessageContaining("returned to pool 'fake' or taken back by it");
    }
  }
}
