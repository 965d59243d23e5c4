package dev.sluice.r2dbc;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks after subscribers whose connection is lent but not delivered, because its event loop has
 * not come to it: if the loop is blocked, they fail at their deadline all the same. It looks every
 * 50 ms, and only while there are such subscribers, so a delivery costs no timer of its own.
 */
final class LoopWatch {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Timer timer;
  private final Queue<LeaseSubscription> watched = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean looking = new AtomicBoolean();

  LoopWatch(Timer timer) {
    this.timer = timer;
  }

  void watch(LeaseSubscription subscription) {
    watched.add(subscription);
    beginLooking();
  }

  private void beginLooking() {
    if (!watched.isEmpty() && looking.compareAndSet(false, true)) {
      lookLater();
    }
  }

  private void lookLater() {
    var unused = timer.after(LOOK_NANOS, this::look);
  }

  private void look() {
    watched.removeIf(LeaseSubscription::hasLeftItsLoopsQueue);
    if (watched.isEmpty()) {
      looking.set(false);
      beginLooking(); // one may have come in between
    } else {
      lookLater();
    }
  }
}
