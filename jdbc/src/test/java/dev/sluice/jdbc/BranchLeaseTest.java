package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.branch.BranchLease;
import dev.sluice.jdbc.branch.BranchOwner;
import dev.sluice.pool.AcquireException;
import dev.sluice.pool.CloseReason;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.Pool;
import dev.sluice.pool.VirtualPool;
import dev.sluice.testkit.FakeDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The leases of transactions that last too long, in virtual time. */
class BranchLeaseTest {
  private static final Duration THRESHOLD = Duration.ofMinutes(5);

  private final VirtualPool time = new VirtualPool();
  private final FakeDatabase db = FakeDatabase.create();
  private final Owner owner = new Owner();
  private @Nullable Pool<PhysicalConnection, SluiceConnection> opened;

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close(Duration.ZERO);
      time.work();
    }
    db.close();
  }

  /** A transaction that was rolled back, or not. */
  private static final class Owner implements BranchOwner {
    @Nullable SQLException whyEnded;
    final List<SQLException> takenBack = new ArrayList<>();
    int letGo;

    @Override
    public void letGo() {
      letGo++;
    }

    @Override
    public void takenBack(SQLException why) {
      takenBack.add(why);
      whyEnded = why;
    }

    @Override
    public SQLException refused(String call) {
      return new SQLException(call);
    }

    @Override
    public @Nullable SQLException whyEnded() {
      return whyEnded;
    }
  }

  private BranchLease lease(boolean reclaim) throws Exception {
    SluiceConfig config =
        Sluice.dataSource(db.url())
            .name("virtual")
            .minSize(0)
            .maxSize(1)
            .maxLifetime(Duration.ZERO)
            .leakThreshold(THRESHOLD)
            .leakReclaim(reclaim)
            .toConfig();
    JdbcResourceFactory connections = new JdbcResourceFactory(config, new PoolOthers());
    Pool<PhysicalConnection, SluiceConnection> pool =
        time.create(config.pool(), connections, Lending.handles(false));
    opened = pool;
    return new Branches(new Lending(pool, connections)).acquire(owner);
  }

  private Pool<PhysicalConnection, SluiceConnection> pool() {
    return Optional.ofNullable(opened).orElseThrow();
  }

  private void pass(Duration duration) {
    for (long left = duration.toMillis(); left > 0; left -= 1_000) {
      time.pass(1_000);
      time.work();
    }
  }

  @Test
  void leaseThatIsKeptBeyondItsTransactionSaysWhyAndByWhom() throws Exception {
    BranchLease lease = lease(false);
    Connection handle = lease.openHandle();
    handle.createStatement().execute("INSERT one");
    owner.whyEnded = new SQLException("Its time was up");
    lease.endHandles(false);

    pass(THRESHOLD.plusMinutes(5));

    assertThat(pool().stats().leaked()).isEqualTo(1);
    assertThat(pool().leases(false))
        .extracting(LeaseInfo::doing)
        .containsExactly(
            "INSERT one (Its time was up, but thread '"
                + Thread.currentThread().getName()
                + "' has not closed its handle)");
    assertThat(owner.takenBack).isEmpty();
    handle.close();
    assertThat(owner.letGo).isEqualTo(1);
    lease.discard();
  }

  @Test
  void leaseThatIsTakenBackFreesItsPlaceAndEndsItsHandles() throws Exception {
    BranchLease lease = lease(true);
    Connection handle = lease.openHandle();

    pass(THRESHOLD.minusMinutes(1));
    assertThat(pool().stats().active()).isEqualTo(1);
    pass(Duration.ofMinutes(2));

    assertThat(pool().stats().active()).isZero();
    assertThat(pool().stats().closed().get(CloseReason.LEAK)).isEqualTo(1);
    assertThat(db.openNow()).isZero();
    assertThat(owner.takenBack).singleElement().asString().contains("leakThreshold");
    assertThatThrownBy(handle::createStatement)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"))
        .hasCause(owner.takenBack.get(0));
    assertThat(lease.mustRollBack()).isTrue();
    handle.close();
    lease.discard();
    assertThat(pool().acquire().evict()).as("the place is free").isTrue();
  }

  @Test
  void leaseThatCameBackHearsNothingOfTheNextOne() throws Exception {
    BranchLease lease = lease(true);
    lease.endHandles(true);
    lease.giveBack();
    time.work();

    next();
    pass(THRESHOLD.plusMinutes(1));

    assertThat(pool().stats().leaked()).isEqualTo(1);
    assertThat(owner.takenBack).isEmpty();
  }

  private void next() throws AcquireException, InterruptedException {
    SluiceConnection kept = pool().acquire();
    assertThat(kept.isHeld()).isTrue();
  }
}
