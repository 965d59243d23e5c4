package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a borrower calls its errand is shown wherever its lease is, and nowhere else. */
class LeaseTagTest {
  private static final AcquireOptions CHECKOUT = AcquireOptions.DEFAULT.withTag("checkout");

  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();
  private final List<LeaseInfo> leaked = new ArrayList<>();

  private Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config) throws Exception {
    PoolListener listener =
        new PoolListener() {
          @Override
          public void leaked(LeaseInfo lease) {
            leaked.add(lease);
          }
        };
    return Pool.create(config.build(), resources, LeaseFactory.plain(), listener, platform);
  }

  private static PoolConfig.Builder config() {
    return PoolConfig.builder().name("tags").minSize(0).maxSize(1);
  }

  private static List<String> tags(Pool<?, ?> pool) {
    return pool.leases(false).stream().map(LeaseInfo::tag).toList();
  }

  @Test
  void tagIsListedWhetherTheLeaseWasFreeOrOpenedForIt() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());

    Lease<Thing> opened = pool.acquire(CHECKOUT);
    assertThat(tags(pool)).containsExactly("checkout");
    opened.close();
    Lease<Thing> idle = pool.acquire(AcquireOptions.DEFAULT.withTag("report"));

    assertThat(tags(pool)).containsExactly("report");
    assertThat(pool.dump()).contains("#1 'report' by thread");
    idle.close();
  }

  @Test
  void leaseOfAFutureNamesWhoAskedAndShowsNoStack() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    CompletableFuture<Lease<Thing>> future = pool.acquireAsync(CHECKOUT);
    platform.work();

    LeaseInfo info = pool.leases(true).get(0);

    String self = Thread.currentThread().getName();
    assertThat(info.thread()).isEqualTo("a future requested by thread '" + self + "'");
    assertThat(info.stack()).isEmpty();
    assertThat(pool.dump()).contains("by a future requested by thread '" + self + "' for");
    future.join().close();
  }

  @Test
  void tagEndsWithItsLease() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    pool.acquire(CHECKOUT).close();

    Lease<Thing> next = pool.acquire();

    assertThat(tags(pool)).containsExactly("");
    assertThat(pool.dump()).doesNotContain("checkout");
    next.close();
  }

  @Test
  void tagOfAFutureIsListedWhetherItWaitedOrNot() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    pool.acquire().close();

    Lease<Thing> atOnce = pool.acquireAsync(CHECKOUT).get(0, TimeUnit.SECONDS);
    assertThat(tags(pool)).containsExactly("checkout");
    CompletableFuture<Lease<Thing>> waiting =
        pool.acquireAsync(AcquireOptions.DEFAULT.withTag("report"));
    atOnce.close();
    platform.work();

    assertThat(waiting).isCompleted();
    assertThat(tags(pool)).containsExactly("report");
    waiting.join().close();
  }

  @Test
  void leakIsReportedByItsTag() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().leakThreshold(Duration.ofSeconds(10)));
    Lease<Thing> lease = pool.acquire(CHECKOUT);

    platform.pass(100);
    platform.pass(11_000);

    assertThat(leaked).extracting(LeaseInfo::tag).containsExactly("checkout");
    lease.close();
  }

  @Test
  void exhaustedPoolNamesTheTagsOfTheLongestHolders() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Lease<Thing> lease = pool.acquire(CHECKOUT);

    assertThatThrownBy(() -> pool.acquire(AcquireOptions.DEFAULT.withTimeout(Duration.ZERO)))
        .hasMessageContaining("Held longest:\n  #1 'checkout' by thread");
    lease.close();
  }

  @Test
  void clumsyTagIsTidiedAndNeverRefused() {
    String longTag = "x".repeat(99) + "\uD83D\uDE00";

    assertThat(AcquireOptions.DEFAULT.withTag("a\r\nb\u2028c").tag()).isEqualTo("a??b?c");
    assertThat(AcquireOptions.DEFAULT.withTag(longTag).tag()).isEqualTo("x".repeat(99));
    assertThat(AcquireOptions.DEFAULT.withTag("y".repeat(200)).tag()).hasSize(100);
    assertThat(AcquireOptions.DEFAULT.withTag("  ").tag()).isNull();
  }

  @Test
  void tagSurvivesTheOtherOptions() {
    AcquireOptions all =
        CHECKOUT
            .withTimeout(Duration.ofSeconds(1))
            .withValidation(AcquireOptions.Validation.ALWAYS)
            .withPriority(1)
            .neverShed();

    assertThat(all.tag()).isEqualTo("checkout");
  }
}
