package dev.sluice.pool;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Resources that are plain numbers, opened, checked and closed as the test wishes. */
class FakeResources implements ResourceFactory<FakeResources.Thing>, Accountable {
  /** A resource; knows whether it was closed, and who uses it. */
  static final class Thing {
    final int number;
    volatile boolean dead;
    volatile boolean closed;
    final AtomicInteger users = new AtomicInteger();

    Thing(int number) {
      this.number = number;
    }
  }

  /** A step of the factory's that a test may replace. */
  interface Step {
    void run(Thing thing) throws Exception;
  }

  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger opening = new AtomicInteger();
  final AtomicInteger mostOpening = new AtomicInteger();
  final AtomicInteger mostAlive = new AtomicInteger();
  final Set<Thing> alive = ConcurrentHashMap.newKeySet();
  volatile Step onOpen = thing -> {};
  volatile Step onValidate = thing -> {};
  volatile Step onReset = thing -> {};
  volatile Step onClose = thing -> {};
  volatile Step onAbort = thing -> {};
  volatile boolean permanent;
  volatile boolean keepsAfterReset = true;

  @Override
  public int alive() {
    return alive.size();
  }

  @Override
  public Thing open(Duration timeout) throws Exception {
    int now = opening.incrementAndGet();
    mostOpening.accumulateAndGet(now, Math::max);
    try {
      Thing thing = new Thing(opened.incrementAndGet());
      onOpen.run(thing);
      alive.add(thing);
      mostAlive.accumulateAndGet(alive.size(), Math::max);
      return thing;
    } finally {
      opening.decrementAndGet();
    }
  }

  @Override
  public boolean validate(Thing thing, ResourceInfo info, Duration timeout) throws Exception {
    onValidate.run(thing);
    return !thing.dead;
  }

  @Override
  public boolean reset(Thing thing, ResourceInfo info) throws Exception {
    onReset.run(thing);
    return keepsAfterReset;
  }

  @Override
  public void close(Thing thing) throws Exception {
    onClose.run(thing);
    gone(thing);
  }

  @Override
  public void abort(Thing thing) throws Exception {
    onAbort.run(thing);
    gone(thing);
  }

  private void gone(Thing thing) {
    thing.closed = true;
    alive.remove(thing);
  }

  @Override
  public boolean isPermanent(Throwable failure) {
    return permanent;
  }

  Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config) throws AcquireException {
    return pool(config, PoolListener.NONE);
  }

  Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config, PoolListener listener)
      throws AcquireException {
    return Pool.create(config.build(), this, LeaseFactory.plain(), listener);
  }
}
