package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.CloseReason;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.Fault;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The driver learns where each lease begins and ends, if it is to. */
class RequestBoundariesTest {
  private static FakePool telling() throws SQLException {
    FakePool pool = new FakePool(builder -> builder.requestBoundaries(true)).settle();
    Eventually.await(() -> pool.ds.stats().idle() == 1, "the connection has come back");
    return pool;
  }

  private static List<String> requestsSince(FakePool pool, long before) {
    return pool.callsSince(before).stream().filter(call -> call.contains("Request")).toList();
  }

  @Test
  void requestBeginsBeforeTheLeaseAndEndsAfterTheSessionIsClean() throws SQLException {
    try (FakePool pool = telling()) {
      long before = pool.db.callCount();

      try (Connection connection = pool.get()) {
        connection.setAutoCommit(false);
        connection.setSchema("other");
      }
      Eventually.await(() -> requestsSince(pool, before).size() == 2, "the request has ended");

      assertThat(pool.callsSince(before))
          .containsSubsequence(
              "beginRequest[]",
              "setAutoCommit[false]",
              "setSchema[other]",
              "setSchema[public]",
              "endRequest[]");
    }
  }

  @Test
  void requestOfAFutureBeginsToo() throws Exception {
    try (FakePool pool = telling()) {
      long before = pool.db.callCount();

      pool.ds.getConnectionAsync().get(30, TimeUnit.SECONDS).close();

      assertThat(requestsSince(pool, before)).contains("beginRequest[]");
    }
  }

  @Test
  void connectionWhoseRequestDoesNotEndIsClosedLikeAfterAFailedReset() throws SQLException {
    try (FakePool pool = telling()) {
      pool.db.when("Connection.endRequest").at(1).then(Fault.fail("HY000"));

      pool.get().close();

      Eventually.await(
          () -> pool.ds.stats().closed().getOrDefault(CloseReason.RESET_FAILED, 0L) == 1,
          "it is closed");
    }
  }

  @Test
  void borrowerGetsAnotherConnectionIfARequestDoesNotBegin() throws SQLException {
    try (FakePool pool = telling()) {
      pool.db.when("Connection.beginRequest").at(1).then(Fault.fail("HY000"));

      pool.get().close();

      assertThat(pool.ds.stats().opened()).isEqualTo(2);
    }
  }

  @Test
  void driverThatNeverBeginsARequestIsToldOfAfterSomeConnections() throws SQLException {
    try (FakePool pool = telling()) {
      pool.db.when("Connection.beginRequest").then(Fault.fail("HY000"));

      assertThatThrownBy(pool::get)
          .isInstanceOf(SQLTransientConnectionException.class)
          .hasMessageContaining("beginRequest");
      assertThat(pool.ds.stats().active()).isZero();
    }
  }

  @Test
  void driverIsNotToldWithoutTheOption() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      long before = pool.db.callCount();

      pool.settle();

      assertThat(requestsSince(pool, before)).isEmpty();
    }
  }
}
