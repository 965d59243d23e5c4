package dev.sluice.spring.boot;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Waits for borrowers when the application stops, after its web server and before its other beans.
 *
 * <p>The pools still lend then, because beans may need a connection for their own end; the pools
 * close with their beans. But if the context stops without being closed, and the application has
 * CRaC, then it may stop for a checkpoint, which no socket survives: the pools are suspended, all
 * connections are closed, and a start resumes. Without CRaC it may be the pause of a test's
 * context, whose database in memory must not end.
 */
final class PoolLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {
  /** Below Boot's web server, whose graceful shutdown has -1024 and whose stop has -2048. */
  static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

  private static final Log LOG = LogFactory.getLog("dev.sluice");
  private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(10);

  private final Supplier<List<OperatedPool>> pools;
  private final ApplicationContext context;
  private final boolean checkpoints;
  private volatile boolean running;

  /** The minimum of each pool that is disconnected; it is zero meanwhile. */
  private final Map<OperatedPool, Integer> disconnected = new ConcurrentHashMap<>();

  private volatile boolean closing;

  /**
   * A lifecycle.
   *
   * @param pools the pools that there are when it is called
   * @param checkpoints whether a stop may be for a checkpoint
   */
  PoolLifecycle(
      Supplier<List<OperatedPool>> pools, ApplicationContext context, boolean checkpoints) {
    this.checkpoints = checkpoints;
    this.pools = pools;
    this.context = context;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    closing |= context.equals(event.getApplicationContext());
  }

  @Override
  public void start() {
    disconnected.forEach(
        (pool, minSize) -> {
          pool.resize(minSize, pool.config().maxSize());
          pool.resume();
        });
    disconnected.clear();
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    for (OperatedPool pool : pools.get()) {
      if (pool.isRunning()) {
        if (checkpoints && !closing) {
          disconnect(pool);
        } else {
          drain(pool);
        }
      }
    }
  }

  private static void drain(OperatedPool pool) {
    Duration limit = pool.config().drainTimeout();
    if (!await(() -> pool.stats().active() == 0, limit)) {
      LOG.warn(
          "pool '"
              + pool.name()
              + "': "
              + pool.stats().active()
              + " connections are still in use after drainTimeout, "
              + limit.toMillis()
              + " ms");
    }
  }

  private void disconnect(OperatedPool pool) {
    disconnected.put(pool, pool.config().minSize());
    pool.suspend();
    pool.resize(0, pool.config().maxSize());
    drain(pool);
    Duration limit = pool.config().closeTimeout();
    boolean done =
        await(
            () -> {
              pool.evictAll();
              return pool.stats().size() == 0;
            },
            limit);
    if (!done) {
      LOG.warn(
          "pool '"
              + pool.name()
              + "': "
              + pool.stats().size()
              + " connections are not closed after closeTimeout, "
              + limit.toMillis()
              + " ms");
    }
  }

  /** Waits for a condition; false if it did not come true in time or the thread is interrupted. */
  private static boolean await(BooleanSupplier condition, Duration limit) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > limit.toNanos() || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_AGAIN);
    }
    return true;
  }
}
