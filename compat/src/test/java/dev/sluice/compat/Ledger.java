package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.CloseReason;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.PoolStats;
import dev.sluice.testkit.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what a pool lent and got back, to tell at the end whether a framework keeps something. */
final class Ledger implements PoolListener {
  private final AtomicLong lent = new AtomicLong();
  private final AtomicLong returned = new AtomicLong();
  private final AtomicLong cleaned = new AtomicLong();
  private final Queue<String> incidents = new ConcurrentLinkedQueue<>();

  @Override
  public void acquired(long id, long use, Duration waited) {
    lent.incrementAndGet();
  }

  @Override
  public void released(long id, long use, Duration held) {
    returned.incrementAndGet();
  }

  @Override
  public void reset(long id, Duration took) {
    cleaned.incrementAndGet();
  }

  @Override
  public void leaked(LeaseInfo lease) {
    incidents.add("leaked: " + lease);
  }

  @Override
  public void abandoned(long id, String what) {
    incidents.add("abandoned: " + what);
  }

  @Override
  public void backgroundError(String what, Throwable cause) {
    incidents.add(what + ": " + cause);
  }

  @Override
  public void poolClosed(List<LeaseInfo> abandoned) {
    abandoned.forEach(lease -> incidents.add("cut off: " + lease));
  }

  /** How often a returned connection had to be cleaned, because its borrower left it changed. */
  long cleaned() {
    return cleaned.get();
  }

  /** Closes the pool, once it is seen that all that was lent came back in good order. */
  void close(SluiceDataSource pool) {
    try {
      assertBalanced(pool);
    } finally {
      pool.close();
    }
    assertThat(incidents).isEmpty();
  }

  private void assertBalanced(SluiceDataSource pool) {
    assertThat(pool.leases()).as("connections that somebody still has").isEmpty();
    PoolStats stats = pool.stats();
    assertThat(stats.waiting()).isZero();
    assertThat(stats.leaked()).isZero();
    assertThat(stats.abandoned()).isZero();
    assertThat(stats.closed())
        .allSatisfy((why, times) -> assertThat(times).as(why.name()).matches(n -> isFine(why, n)));
    assertThat(stats.acquired()).isPositive();
    // A lease that another thread served, and a return that goes through a check, are told a moment
    // later.
    Eventually.await(() -> lent.get() == stats.acquired(), "every lease is told");
    Eventually.await(() -> returned.get() == stats.acquired(), "every return is told");
    Eventually.await(() -> settled(pool.stats()), () -> "not at rest: " + pool.stats());
  }

  private static boolean isFine(CloseReason why, long times) {
    return times == 0 || (why != CloseReason.LEAK && why != CloseReason.RESET_FAILED);
  }

  /** All that exists is idle again, and what was opened exists unless it was closed. */
  private static boolean settled(PoolStats stats) {
    return stats.size() == stats.idle() && stats.opened() - stats.closedTotal() == stats.size();
  }
}
