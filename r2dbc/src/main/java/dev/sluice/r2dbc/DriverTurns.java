package dev.sluice.r2dbc;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Lets the pool's workers ask a driver for connections one after the other, though these then open
 * at the same time. A driver takes its event loops in turns while it is asked, and Reactor Netty
 * takes several turns for each connection: if two workers ask at once, their turns mix, and the
 * connections come on loops at random.
 *
 * <p>It costs a driver with event loops nothing, since such a driver does not block while it is
 * asked. One that opens the connection meanwhile has no loops to take in turns: it is not made to
 * wait once it has been seen to do so, nor behind one that takes longer than {@link #LIMIT_NANOS}.
 */
final class DriverTurns implements Publisher<DriverTurns.Arrival> {
  /** A connection and the thread on which it came. */
  record Arrival(Connection connection, Thread thread) {}

  /** Covers the first call, which loads the driver's classes. */
  static final long LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final ConnectionFactory driver;
  private final ReentrantLock turn = new ReentrantLock();

  /** Whether the driver has delivered a connection, or failed, while it was asked. */
  private volatile boolean opensWhileAsked;

  DriverTurns(ConnectionFactory driver) {
    this.driver = driver;
  }

  @Override
  public void subscribe(Subscriber<? super Arrival> subscriber) {
    Asking asking = new Asking(subscriber, Thread.currentThread());
    if (!begin()) {
      driver.create().subscribe(asking);
      return;
    }
    try {
      driver.create().subscribe(asking);
    } finally {
      turn.unlock();
    }
  }

  /** Takes the turn; false if there are no turns to take, or another worker's lasts too long. */
  private boolean begin() {
    if (opensWhileAsked || !awaitTurn()) {
      return false;
    }
    if (opensWhileAsked) { // as the one before has shown
      turn.unlock();
      return false;
    }
    return true;
  }

  private boolean awaitTurn() {
    try {
      return turn.tryLock(LIMIT_NANOS, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // for the wait for the answer, which it ends
      return false;
    }
  }

  /** Notes the thread of an answer, and whether it came while the driver was still being asked. */
  private final class Asking implements Subscriber<Connection> {
    private final Subscriber<? super Arrival> next;
    private final Thread asks;

    Asking(Subscriber<? super Arrival> next, Thread asks) {
      this.next = next;
      this.asks = asks;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      next.onSubscribe(subscription);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
    public void onNext(Connection connection) {
      Thread thread = Thread.currentThread();
      if (thread == asks) {
        opensWhileAsked = true;
      }
      next.onNext(new Arrival(connection, thread));
    }

    @Override
    public void onError(Throwable failure) {
      next.onError(failure);
    }

    @Override
    public void onComplete() {
      next.onComplete();
    }
  }
}
