package dev.sluice.pool;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever overlaps (acquisitions, returns, cancellations, time-outs, resizing, suspension, epochs,
 * the keeper, the end), an engine at rest is in order, and every caller was served or told why not.
 */
@Param(name = "thread", gen = ThreadIdGen.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@SelfChecked("each run ends with a look of its own, on an engine of which there are thousands")
public class LifecycleLincheckTest {
  private static final int THREADS = 8;
  private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(1);

  private final SynchronousPlatform platform = new SynchronousPlatform();
  private final Engine<Things.Thing> engine;
  private final @Nullable Attempt[] callers = new Attempt[THREADS];

  public LifecycleLincheckTest() {
    PoolConfig config =
        PoolConfig.builder()
            .name("lincheck")
            .minSize(1)
            .maxSize(2)
            .closeTimeout(Duration.ofMillis(1))
            .idleTimeout(Duration.ofSeconds(3))
            .maxLifetime(Duration.ofSeconds(20))
            .keepaliveInterval(Duration.ofSeconds(2))
            .slowAcquireThreshold(Duration.ZERO)
            .resumeGuard(false)
            .build();
    engine = new Engine<>(config, new Things(), PoolListener.NONE, platform);
    engine.start();
    Slot<Things.Thing> slot = Objects.requireNonNull(engine.takeAtOnce());
    engine.release(
        slot,
        engine.lend(
            slot, slot.glance(), true)); // the first lease is timed and so takes the longer way
  }

  @Operation
  public void acquire(@Param(name = "thread") int thread) throws AcquireException {
    Attempt caller = callers[thread];
    if (caller == null || caller.failed()) {
      callers[thread] = Attempt.begin(engine, thread, TIMEOUT);
    }
  }

  @Operation
  public void release(@Param(name = "thread") int thread) {
    Attempt caller = callers[thread];
    if (caller != null && caller.served()) {
      caller.release();
      callers[thread] = null;
    }
  }

  @Operation
  public void cancel(@Param(name = "thread") int thread) {
    Attempt caller = callers[thread];
    if (caller != null && caller.cancel()) {
      callers[thread] = null;
    }
  }

  @Operation(nonParallelGroup = "keeper")
  public void passTime() {
    platform.pass(2 * TIMEOUT);
    engine.housekeeping.run(platform.nanoTime());
  }

  @Operation
  public void grow() {
    engine.resize(2, 3);
  }

  @Operation
  public void shrink() {
    engine.resize(1, 1);
  }

  @Operation
  public void suspend() {
    engine.core.signals.suspend();
  }

  @Operation
  public void resume() {
    engine.resume();
  }

  @Operation
  public void refresh() {
    engine.retirement.refresh("a test");
  }

  @Operation
  public void close() {
    engine.close(Duration.ZERO);
  }

  /** Brings the engine to rest, then looks. */
  @Validate
  public void isInOrderAtRest() {
    for (int i = 0; i < 3; i++) {
      platform.pass(1);
      engine.housekeeping.run(platform.nanoTime());
    }
    Invariants.check(engine);
    int holding = 0;
    for (Attempt caller : callers) {
      holding += caller != null && caller.holds() ? 1 : 0;
    }
    if (engine.core.slots.count(Slot.LEASED) != holding) {
      throw new IllegalStateException(
          "held are " + holding + " leases; " + Snapshot.line(engine.core));
    }
    if (engine.core.slots.occupied() > Math.max(engine.core.slots.limit(), holding)) {
      throw new IllegalStateException("too many: " + Snapshot.line(engine.core));
    }
  }

  /** One after the other they say nothing; the end is what counts. */
  @SuppressWarnings("unused")
  public static class Silence {
    public void acquire(int thread) {}

    public void release(int thread) {}

    public void cancel(int thread) {}

    public void passTime() {}

    public void grow() {}

    public void shrink() {}

    public void suspend() {}

    public void resume() {}

    public void refresh() {}

    public void close() {}
  }

  @Test
  void staysInOrderInTheModel() {
    Lincheck.modelChecking(6, 60, Silence.class).check(LifecycleLincheckTest.class);
  }

  @Test
  void staysInOrderUnderStress() {
    Lincheck.stress(6, 300, Silence.class).check(LifecycleLincheckTest.class);
  }
}
