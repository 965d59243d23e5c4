package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.CloseReason;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.NestedAcquire;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeConnection;
import dev.sluice.testkit.Fault;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Connections that leave the pool, or are opened beside it. */
class OwnershipTest {
  // Detaching

  @Test
  void detachedConnectionIsItsBorrowersAndItsPlaceIsFree() throws SQLException {
    try (FakePool pool = new FakePool()) {
      Connection lent = pool.get();
      lent.setAutoCommit(false);
      Statement open = lent.createStatement();
      open.execute("INSERT one");

      try (Connection own = pool.ds.detach(lent)) {
        assertThat(own).isNotInstanceOf(SluiceConnection.class);
        assertThat(lent.isClosed()).isTrue();
        assertThat(open.isClosed()).isTrue();
        assertThatThrownBy(lent::createStatement).isInstanceOf(SQLException.class);
        lent.close();
        assertThat(pool.ds.stats().size()).isZero();
        pool.settle();
        assertThat(pool.db.opened()).isEqualTo(2);
        own.commit(); // the transaction went with it
        assertThat(pool.db.committed()).containsExactly("INSERT one");
      }
      assertThat(pool.ds.stats().closed().get(CloseReason.DETACHED)).isEqualTo(1);
    }
  }

  @Test
  void poolThatClosesLeavesADetachedConnectionAlone() throws SQLException {
    FakePool pool = new FakePool();
    Connection own = pool.ds.detach(pool.get());

    pool.ds.close();

    assertThat(own.isClosed()).isFalse();
    own.close();
    pool.close();
  }

  @Test
  void whatWasReturnedOrIsNotOfAPoolCannotBeDetached() throws SQLException {
    try (FakePool pool = new FakePool()) {
      Connection returned = pool.get();
      returned.close();

      assertThatThrownBy(() -> pool.ds.detach(returned))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
      try (Connection foreign = pool.db.connect(new java.util.Properties())) {
        assertThatThrownBy(() -> pool.ds.detach(foreign)).isInstanceOf(SQLException.class);
      }
    }
  }

  // Dedicated

  @Test
  void dedicatedConnectionIsOutsideTheMaximumAndClosedByItsBorrower() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.initSql("SET greeting = hello"));
        Connection held = pool.get()) {
      Connection dedicated = pool.ds.openDedicated();

      assertThat(dedicated.isValid(1)).isTrue();
      assertThat(pool.ds.stats().size()).isEqualTo(1);
      assertThat(pool.db.connections()).hasSize(2);
      List<FakeConnection> both = pool.db.connections();
      assertThat(both.get(1).session().variables()).isEqualTo(both.get(0).session().variables());
      dedicated.close();
      Eventually.await(() -> pool.db.connections().size() == 1, "it is closed, and not kept");
      assertThat(held.isClosed()).isFalse();
    }
  }

  @Test
  void dedicatedConnectionsEndWithThePool() throws SQLException {
    FakePool pool = new FakePool();
    Connection dedicated = pool.ds.openDedicated();

    List<LeaseInfo> cut = pool.ds.close(Duration.ZERO);

    assertThat(cut).hasSize(1);
    assertThat(dedicated.isClosed()).isTrue();
    assertThat(pool.db.connections()).isEmpty();
    assertThatThrownBy(pool.ds::openDedicated).isInstanceOf(PoolClosedException.class);
    pool.close();
  }

  @Test
  void dedicatedConnectionsAreBounded() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.acquireTimeout(Duration.ofSeconds(2)))) {
      for (int i = 0; i < DedicatedConnections.MOST; i++) {
        pool.ds.openDedicated();
      }
      SluiceDataSource ds = pool.ds;

      assertThatThrownBy(ds::openDedicated)
          .isInstanceOfSatisfying(
              SQLTransientConnectionException.class,
              e -> assertThat(e.getSQLState()).isEqualTo("08001"));

      assertThat(pool.db.connections()).hasSize(DedicatedConnections.MOST);
      assertThat(ds.stats().size()).isZero();
    }
  }

  @Test
  void failureToOpenADedicatedConnectionIsToldAsAnyOther() {
    try (FakePool pool = new FakePool(b -> b.acquireTimeout(Duration.ofMillis(300)))) {
      pool.db.when("Driver.connect").then(Fault.fail("28P01"));

      assertThatThrownBy(pool.ds::openDedicated)
          .isInstanceOfSatisfying(
              DatabaseUnavailableException.class,
              e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    }
  }

  @Test
  void holderMayOpenADedicatedConnectionThoughNestingIsForbidden() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.nestedAcquire(NestedAcquire.FAIL));
        Connection held = pool.get();
        Connection dedicated = pool.ds.openDedicated();
        Connection second = pool.ds.openDedicated()) {
      assertThat(dedicated.isValid(1)).isTrue();
      assertThat(second.isValid(1)).isTrue();
      assertThat(held.isValid(1)).isTrue();
    }
  }

  @Test
  void dedicatedConnectionWithinTheMaximumCountsAndIsNeverALeak() throws SQLException {
    try (FakePool pool =
        new FakePool(b -> b.leakThreshold(Duration.ofMillis(40)).leakReclaim(true).maxSize(2))) {
      Connection dedicated = pool.ds.openDedicated(true);
      Connection other = pool.get();
      Eventually.await(
          () -> Long.valueOf(1).equals(pool.ds.stats().closed().get(CloseReason.LEAK)),
          "the other one is taken back as a leak");

      assertThat(dedicated.isValid(1)).isTrue();
      assertThat(pool.ds.stats().active()).isEqualTo(1);
      assertThat(pool.ds.stats().leaked()).isEqualTo(1);
      dedicated.close();
      other.close();
      assertThat(pool.ds.stats().closed().get(CloseReason.LEAK)).isEqualTo(1);
    }
  }
}
