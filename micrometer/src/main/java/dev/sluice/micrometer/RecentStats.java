package dev.sluice.micrometer;

import dev.sluice.pool.Distribution;
import dev.sluice.pool.PoolStats;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The last snapshot of a pool's figures, read anew when it is too old. Thread-safe. */
final class RecentStats {
  private record Read(PoolStats stats, long at) {}

  private final Supplier<PoolStats> source;
  private final long ageNanos;
  private final AtomicReference<@Nullable Read> last = new AtomicReference<>();

  RecentStats(Supplier<PoolStats> source, Duration age) {
    this.source = Objects.requireNonNull(source, "stats");
    this.ageNanos = age.toNanos();
  }

  PoolStats get() {
    Read known = last.get();
    long now = System.nanoTime();
    if (known == null || now - known.at >= ageNanos) {
      known = new Read(source.get(), now);
      last.set(known); // one that another thread has just read is as good
    }
    return known.stats;
  }

  static double totalNanos(Distribution times) {
    return (double) times.mean().toNanos() * times.count();
  }
}
