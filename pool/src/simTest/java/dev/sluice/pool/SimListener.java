package dev.sluice.pool;

import java.time.Duration;
import java.util.List;

/** Writes down what a pool tells, and throws if told to. */
final class SimListener implements PoolListener {
  private final SimRun run;

  SimListener(SimRun run) {
    this.run = run;
  }

  private void heard(String what, long a) {
    run.log(what, a, 0);
    run.scheduler.point();
    if (run.listenerThrows()) {
      if (run.random.chance(0.5)) {
        throw new IllegalStateException("a listener's fault (injected)");
      }
      throw new SimResources.Unlinked("a listener's fault (injected)");
    }
  }

  @Override
  public void opened(long id, Duration took) {
    heard("[opened]", id);
  }

  @Override
  public void openFailed(Throwable cause, Duration retryIn) {
    heard("[open failed]", 0);
  }

  @Override
  public void acquired(long id, long use, Duration waited) {
    heard("[acquired]", id);
  }

  @Override
  public void released(long id, long use, Duration held) {
    heard("[released]", id);
  }

  @Override
  public void queued(int waiting) {
    heard("[queued]", waiting);
  }

  @Override
  public void acquireFailed(AcquireException.Kind kind, Duration waited) {
    heard("[acquire failed: " + kind + "]", 0);
  }

  @Override
  public void invalidated(long id, String why) {
    heard("[invalidated]", id);
  }

  @Override
  public void reset(long id, Duration took) {
    heard("[reset]", id);
  }

  @Override
  public void evicted(long id, CloseReason reason, Duration age) {
    run.log("[closing: " + reason + "]", id, 0);
    heard("[closing]", id);
  }

  @Override
  public void closed(long id, Duration took) {
    heard("[closed]", id);
  }

  @Override
  public void exhausted(int size) {
    heard("[exhausted]", size);
  }

  @Override
  public void leaked(LeaseInfo lease) {
    run.checkLeak(lease, run.config.leakThreshold().toNanos());
    heard("[leaked]", lease.id());
  }

  @Override
  public void slowLease(LeaseInfo lease) {
    run.checkLeak(lease, run.config.slowLeaseThreshold().toNanos());
    heard("[slow lease]", lease.id());
  }

  @Override
  public void slowAcquire(Duration waited) {
    heard("[slow acquire]", 0);
  }

  @Override
  public void recovered(Duration downFor) {
    heard("[recovered]", 0);
  }

  @Override
  public void resized(int minSize, int maxSize) {
    heard("[resized]", maxSize);
  }

  @Override
  public void epochRaised(String why) {
    heard("[epoch raised]", 0);
  }

  @Override
  public void suspended() {
    heard("[suspended]", 0);
  }

  @Override
  public void resumed() {
    heard("[resumed]", 0);
  }

  @Override
  public void abandoned(long id, String what) {
    run.log("[abandoned: " + what + "]", id, 0);
    heard("[abandoned]", id);
  }

  @Override
  public void backgroundError(String what, Throwable cause) {
    heard("[background error]", 0);
  }

  @Override
  public void draining(List<LeaseInfo> holders, Duration left) {
    heard("[draining]", holders.size());
  }

  @Override
  public void poolClosed(List<LeaseInfo> abandoned) {
    heard("[pool closed]", abandoned.size());
  }
}
