package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.ConnectionValidator;
import dev.sluice.jdbc.ReadWriteDataSource;
import dev.sluice.jdbc.ServerView;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.PoolStats;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What docs/operations.md shows. */
class OperationsTest extends FrameworkTest {

  @Test
  void figuresAreAtHand() throws Exception {
    try (SluiceDataSource ds = ownPool()) {
      ds.getConnection().close();

      // tag::stats[]
      PoolStats now = ds.stats();
      int inUse = now.active(); // also idle, waiting, opening, checking, closing, size
      Duration waited = now.waitTime().p99(); // also openTime, useTime, ageAtClose, validationTime
      double load = ds.load(); // 1 when just full, more when callers wait

      PoolStats sinceTheLastTime = ds.statsAndReset();
      // end::stats[]

      assertThat(inUse).isZero();
      assertThat(waited).isGreaterThanOrEqualTo(Duration.ZERO);
      assertThat(load).isZero();
      assertThat(sinceTheLastTime.acquired()).isEqualTo(1);
      assertThat(ds.stats().acquired()).isZero();
    }
  }

  /** One that no ledger is kept of: its counters are reset. */
  private SluiceDataSource ownPool() {
    return Sluice.dataSource(database.url())
        .user(database.user())
        .password(database.password())
        .build();
  }

  @Test
  void leasesHaveTags() throws Exception {
    SluiceDataSource ds = pool();

    // tag::tag[]
    AcquireOptions checkout =
        AcquireOptions.DEFAULT.withTag("checkout").withTimeout(Duration.ofSeconds(2));
    try (Connection c = ds.getConnection(checkout)) {
      List<LeaseInfo> out = ds.leases(); // who has a connection, for how long, what it last ran
      // end::tag[]
      assertThat(out).extracting(LeaseInfo::tag).containsExactly("checkout");
      assertThat(c.isClosed()).isFalse();
      // tag::tag[]
    }
    // end::tag[]
  }

  @Test
  void serverIsAskedForItsSessions() throws Exception {
    SluiceDataSource ds = pool();
    ds.getConnection().close();
    if (engine == Engine.H2) {
      return; // it has no such view, which ServerViewContractTest shows
    }

    // tag::server[]
    ServerView view = ds.serverView(); // total, active, idle, idleInTransaction
    for (ServerView.Session session : view.sessions()) {
      if (session.state() == ServerView.State.IDLE_IN_TRANSACTION) {
        System.out.println(session.inTransaction() + " in a transaction: " + session.lease());
      }
    }
    // end::server[]

    assertThat(view.total()).isEqualTo(2);
    assertThat(view.sessions()).allMatch(session -> session.connection() > 0);
  }

  // tag::listener[]
  /** Reports long leases, with the borrower's tag. */
  public static final class LongLeases implements PoolListener {
    private final String pool;
    private final Consumer<String> out;

    LongLeases(String pool, Consumer<String> out) {
      this.pool = pool;
      this.out = out;
    }

    @Override
    public PoolListener forPool(PoolConfig config) { // one object may be given to many pools
      return new LongLeases(config.name(), out);
    }

    @Override
    public void slowLease(LeaseInfo lease) {
      out.accept(pool + ": " + lease.tag() + " is slow, #" + lease.id() + "." + lease.use());
    }

    @Override
    public void released(long id, long use, Duration held) {
      out.accept(pool + ": #" + id + "." + use + " took " + held.toMillis() + " ms");
    }
  }

  // end::listener[]

  @Test
  void listenerHears() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    SluiceDataSource ds = pool(b -> b.maxSize(1).listener(new LongLeases("?", heard::add)));

    ds.getConnection().close();

    assertThat(heard).hasSize(1).first().asString().startsWith("compat: #1.1 took ");
  }

  @Test
  void connectionsAreCheckedInOnesOwnWay() throws Exception {
    // tag::validator[]
    Map<Long, Long> lastThorough = new ConcurrentHashMap<>();
    ConnectionValidator validator =
        (connection, info, timeout) -> {
          long minute = info.age().toMinutes();
          if (Long.valueOf(minute).equals(lastThorough.put(info.id(), minute))) {
            return connection.isValid(1);
          }
          try (Statement statement = connection.createStatement()) {
            return statement.execute("SELECT 1"); // the thorough one, once a minute
          }
        };
    // end::validator[]
    SluiceDataSource ds =
        pool(b -> b.maxSize(1).validator(validator).validateAfterIdle(Duration.ZERO));

    ds.getConnection().close();
    ds.getConnection().close();

    assertThat(lastThorough).containsEntry(1L, 0L);
  }

  @Test
  void readsGoToReplicas() throws Exception {
    SluiceDataSource primary = pool();
    SluiceDataSource replica = pool();

    // tag::routing[]
    ReadWriteDataSource both = ReadWriteDataSource.of(primary, replica);
    try (Connection write = both.getConnection(); // the primary's
        Connection read = both.forReads().getConnection()) { // the least busy replica's, read-only
      // end::routing[]
      assertThat(replica.stats().active()).isEqualTo(1);
      assertThat(primary.stats().active()).isEqualTo(1);
      assertThat(read).isNotSameAs(write);
      // tag::routing[]
    }
    // end::routing[]
  }
}
