package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A lease may have a limit of its own, or be left in peace. */
class LeaseDeadlineTest {
  private static final AcquireOptions FOR_TWO_SECONDS =
      AcquireOptions.DEFAULT.withLeaseDeadline(Duration.ofSeconds(2)).withTag("job");

  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();
  private final List<String> heard = new ArrayList<>();
  private final PoolLog log = new PoolLog("limited");

  @AfterEach
  void closeLog() {
    log.close();
  }

  private Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config) throws Exception {
    PoolListener listener =
        new PoolListener() {
          @Override
          public void leaked(LeaseInfo lease) {
            heard.add("leaked");
          }

          @Override
          public void slowLease(LeaseInfo lease) {
            heard.add("slow");
          }

          @Override
          public void evicted(long id, CloseReason reason, Duration age) {
            heard.add("evicted " + reason);
          }
        };
    return Pool.create(config.build(), resources, LeaseFactory.plain(), listener, platform);
  }

  private static PoolConfig.Builder config() {
    return PoolConfig.builder().name("limited").minSize(0).maxSize(1).resumeGuard(false);
  }

  private void pass(Duration time) {
    platform.pass(time.toMillis());
    platform.work();
  }

  @Test
  void leaseIsTakenBackWhenItsDeadlineHasPassedAndNotBefore() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Lease<Thing> lease = pool.acquire(FOR_TWO_SECONDS);

    pass(Duration.ofMillis(1_900));
    assertThat(lease.isHeld()).isTrue();
    assertThat(lease.wasTakenBack()).isFalse();
    pass(Duration.ofMillis(200));

    assertThat(lease.isHeld()).isFalse();
    assertThat(lease.wasTakenBack()).isTrue();
    assertThat(pool.stats().closed().get(CloseReason.DEADLINE)).isEqualTo(1);
    assertThat(pool.stats().leaked()).isZero();
    assertThat(heard).containsExactly("evicted DEADLINE");
    assertThat(log.messages())
        .singleElement()
        .asString()
        .startsWith(
            "pool 'limited': a lease was held beyond its own deadline, 2.0 s, and was taken back:"
                + " #1 'job' by thread '");
    pool.acquire().close();
  }

  @Test
  void deadlineEndsWithItsLease() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Lease<Thing> first = pool.acquire(FOR_TWO_SECONDS);
    first.close();
    Lease<Thing> second = pool.acquire();

    pass(Duration.ofSeconds(10));

    assertThat(second.isHeld()).isTrue();
    assertThat(first.wasTakenBack()).isFalse();
    second.close();
  }

  @Test
  void leaseOfAFutureHasItsDeadlineToo() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    CompletableFuture<Lease<Thing>> future = pool.acquireAsync(FOR_TWO_SECONDS);
    platform.work();
    Lease<Thing> lease = future.get(0, TimeUnit.SECONDS);

    pass(Duration.ofMillis(2_100));

    assertThat(lease.wasTakenBack()).isTrue();
  }

  @Test
  void deadlineComesBeforeAReportOfALeakOfTheSameMoment() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().leakThreshold(Duration.ofSeconds(2)));
    Lease<Thing> lease = pool.acquire(FOR_TWO_SECONDS);

    pass(Duration.ofMillis(2_100));

    assertThat(heard).containsExactly("evicted DEADLINE");
    assertThat(lease.isHeld()).isFalse();
  }

  @Test
  void unwatchedLeaseIsNeitherReportedNorTakenBack() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(
            config()
                .slowLeaseThreshold(Duration.ofSeconds(1))
                .leakThreshold(Duration.ofSeconds(2))
                .leakReclaim(true));
    Lease<Thing> lease = pool.acquire(AcquireOptions.DEFAULT.unwatched());

    pass(Duration.ofSeconds(1)); // the keeper sees it
    pass(Duration.ofSeconds(60));

    assertThat(lease.isHeld()).isTrue();
    assertThat(heard).isEmpty();
    lease.close();
    Lease<Thing> watched = pool.acquire();
    pass(Duration.ofSeconds(1)); // the keeper sees it
    pass(Duration.ofSeconds(60));
    assertThat(watched.isHeld()).isFalse();
    assertThat(heard).contains("slow", "leaked");
  }

  @Test
  void deadlinesThatAreNoneAreRefused() {
    assertThatThrownBy(() -> AcquireOptions.DEFAULT.withLeaseDeadline(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("leaseDeadline must be positive");
  }
}
