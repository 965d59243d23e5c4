package dev.sluice.testkit;

import java.util.concurrent.atomic.AtomicInteger;

/** A number that goes up and down, and the highest it ever was. */
final class Highest {
  private final AtomicInteger now = new AtomicInteger();
  private final AtomicInteger highest = new AtomicInteger();

  void up() {
    atLeast(now.incrementAndGet());
  }

  void down() {
    now.decrementAndGet();
  }

  void atLeast(int value) {
    highest.accumulateAndGet(value, Math::max);
  }

  int now() {
    return now.get();
  }

  int highest() {
    return highest.get();
  }
}
