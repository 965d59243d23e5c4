package dev.sluice.pool;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** An engine of one slot, at rest, whose work is done at once by whoever asks for it. */
final class Stand {
  private static final PoolConfig CONFIG =
      PoolConfig.builder()
          .name("stress")
          .minSize(1)
          .maxSize(1)
          .idleTimeout(Duration.ZERO)
          .maxLifetime(Duration.ZERO)
          .slowAcquireThreshold(Duration.ZERO)
          .closeTimeout(Duration.ofDays(1))
          .build();

  final AtomicInteger alive = new AtomicInteger();
  final Engine<Cell> engine =
      new Engine<>(CONFIG, new Cells(), PoolListener.NONE, new StillPlatform());

  /** A resource with a field that only the lease protects. */
  static final class Cell {
    int value;
  }

  /** Opens the slot's resource and leaves it idle. */
  Stand() {
    engine.start();
    engine.release(slot(), take()); // the first lease is timed and so takes the longer way
  }

  Slot<Cell> slot() {
    return engine.core.slots.all()[0];
  }

  /** Takes the slot, as a borrower; returns the lease's token. */
  long take() {
    Slot<Cell> slot = Objects.requireNonNull(engine.takeAtOnce());
    return engine.lend(slot, slot.glance(), true);
  }

  void enqueue(Caller caller) {
    try {
      engine.acquisition.enqueue(caller);
    } catch (AcquireException e) {
      throw new IllegalStateException("nothing bounds the queue", e);
    }
  }

  private final class Cells implements ResourceFactory<Cell> {
    @Override
    public Cell open(Duration timeout) {
      alive.incrementAndGet();
      return new Cell();
    }

    @Override
    public boolean validate(Cell cell, ResourceInfo info, Duration timeout) {
      return true;
    }

    @Override
    public void close(Cell cell) {
      alive.decrementAndGet();
    }
  }

  /** A caller that waits and is never blocked. */
  static final class Caller extends Waiter<Cell> {
    private final Thread thread = Thread.currentThread();

    Caller() {
      super(1, Durations.NEVER, AcquireOptions.DEFAULT);
    }

    @Override
    Thread thread() {
      return thread;
    }

    @Override
    void signal() {}

    @Override
    boolean blocking() {
      return false;
    }
  }

  private static final class StillPlatform implements Platform {
    private final AtomicLong now = new AtomicLong(1_000_000_000_000L);

    @Override
    public long nanoTime() {
      return now.get();
    }

    @Override
    public long wallMillis() {
      return 1;
    }

    @Override
    public Thread currentThread() {
      return Thread.currentThread();
    }

    @Override
    public void park(Object blocker, long nanos) {
      now.addAndGet(1); // whoever waits here waits for the other actor, a moment
      Thread.onSpinWait();
    }

    @Override
    public void unpark(Thread thread) {}

    @Override
    public double random() {
      return 0.5;
    }

    @Override
    public Workers workers(String poolName) {
      return new Workers() {
        @Override
        public void execute(Runnable task) {
          task.run();
        }

        @Override
        public void shutdown() {}
      };
    }

    @Override
    public void attach(Chore chore) {}

    @Override
    public void detach(Chore chore) {}

    @Override
    public void wake(Chore chore, long nanoTime) {}
  }
}
