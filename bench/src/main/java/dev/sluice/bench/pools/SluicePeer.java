package dev.sluice.bench.pools;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.StartPolicy;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Sluice. */
final class SluicePeer implements Peer {
  private static final Duration LEAK_THRESHOLD = Duration.ofMinutes(1);

  private final boolean leakDetection;
  private final boolean listener;

  private SluicePeer(boolean leakDetection, boolean listener) {
    this.leakDetection = leakDetection;
    this.listener = listener;
  }

  /** Sluice as it is by default, which includes its statistics. */
  static SluicePeer plain() {
    return new SluicePeer(false, false);
  }

  /** Sluice with leak detection. */
  static SluicePeer withLeakDetection() {
    return new SluicePeer(true, false);
  }

  /** Sluice with leak detection and a listener that receives every acquisition and release. */
  static SluicePeer withListener() {
    return new SluicePeer(true, true);
  }

  @Override
  public OpenPool open(PoolShape shape) {
    SluiceBuilder builder =
        Sluice.dataSource(shape.target().url())
            .driverClassName(shape.target().driverClass())
            .user(shape.target().user())
            .password(shape.target().password())
            .minSize(shape.minSize())
            .maxSize(shape.maxSize())
            .acquireTimeout(PoolShape.ACQUIRE_TIMEOUT)
            // It would open nothing before somebody asks for something.
            .startPolicy(StartPolicy.BACKGROUND);
    if (shape.shrinks()) {
      builder.idleTimeout(shape.idleTimeout());
    }
    if (leakDetection) {
      builder.leakThreshold(LEAK_THRESHOLD);
    }
    if (listener) {
      builder.listener(new Counter());
    }
    SluiceDataSource pool = builder.build();
    return OpenPool.of(pool);
  }

  /** Counts what happens on the borrowers' threads, as a bridge to a metrics library does. */
  private static final class Counter implements PoolListener {
    private final LongAdder acquired = new LongAdder();
    private final LongAdder released = new LongAdder();

    @Override
    public void acquired(long id, long use, Duration waited) {
      acquired.increment();
    }

    @Override
    public void released(long id, long use, Duration held) {
      released.increment();
    }
  }
}
