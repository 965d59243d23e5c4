package dev.sluice.bench.pools;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.StartPolicy;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/** Sluice. */
final class SluicePeer implements Peer {
  private static final Duration LEAK_THRESHOLD = Duration.ofMinutes(1);

  private final UnaryOperator<SluiceBuilder> extra;

  private SluicePeer(UnaryOperator<SluiceBuilder> extra) {
    this.extra = extra;
  }

  /** Sluice as it is by default, which includes its statistics. */
  static SluicePeer plain() {
    return new SluicePeer(builder -> builder);
  }

  /** Sluice with leak detection. */
  static SluicePeer withLeakDetection() {
    return new SluicePeer(builder -> builder.leakThreshold(LEAK_THRESHOLD));
  }

  /** Sluice with leak detection and a listener that is told of every acquisition and release. */
  static SluicePeer withListener() {
    return new SluicePeer(builder -> builder.leakThreshold(LEAK_THRESHOLD).listener(new Counter()));
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
    SluiceDataSource pool = extra.apply(builder).build();
    return new OpenPool(pool, pool::close);
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
