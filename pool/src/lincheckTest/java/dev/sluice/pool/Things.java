package dev.sluice.pool;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Resources that do nothing but know whether they are closed. */
final class Things implements ResourceFactory<Things.Thing> {
  /** A resource. */
  static final class Thing {
    final AtomicInteger closes = new AtomicInteger();
    final AtomicBoolean gone = new AtomicBoolean();
  }

  final AtomicInteger alive = new AtomicInteger();

  /** How many were closed in an orderly way more than once. */
  final AtomicInteger closedTwice = new AtomicInteger();

  @Override
  public Thing open(Duration timeout) {
    alive.incrementAndGet();
    return new Thing();
  }

  @Override
  public boolean validate(Thing thing, ResourceInfo info, Duration timeout) {
    return !thing.gone.get();
  }

  @Override
  public void close(Thing thing) {
    if (thing.closes.incrementAndGet() == 2) {
      closedTwice.incrementAndGet();
    }
    gone(thing);
  }

  /** May come beside a close that takes for too long. */
  @Override
  public void abort(Thing thing) {
    gone(thing);
  }

  private void gone(Thing thing) {
    if (thing.gone.compareAndSet(false, true)) {
      alive.decrementAndGet();
    }
  }
}
