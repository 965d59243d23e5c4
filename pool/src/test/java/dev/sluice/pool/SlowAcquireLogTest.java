package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How often slow acquisitions reach the log, in virtual time. */
class SlowAcquireLogTest {
  private final SteppedPlatform platform = new SteppedPlatform();
  private final FakeResources resources = new FakeResources();
  private final PoolLog log = new PoolLog("lines");

  @AfterEach
  void closeLog() {
    log.close();
  }

  @Test
  void knownBug51SlowAcquisitionsGetOneLineASecondAndTheRestIsCounted() throws Exception {
    PoolConfig config =
        PoolConfig.builder()
            .name("lines")
            .minSize(0)
            .maxSize(1)
            .resumeGuard(false)
            .slowAcquireThreshold(Duration.ofMillis(100))
            .build();
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(config, resources, LeaseFactory.plain(), PoolListener.NONE, platform);
    Lease<Thing> first = pool.acquire();
    List<CompletableFuture<Lease<Thing>>> waiting = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      waiting.add(pool.acquireAsync(AcquireOptions.DEFAULT));
    }
    platform.pass(200);

    first.close();
    for (CompletableFuture<Lease<Thing>> future : waiting) {
      platform.work();
      future.join().close();
    }

    assertThat(log.messages()).singleElement().asString().contains("an acquisition waited for 200");
    platform.pass(1_000);
    assertThat(log.messages())
        .hasSize(2)
        .last()
        .asString()
        .contains("longer than slowAcquireThreshold, 100 ms: 999 more, the longest 200 ms");
    platform.pass(5_000);
    assertThat(log.messages()).hasSize(2);
    pool.close(Duration.ZERO);
  }
}
