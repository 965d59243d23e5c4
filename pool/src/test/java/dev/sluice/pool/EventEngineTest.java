package dev.sluice.pool;

import dev.sluice.pool.FakeResources.Thing;
import java.util.concurrent.TimeUnit;

/** What tests share in which time goes on from event to event. */
abstract class EventEngineTest {
  static final AcquireOptions ALWAYS =
      AcquireOptions.DEFAULT.withValidation(AcquireOptions.Validation.ALWAYS);

  final EventPlatform platform = new EventPlatform(() -> Long.MAX_VALUE);
  final FakeResources resources = new FakeResources();

  Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config) throws Exception {
    return pool(config, PoolListener.NONE);
  }

  Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config, PoolListener listener)
      throws Exception {
    return Pool.create(config.build(), resources, LeaseFactory.plain(), listener, platform);
  }

  static PoolConfig.Builder config() {
    return PoolConfig.builder().name("found").minSize(0).maxSize(1);
  }

  static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
