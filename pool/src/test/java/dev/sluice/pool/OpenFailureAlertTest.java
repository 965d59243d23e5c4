package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Somebody is told when opening goes on failing. */
class OpenFailureAlertTest {
  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();
  private final List<String> alarms = new ArrayList<>();

  private Pool<Thing, Lease<Thing>> pool(Duration after) throws Exception {
    OpenFailureAlert alert =
        new OpenFailureAlert(
            after,
            (cause, since) -> alarms.add(cause.getMessage() + " for " + since.toSeconds()),
            platform::nanoTime);
    PoolConfig config =
        SteppedEngineTest.config()
            .minSize(1)
            .resumeGuard(false)
            .startPolicy(StartPolicy.BACKGROUND)
            .build();
    return Pool.create(config, resources, LeaseFactory.plain(), alert, platform);
  }

  private void pass(int seconds) {
    for (int i = 0; i < seconds * 10; i++) {
      platform.pass(100);
      platform.work();
    }
  }

  private void fail(boolean fail) {
    resources.onOpen =
        thing -> {
          if (fail) {
            throw new IOException("down");
          }
        };
  }

  @Test
  void alarmComesOnceAfterTheTimeAndAgainAfterARecovery() throws Exception {
    fail(true);
    Pool<Thing, Lease<Thing>> pool = pool(Duration.ofSeconds(60));

    pass(50);
    assertThat(alarms).isEmpty();
    pass(60);
    assertThat(alarms).singleElement().asString().matches("down for ([6-9][0-9]|10[0-9])");
    pass(300);
    assertThat(alarms).hasSize(1);

    fail(false);
    pass(30);
    assertThat(pool.stats().idle()).isEqualTo(1);
    fail(true);
    pool.refresh();
    pass(120);
    assertThat(alarms).hasSize(2);
  }

  @Test
  void outageThatEndsInTimeRaisesNone() throws Exception {
    fail(true);
    pool(Duration.ofSeconds(60));
    pass(30);

    fail(false);
    pass(100);

    assertThat(alarms).isEmpty();
  }

  @Test
  void negativeTimeIsRefused() {
    assertThatThrownBy(() -> OpenFailureAlert.after(Duration.ofSeconds(-1), (c, d) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("negative");
  }
}
