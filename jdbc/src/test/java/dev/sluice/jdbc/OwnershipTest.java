package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sluice.pool.CloseReason;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.NestedAcquire;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeConnection;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.LogRecord;
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
  void dedicatedConnectionsThatEndWithThePoolAreNoWarning() throws SQLException {
    FakePool pool = new FakePool();
    Connection dedicated = pool.ds.openDedicated();

    try (JdbcLog log = new JdbcLog("dev.sluice.pool")) {
      assertThat(pool.ds.close(Duration.ZERO)).hasSize(1);

      assertThat(log.records).extracting(LogRecord::getLevel).doesNotContain(Level.WARNING);
    }
    assertThat(dedicated.isClosed()).isTrue();
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

  // Adopting

  private static Connection foreign(FakePool pool) throws SQLException {
    return pool.db.connect(new Properties());
  }

  @Test
  void adoptedConnectionIsLentAndCleanedLikeTheOthers() throws SQLException {
    try (FakePool pool = new FakePool(builder -> builder.initSql("SET x"))) {
      Connection foreign = foreign(pool);
      foreign.setAutoCommit(false);
      foreign.setReadOnly(true);

      assertThat(pool.ds.adopt(foreign)).isTrue();

      assertThat(pool.db.calls("Statement.execute")).hasSize(1);
      try (Connection lent = pool.get()) {
        assertThat(lent.unwrap(Connection.class)).isSameAs(foreign);
        assertThat(lent.getAutoCommit()).isTrue();
        assertThat(lent.isReadOnly()).isFalse();
        lent.setSchema("other");
      }
      try (Connection next = pool.get()) {
        assertThat(next.getSchema()).isEqualTo("public");
      }
      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @Test
  void poolClosesWhatItHasAdopted() throws SQLException {
    FakePool pool = new FakePool();
    Connection foreign = foreign(pool);
    pool.ds.adopt(foreign);

    pool.ds.close();

    assertThat(foreign.isClosed()).isTrue();
    pool.close();
  }

  @Test
  void fullOrClosedPoolAdoptsNothingAndLeavesTheConnectionAsItIs() throws SQLException {
    FakePool pool = new FakePool();
    Connection foreign = foreign(pool);
    foreign.setAutoCommit(false);
    try (Connection held = pool.get()) {
      assertThat(pool.ds.adopt(foreign)).isFalse();
      assertThat(held.isClosed()).isFalse();
    }
    pool.close();

    assertThat(pool.ds.adopt(foreign)).isFalse();
    assertThat(foreign.isClosed()).isFalse();
    assertThat(foreign.getAutoCommit()).isFalse();
    foreign.close();
  }

  @Test
  void closedConnectionAndThatOfAPoolAreRefused() throws SQLException {
    try (FakePool pool = new FakePool(builder -> builder.maxSize(2));
        FakePool other = new FakePool()) {
      Connection closed = foreign(pool);
      closed.close();

      assertThatThrownBy(() -> pool.ds.adopt(closed))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22023"))
          .hasMessageContaining("it is closed");
      try (Connection lent = other.get()) {
        assertThatThrownBy(() -> pool.ds.adopt(lent)).hasMessageContaining("detach it there first");
        assertThat(lent.isClosed()).isFalse();
      }
      assertThat(pool.ds.stats().size()).isZero();
    }
  }

  @Test
  void connectionOfAnotherUserIsRefused() throws SQLException {
    try (FakePool pool = new FakePool(builder -> builder.user("app"));
        Connection foreign = foreign(pool)) {
      pool.db.when("DatabaseMetaData.getUserName").then(Fault.answer("root@localhost"));

      assertThatThrownBy(() -> pool.ds.adopt(foreign))
          .hasMessageContaining("logged in as 'root@localhost', and the pool as 'app'");

      pool.db.when("DatabaseMetaData.getUserName").then(Fault.answer("app@localhost"));
      assertThat(pool.ds.adopt(foreign)).isTrue();
    }
  }

  @Test
  void connectionThatCannotBeSetUpIsClosedAndTakesNoPlace() throws SQLException {
    try (FakePool pool = new FakePool(builder -> builder.initSql("SET x"))) {
      Connection foreign = foreign(pool);
      pool.db.when("Statement.execute").at(2).then(Fault.fail("42601")); // after ROLLBACK

      assertThatThrownBy(() -> pool.ds.adopt(foreign)).isInstanceOf(SQLException.class);

      assertThat(foreign.isClosed()).isTrue();
      assertThat(pool.ds.stats().size()).isZero();
      pool.settle();
    }
  }

  @Test
  void driverThatHangsHoldsTheCallerNoLongerThanTheOpenTimeout() throws SQLException {
    try (FakePool pool =
        new FakePool(builder -> builder.initSql("SET x").openTimeout(Timing.SHORT))) {
      Connection foreign = foreign(pool);
      Fault.Hang hang = Fault.hang();
      pool.db.when("Statement.execute").at(1).then(hang);

      assertThatThrownBy(() -> pool.ds.adopt(foreign))
          .isInstanceOf(SQLTimeoutException.class)
          .hasMessageContaining("adoption by pool 'fake' took longer than");

      assertThat(foreign.isClosed()).isTrue();
      hang.release();
    }
  }

  @Test
  void connectionThatThePoolHasAlreadyIsRefused() throws SQLException {
    try (FakePool pool = new FakePool(builder -> builder.maxSize(3))) {
      Connection foreign = foreign(pool);
      pool.ds.adopt(foreign);

      assertThatThrownBy(() -> pool.ds.adopt(foreign))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22023"))
          .hasMessageContaining("detach it there first");
      try (Connection lent = pool.get()) {
        Connection raw = lent.unwrap(Connection.class);
        assertThatThrownBy(() -> pool.ds.adopt(raw)).isInstanceOf(SQLException.class);
        assertThat(lent.isValid(1)).isTrue();
      }
      assertThat(pool.ds.stats().size()).isEqualTo(1);
      pool.settle();
    }
  }

  @Test
  void connectionThatManyThreadsGiveIsAdoptedOnce() throws Exception {
    try (FakePool pool = new FakePool(builder -> builder.maxSize(10))) {
      Connection foreign = foreign(pool);
      AtomicInteger adopted = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Thread thread =
            new Thread(
                () -> {
                  try {
                    if (pool.ds.adopt(foreign)) {
                      adopted.incrementAndGet();
                    }
                  } catch (SQLException e) {
                    assertThat(e.getSQLState()).isEqualTo("22023");
                  }
                });
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }

      assertThat(adopted).hasValue(1);
      assertThat(pool.ds.stats().size()).isEqualTo(1);
      assertThat(foreign.isClosed()).isFalse();
    }
  }

  @Test
  void poolThatDoesNotKnowYetHowToCleanLeavesTheConnectionToItsCaller() throws SQLException {
    try (FakePool pool =
        new FakePool("PostgreSQL", builder -> builder.resetPolicy(ResetPolicy.CLEAN))) {
      Connection foreign = foreign(pool);

      assertThatThrownBy(() -> pool.ds.adopt(foreign))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22023"))
          .hasMessageContaining("resetPolicy CLEAN");

      assertThat(foreign.isClosed()).isFalse();
      foreign.close();
    }
  }

  @Test
  void driverThatHangsWhenItIsAskedForTheUserHoldsTheCallerNoLongerEither() throws SQLException {
    try (FakePool pool = new FakePool(builder -> builder.user("app").openTimeout(Timing.SHORT))) {
      Connection foreign = foreign(pool);
      Fault.Hang hang = Fault.hang();
      pool.db.when("DatabaseMetaData.getUserName").then(hang);

      assertTimeoutPreemptively(
          Timing.LONG,
          () ->
              assertThatThrownBy(() -> pool.ds.adopt(foreign))
                  .isInstanceOf(SQLTimeoutException.class));

      assertThat(foreign.isClosed()).isTrue();
      hang.release();
    }
  }

  @Test
  void connectionIsClosedThoughItsDriverDoesNothingToAbortIt() throws SQLException {
    try (FakePool pool = new FakePool(builder -> builder.initSql("SET x"))) {
      Connection foreign = foreign(pool);
      pool.db.when("Statement.execute").at(2).then(Fault.fail("42601")); // after ROLLBACK
      pool.db.when("Connection.abort").then(Fault.answer(null));

      assertThatThrownBy(() -> pool.ds.adopt(foreign)).isInstanceOf(SQLException.class);

      assertThat(foreign.isClosed()).isTrue();
    }
  }

  @Test
  void connectionThatWasSetUpUnderAnEarlierConfigurationIsReplaced() throws SQLException {
    AtomicReference<SluiceDataSource> ds = new AtomicReference<>();
    AtomicInteger changes = new AtomicInteger();
    ConnectionHooks hooks =
        new ConnectionHooks() {
          @Override
          public void onConnect(Connection connection) {
            if (changes.getAndIncrement() == 0) {
              ds.get().reconfigure(builder -> builder.initSql("SET later"));
            }
          }
        };
    try (FakePool pool = new FakePool(builder -> builder.hooks(hooks))) {
      ds.set(pool.ds);
      Connection foreign = foreign(pool);

      pool.ds.adopt(foreign);

      try (Connection lent = pool.get()) {
        assertThat(lent.unwrap(Connection.class)).isNotSameAs(foreign);
        assertThat(pool.db.calls("Statement.execute")).isNotEmpty();
      }
    }
  }
}
