package dev.sluice.pool;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What tests share that look at an engine one step at a time. */
abstract class SteppedEngineTest {
  final FakeResources resources = new FakeResources();
  final SteppedPlatform platform = new SteppedPlatform();

  static PoolConfig.Builder config() {
    return PoolConfig.builder()
        .name("edges")
        .minSize(0)
        .maxSize(4)
        .acquireTimeout(Duration.ofSeconds(20))
        .validateAfterIdle(Duration.ofSeconds(1));
  }

  Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config) throws Exception {
    return Pool.create(
        config.build(), resources, LeaseFactory.plain(), PoolListener.NONE, platform);
  }

  Engine<Thing> engine(PoolConfig.Builder config) {
    Engine<Thing> engine = new Engine<>(config.build(), resources, PoolListener.NONE, platform);
    platform.attach(engine.housekeeping);
    return engine;
  }

  static List<Lease<Thing>> acquire(Pool<Thing, Lease<Thing>> pool, int count) throws Exception {
    List<Lease<Thing>> leases = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      leases.add(pool.acquire());
    }
    return leases;
  }

  /** Opens so many and leaves them idle. */
  static void fill(Pool<Thing, Lease<Thing>> pool, int count) throws Exception {
    acquire(pool, count).forEach(Lease::close);
  }
}
