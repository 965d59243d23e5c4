package dev.sluice.faults;

import dev.sluice.pool.CloseReason;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolListener;
import java.time.Duration;

/**
 * Keeps the books of the pool under test. Then it throws or blocks, while that is the fault: a
 * listener is code of a user's.
 */
final class Bookkeeper implements PoolListener {
  private final Ledger ledger;

  Bookkeeper(Ledger ledger) {
    this.ledger = ledger;
  }

  @Override
  public void acquired(long id, long use, Duration waited) {
    ledger.acquired.increment();
    touch("acquired");
  }

  @Override
  public void released(long id, long use, Duration held) {
    ledger.returned.increment();
    touch("released");
  }

  @Override
  public void evicted(long id, CloseReason reason, Duration age) {
    touch("evicted");
  }

  @Override
  public void opened(long id, Duration took) {
    touch("opened");
  }

  @Override
  public void openFailed(Throwable cause, Duration retryIn) {
    touch("openFailed");
  }

  @Override
  public void closed(long id, Duration took) {
    touch("closed");
  }

  @Override
  public void leaked(LeaseInfo lease) {
    touch("leaked");
  }

  private static void touch(String event) {
    try {
      SoakDriver.touch(event);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("injected", e);
    }
  }
}
