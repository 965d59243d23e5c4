package dev.sluice.pool;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Resources that do nothing but know whether they are closed. */
final class Things implements ResourceFactory<Things.Thing> {
  /** A resource. */
  static final class Thing {
    volatile boolean closed;
  }

  final AtomicInteger alive = new AtomicInteger();

  @Override
  public Thing open(Duration timeout) {
    alive.incrementAndGet();
    return new Thing();
  }

  @Override
  public boolean validate(Thing thing, ResourceInfo info, Duration timeout) {
    return !thing.closed;
  }

  @Override
  public void close(Thing thing) {
    if (thing.closed) {
      throw new IllegalStateException("closed twice");
    }
    thing.closed = true;
    alive.decrementAndGet();
  }
}
