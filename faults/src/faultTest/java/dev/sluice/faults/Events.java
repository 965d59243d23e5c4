package dev.sluice.faults;

import dev.sluice.pool.CloseReason;
import dev.sluice.pool.PoolListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** What a pool told of itself. */
final class Events implements PoolListener {
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger openFailed = new AtomicInteger();
  final AtomicInteger recovered = new AtomicInteger();
  final List<String> epochs = new CopyOnWriteArrayList<>();
  final List<Duration> retries = new CopyOnWriteArrayList<>();
  private final Map<CloseReason, AtomicInteger> closed = new ConcurrentHashMap<>();

  @Override
  public void opened(long id, Duration took) {
    opened.incrementAndGet();
  }

  @Override
  public void openFailed(Throwable cause, Duration retryIn) {
    openFailed.incrementAndGet();
    retries.add(retryIn);
  }

  @Override
  public void recovered(Duration downFor) {
    recovered.incrementAndGet();
  }

  @Override
  public void epochRaised(String why) {
    epochs.add(why);
  }

  @Override
  public void evicted(long id, CloseReason reason, Duration age) {
    closed.computeIfAbsent(reason, r -> new AtomicInteger()).incrementAndGet();
  }

  int closed(CloseReason reason) {
    AtomicInteger count = closed.get(reason);
    return count == null ? 0 : count.get();
  }

  int closedInAll() {
    return closed.values().stream().mapToInt(AtomicInteger::get).sum();
  }
}
