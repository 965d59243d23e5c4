package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.LeaseInfo;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeConnection;
import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.Fault;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A connection from its lending to after its return, with what was made of it. */
class ConnectionLifeTest {

  @Test
  void everythingLeadsBackToTheWrappers() throws SQLException {
    try (FakePool pool = new FakePool();
        Connection connection = pool.get();
        Statement statement = connection.createStatement();
        PreparedStatement prepared = connection.prepareStatement("SELECT 1");
        CallableStatement callable = connection.prepareCall("SELECT 1");
        ResultSet rows = statement.executeQuery("SELECT 1");
        ResultSet more = prepared.executeQuery()) {
      DatabaseMetaData metaData = connection.getMetaData();

      assertThat(statement.getConnection()).isSameAs(connection);
      assertThat(prepared.getConnection()).isSameAs(connection);
      assertThat(callable.getConnection()).isSameAs(connection);
      assertThat(metaData.getConnection()).isSameAs(connection);
      assertThat(rows.getStatement()).isSameAs(statement);
      assertThat(more.getStatement()).isSameAs(prepared);
      assertThat(rows.getStatement().getConnection()).isSameAs(connection);
    }
  }

  @Test
  void unwrapsToItselfBeforeTheDriversOwn() throws SQLException {
    try (FakePool pool = new FakePool();
        Connection connection = pool.get();
        Statement statement = connection.createStatement()) {
      assertThat(connection.unwrap(SluiceConnection.class)).isSameAs(connection);
      assertThat(connection.isWrapperFor(Connection.class)).isTrue();
      assertThat(connection.isWrapperFor(FakeConnection.class)).isTrue();
      assertThat(connection.unwrap(FakeConnection.class)).isSameAs(pool.physical());
      assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
      assertThat(connection.isWrapperFor(Runnable.class)).isFalse();
      assertThatThrownBy(() -> connection.unwrap(Runnable.class)).isInstanceOf(SQLException.class);
    }
  }

  /** OpenTelemetry's agent asks for the meta data once for each connection that it sees. */
  @Test
  void agentThatKeysItsCacheByTheDriversConnectionMakesNoCallsPerLease() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      IdentityHashMap<Connection, String> cache = new IdentityHashMap<>();
      lookAt(pool, cache);
      long calls = pool.db.callCount();

      for (int i = 0; i < 1_000; i++) {
        lookAt(pool, cache);
      }

      assertThat(cache).hasSize(1);
      assertThat(pool.db.callCount()).isEqualTo(calls);
      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  private static void lookAt(FakePool pool, IdentityHashMap<Connection, String> cache)
      throws SQLException {
    try (Connection connection = pool.get()) {
      assertThat(connection.isWrapperFor(Connection.class)).isTrue();
      Connection raw = connection.unwrap(Connection.class);
      if (!cache.containsKey(raw)) {
        cache.put(raw, raw.getMetaData().getURL() + raw.getClientInfo());
      }
    }
  }

  @Test
  void isOnlyEqualToItself() throws SQLException {
    try (FakePool pool = new FakePool()) {
      Connection one = pool.get();
      one.close();
      Connection other = pool.get();

      assertThat(one).isNotEqualTo(other).isEqualTo(one);

      other.close();
    }
  }

  @Test
  void statementsLeftOpenAreClosedOnReturn() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      Connection connection = pool.get();
      List<Statement> left = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        left.add(connection.createStatement());
      }
      left.get(0).close();
      left.get(2).close();
      left.get(4).close();
      assertThat(pool.session().openStatements()).isEqualTo(2);

      connection.close();

      pool.settle();
      assertThat(pool.session().openStatements()).isZero();
      for (Statement statement : left) {
        assertThat(statement.isClosed()).isTrue();
      }
      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @Test
  void aStatementThatFailsToCloseCostsTheConnectionAndNoneOfTheOthers() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      Connection connection = pool.get();
      connection.createStatement();
      connection.createStatement();
      pool.db.when("Statement.close").at(1).then(Fault.fail("HY000"));

      connection.close();

      pool.settle();
      assertThat(pool.db.calls("Statement.close")).hasSize(2);
      assertThat(pool.db.opened()).isEqualTo(2);
    }
  }

  @Test
  void resultSetsOfTheMetaDataAreClosedOnReturn() throws SQLException {
    RecordingMetaData driver = new RecordingMetaData();
    try (SluiceDataSource ds = driver.pool()) {
      Connection connection = ds.getConnection();
      ResultSet forgotten = connection.getMetaData().getTables(null, null, "%", null);
      ResultSet closed = connection.getMetaData().getTables(null, null, "%", null);
      closed.close();
      assertThat(forgotten.getStatement()).isNull();

      connection.close();

      ds.getConnection().close();
      assertThat(driver.closed).hasSize(2);
      assertThat(forgotten.isClosed()).isTrue();
    }
  }

  @Test
  void aClosedStatementSaysSo() throws SQLException {
    try (FakePool pool = new FakePool();
        Connection connection = pool.get()) {
      Statement statement = connection.createStatement();
      ResultSet rows = statement.executeQuery("SELECT 1");
      rows.close();
      statement.close();
      statement.close();
      rows.close();

      assertThatThrownBy(() -> statement.execute("SELECT 1"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("statement is closed");
      assertThatThrownBy(rows::next)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("result set is closed");
      assertThat(statement.isClosed()).isTrue();
      assertThat(rows.isClosed()).isTrue();
      assertThat(connection.isClosed()).isFalse();
    }
  }

  @Test
  void closingTwiceDoesNotTakeTheConnectionFromTheNextBorrower() throws SQLException {
    try (FakePool pool = new FakePool()) {
      Connection first = pool.get();
      first.close();
      try (Connection second = pool.get()) {
        first.close();

        assertThat(first.isClosed()).isTrue();
        assertThat(second.isClosed()).isFalse();
        assertThat(pool.ds.stats().active()).isEqualTo(1);
      }
    }
  }

  @Test
  void closingFromManyThreadsAtOnceReturnsItOnce() throws Exception {
    try (FakePool pool = new FakePool(b -> b.maxSize(4))) {
      for (int round = 0; round < 500; round++) {
        Connection connection = pool.get();
        if (round % 3 == 1) {
          connection.setAutoCommit(false);
        } else if (round % 3 == 2) {
          connection.createStatement();
        }
        closeFrom(4, connection);
        try (Connection next = pool.get()) {
          assertThat(next.getAutoCommit()).isTrue();
        }
      }
      Eventually.await(() -> pool.ds.stats().active() == 0, "all came back");
      assertThat(pool.ds.stats().acquired()).isEqualTo(1000);
      assertThat(pool.db.violations()).isEmpty();
    }
  }

  private static void closeFrom(int threads, Connection connection) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> closers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread closer =
          new Thread(
              () -> {
                try {
                  start.await();
                  connection.close();
                } catch (Throwable e) {
                  failure.set(e);
                }
              });
      closer.start();
      closers.add(closer);
    }
    start.countDown();
    for (Thread closer : closers) {
      closer.join();
    }
    assertThat(failure.get()).isNull();
  }

  @Test
  void abortClosesThePhysicalConnection() throws SQLException {
    try (FakePool pool = new FakePool()) {
      Connection connection = pool.get();
      FakeConnection physical = FakeDatabase.physical(connection);

      connection.abort(Runnable::run);
      connection.abort(Runnable::run);

      assertThat(connection.isClosed()).isTrue();
      assertThat(physical.isOpen()).isFalse();
      try (Connection next = pool.get()) {
        assertThat(FakeDatabase.physical(next)).isNotSameAs(physical);
      }
      assertThatThrownBy(() -> pool.get().abort(null)).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void evictClosesThePhysicalConnection() throws SQLException {
    try (FakePool pool = new FakePool()) {
      Connection connection = pool.get();
      FakeConnection physical = FakeDatabase.physical(connection);

      assertThat(pool.ds.evict(connection)).isTrue();
      assertThat(pool.ds.evict(connection)).isFalse();

      try (Connection next = pool.get()) {
        assertThat(FakeDatabase.physical(next)).isNotSameAs(physical);
      }
      assertThat(physical.isOpen()).isFalse();
    }
  }

  @Test
  void evictAllCutsLeasesAndEvictIdleGoesByARule() throws SQLException {
    try (FakePool pool = new FakePool()) {
      Connection lent = pool.get();
      FakeConnection physical = FakeDatabase.physical(lent);
      assertThat(pool.ds.evictIdle(info -> true)).isZero();

      assertThat(pool.ds.evictAll()).hasSize(1);

      Eventually.await(() -> !physical.isOpen(), "it is cut");
      assertThatThrownBy(lent::createStatement)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("taken back")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("08003");
      lent.close();
      FakeConnection next;
      try (Connection another = pool.get()) {
        next = FakeDatabase.physical(another);
        assertThat(next).isNotSameAs(physical);
      }
      Eventually.await(() -> pool.ds.stats().idle() == 1, "it is back");
      assertThat(pool.ds.evictIdle(info -> info.uses() > 0)).isEqualTo(1);
      Eventually.await(() -> !next.isOpen(), "the idle one is closed");
    }
  }

  @Test
  void closeAsyncEndsOnAThreadOfItsOwn() throws Exception {
    try (FakePool pool = new FakePool()) {
      Connection lent = pool.get();

      CompletableFuture<List<LeaseInfo>> closed =
          pool.ds.closeAsync(Duration.ofSeconds(30)).toCompletableFuture();

      Eventually.await(pool.ds::isClosed, "it lends no more");
      assertThat(closed.isDone()).as("a borrower is waited for").isFalse();
      lent.close();
      assertThat(closed.get(30, TimeUnit.SECONDS)).isEmpty();
    }
  }

  @Test
  void closeAsyncEndsWhenDedicatedConnectionsAreCutToo() throws Exception {
    try (FakePool pool = new FakePool();
        Connection dedicated = pool.ds.openDedicated()) {
      List<LeaseInfo> cut =
          pool.ds.closeAsync(Duration.ZERO).toCompletableFuture().get(30, TimeUnit.SECONDS);

      assertThat(cut).hasSize(1);
      assertThat(dedicated.isClosed()).isTrue();
    }
  }

  @Test
  void lastTransactionOfAConnectionIsCommittedAsConfigured() throws SQLException {
    try (FakePool pool = new FakePool(b -> b.maxUses(1).onReturn(SluiceConfig.OnReturn.COMMIT))) {
      try (Connection last = pool.get();
          Statement statement = last.createStatement()) {
        last.setAutoCommit(false);
        statement.executeUpdate("INSERT INTO t VALUES (1)");
      }

      Eventually.await(() -> pool.db.openNow() == 0, "it is closed, after its only use");
      assertThat(pool.db.committed()).containsExactly("INSERT INTO t VALUES (1)");
    }
  }

  @Test
  void aReturnedConnectionIsNotValidAndItsMessagesNameThePool() throws SQLException {
    try (FakePool pool = new FakePool()) {
      Connection connection = pool.get();
      assertThat(connection.isValid(1)).isTrue();
      connection.close();

      assertThat(connection.isValid(1)).isFalse();
      assertThat(connection.toString()).contains("pool 'fake'").contains("closed");
      assertThatThrownBy(connection::createStatement)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("pool 'fake'");
    }
  }

  @Test
  void theLastSqlIsShownWithoutItsLiterals() throws SQLException {
    try (FakePool pool = new FakePool();
        Connection connection = pool.get();
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO t VALUES ('geheim', 4711)");

      assertThat(pool.ds.leases()).hasSize(1);
      assertThat(pool.ds.leases().get(0).doing()).isEqualTo("INSERT INTO t VALUES (?, ?)");
    }
  }
}
