package dev.sluice.micrometer;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Times each acquisition, use and creation of a connection with a {@link Timer} of HikariCP's name,
 * so that percentiles and histograms can be configured for it. Give it to the pool as a listener
 * and to {@link SluiceMetrics#withHikariNames(HikariTimers)}:
 *
 * <pre>{@code
 * HikariTimers timers = HikariTimers.create();
 * SluiceDataSource ds = Sluice.dataSource(url).name("orders").listener(timers).build();
 * SluiceMetrics.of("orders", ds::stats).withHikariNames(timers).bindTo(registry);
 * }</pre>
 *
 * <p>It records from the moment it is bound to a registry. Every lease pays for a clock and two
 * timers, as with HikariCP. One object may listen to several pools, which it tells apart by their
 * names. Thread-safe.
 */
public final class HikariTimers implements PoolListener {
  private final Map<String, Recorder> recorders = new ConcurrentHashMap<>();

  private HikariTimers() {}

  /** Timers for a pool that is about to be built. */
  public static HikariTimers create() {
    return new HikariTimers();
  }

  @Override
  public PoolListener forPool(PoolConfig config) {
    return recorder(config.name());
  }

  /** Lets the timers of a pool appear in a registry; once for each. */
  void bindTo(MeterRegistry registry, String pool, Tags tags) {
    recorder(pool).bindTo(new Target(registry, tags));
  }

  private Recorder recorder(String pool) {
    return recorders.computeIfAbsent(pool, name -> new Recorder());
  }

  /** Where the meters of a pool are. A registry gives the same ones each time. */
  private record Target(MeterRegistry registry, Tags tags) {
    Meters meters() {
      return new Meters(
          timer("acquire", "Connection acquire time"),
          timer("usage", "Connection usage time"),
          timer("creation", "Connection creation time"));
    }

    private Timer timer(String name, String about) {
      return Timer.builder(HikariNames.PREFIX + "." + name)
          .tags(tags)
          .description(about)
          .register(registry);
    }
  }

  private record Meters(Timer acquire, Timer usage, Timer creation) {}

  /** Records the events of one pool. */
  private static final class Recorder implements PoolListener {
    private final Set<Target> targets = new HashSet<>();
    private final List<Meters> bound = new CopyOnWriteArrayList<>();

    synchronized void bindTo(Target target) {
      if (targets.add(target)) {
        bound.add(target.meters());
      }
    }

    @Override
    public void acquired(long id, long use, Duration waited) {
      for (Meters meters : bound) {
        meters.acquire.record(waited);
      }
    }

    /** HikariCP's timer has the waits in vain, too. */
    @Override
    public void acquireFailed(AcquireException.Kind kind, Duration waited) {
      for (Meters meters : bound) {
        meters.acquire.record(waited);
      }
    }

    @Override
    public void released(long id, long use, Duration held) {
      for (Meters meters : bound) {
        meters.usage.record(held);
      }
    }

    @Override
    public void opened(long id, Duration took) {
      for (Meters meters : bound) {
        meters.creation.record(took);
      }
    }
  }
}
