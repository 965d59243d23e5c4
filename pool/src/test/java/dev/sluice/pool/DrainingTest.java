package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pool that closes tells whom it waits for. */
class DrainingTest {
  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();
  private final List<String> heard = new ArrayList<>();
  private final PoolLog log = new PoolLog("draining");
  private final long start = platform.nanoTime();

  @AfterEach
  void closeLog() {
    log.close();
  }

  private Pool<Thing, Lease<Thing>> pool() throws Exception {
    PoolConfig config =
        PoolConfig.builder().name("draining").minSize(0).maxSize(2).resumeGuard(false).build();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void draining(List<LeaseInfo> holders, Duration left) {
            heard.add(
                holders.stream().map(LeaseInfo::tag).toList() + " left " + left.toSeconds() + " s");
          }

          @Override
          public void poolClosed(List<LeaseInfo> abandoned) {
            heard.add("closed, cut " + abandoned.size());
          }
        };
    return Pool.create(config, resources, LeaseFactory.plain(), listener, platform);
  }

  /** Has something happen so many seconds after the start, while somebody parks. */
  private void after(int seconds, Runnable body) {
    boolean[] done = new boolean[1];
    platform.onPark =
        () -> {
          if (!done[0] && platform.nanoTime() - start > TimeUnit.SECONDS.toNanos(seconds)) {
            done[0] = true;
            body.run();
          }
        };
  }

  @Test
  void holdersAreToldAtGrowingIntervalsUntilTheyReturn() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    Lease<Thing> lease = pool.acquire(AcquireOptions.DEFAULT.withTag("report"));
    after(50, lease::close);

    List<LeaseInfo> cut = pool.close(Duration.ofSeconds(100));

    assertThat(cut).isEmpty();
    assertThat(heard)
        .containsExactly(
            "[report] left 95 s",
            "[report] left 90 s",
            "[report] left 80 s",
            "[report] left 60 s",
            "closed, cut 0");
    assertThat(log.messages())
        .hasSize(4)
        .allMatch(
            message -> message.matches("(?s).*still out, for up to .* more:\\n  #1 'report' by.*"));
  }

  @Test
  void closeThatIsSoonOverTellsWhatItCutAlone() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    Lease<Thing> lease = pool.acquire();

    pool.close(Duration.ofSeconds(4));

    assertThat(heard).containsExactly("closed, cut 1");
    assertThat(lease.isHeld()).isFalse();
  }

  @Test
  void pausesGrowToAMinuteAtMost() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    Lease<Thing> lease = pool.acquire();

    pool.close(Duration.ofMinutes(5));

    // After 5, 10, 20, 40, 80, 140, 200 and 260 seconds.
    assertThat(heard).hasSize(8 + 1);
    assertThat(lease.isHeld()).isFalse();
  }
}
