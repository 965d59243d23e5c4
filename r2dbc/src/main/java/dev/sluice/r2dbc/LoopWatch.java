package dev.sluice.r2dbc;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks after subscribers whose connection is lent but not delivered, because its event loop has
 * not come to it: if the loop is blocked, they fail at their deadline all the same. It looks every
 * 50 ms, and only while there are such subscribers.
 *
 * <p>It keeps the connections and not the subscribers, which are far more: a connection is lent to
 * one at a time, so there is one at most to whom it is to be delivered. (One whose time was up may
 * still be in the loop's queue; it does not count.) So a delivery costs no timer and, while its
 * connection is watched, no entry.
 */
final class LoopWatch {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Timer timer;
  private final Queue<PhysicalConnection> watched = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean looking = new AtomicBoolean();

  LoopWatch(Timer timer) {
    this.timer = timer;
  }

  /** The connection's loop is about to be asked to deliver it to this subscriber. */
  void queued(PhysicalConnection connection, LeaseSubscription recipient) {
    connection.recipient.set(recipient);
    if (!connection.watched.get() && connection.watched.compareAndSet(false, true)) {
      watched.add(connection);
      beginLooking();
    }
  }

  /** The loop has come to this subscriber. */
  void left(PhysicalConnection connection, LeaseSubscription recipient) {
    connection.recipient.compareAndSet(recipient, null); // there may be another one by now
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
    watched.removeIf(this::isDone);
    if (watched.isEmpty()) {
      looking.set(false);
      beginLooking(); // one may have come in between
    } else {
      lookLater();
    }
  }

  private boolean isDone(PhysicalConnection connection) {
    LeaseSubscription recipient = connection.recipient.get();
    if (recipient != null && !recipient.needsLoopNoMore(connection)) {
      return false;
    }
    if (recipient != null) {
      left(connection, recipient);
    }
    connection.watched.set(false);
    // One may have come in between, and found the connection watched.
    return connection.recipient.get() == null || !connection.watched.compareAndSet(false, true);
  }
}
