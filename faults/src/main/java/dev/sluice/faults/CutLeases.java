package dev.sluice.faults;

import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.StallMeter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Leases that are cut in the middle of a statement of thirty seconds, in one of three ways. Soon
 * after it, the server runs none of these statements any more, and has given their locks back.
 */
final class CutLeases {
  /** A leak is noticed, the server is asked to stop the statement, and the connection ends. */
  private static final Duration LIMIT =
      SoakPool.LEAK_THRESHOLD.plus(SessionWatch.NOTICE).plus(Promises.RECOVERY);

  private static final int BORROWERS = 3;

  private enum Way {
    RECLAIM,
    EVICT,
    CLOSE
  }

  private final Soak soak;
  private final List<SleepingBorrower> sleepers = new ArrayList<>();
  private Way way = Way.RECLAIM;

  CutLeases(Soak soak) {
    this.soak = soak;
  }

  /** Borrowers begin to sleep, with a lock each. */
  void begin() {
    way = Way.values()[soak.random().nextInt(Way.values().length)];
    SluiceDataSource pool = way == Way.CLOSE ? soak.sidePool().start() : soak.pool();
    for (int i = 1; i <= BORROWERS; i++) {
      SleepingBorrower sleeper = new SleepingBorrower(soak, pool, i);
      sleepers.add(sleeper);
      soak.crowd().guest("soak-sleeper-" + i, sleeper);
    }
  }

  /** Cuts their leases, or waits until the pool does. */
  void cut() throws SQLException {
    switch (way) {
      case RECLAIM -> {}
      case EVICT -> sleepers.forEach(SleepingBorrower::evict);
      case CLOSE -> soak.sidePool().cutAndEnd();
    }
    sleepers.clear();
    long start = System.nanoTime();
    while (!isNothingLeft()) {
      if (System.nanoTime() - start - StallMeter.since(start).toNanos() > LIMIT.toNanos()) {
        soak.ledger()
            .offence(
                soak.ledger().notCut, "cut by " + way + ", still at the server after " + LIMIT);
        return;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private boolean isNothingLeft() throws SQLException {
    return soak.server().sleeping() == 0 && soak.server().takesAllLocks();
  }
}
