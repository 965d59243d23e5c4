package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A returned resource goes to the waiter whom it suits, as far as the factory's patience allows.
 */
class AffinityPatienceTest {
  private static final int PATIENCE_MILLIS = 5;

  /** Each thing has a home, even or odd as its number. */
  private record Home(int of) implements ResourceState {}

  private final SteppedPlatform platform = new SteppedPlatform();
  private final List<String> served = new ArrayList<>();
  private Duration patience = Duration.ofMillis(PATIENCE_MILLIS);

  private final FakeResources resources =
      new FakeResources() {
        @Override
        public ResourceState.Affinity affinity(Thing thing, ResourceState wanted) {
          return wanted instanceof Home home && home.of == thing.number % 2
              ? ResourceState.Affinity.EXACT
              : ResourceState.Affinity.NEUTRAL;
        }

        @Override
        public Duration affinityPatience() {
          return patience;
        }
      };

  private Pool<Thing, Lease<Thing>> pool() throws Exception {
    PoolConfig config =
        PoolConfig.builder()
            .name("homes")
            .minSize(0)
            .maxSize(2)
            .fairness(Fairness.STRICT)
            .acquireTimeout(Duration.ofMinutes(10))
            .slowAcquireThreshold(Duration.ZERO)
            .build();
    return Pool.create(config, resources, LeaseFactory.plain(), PoolListener.NONE, platform);
  }

  private static CompletableFuture<Lease<Thing>> ask(Pool<Thing, Lease<Thing>> pool, int home) {
    return pool.acquireAsync(AcquireOptions.DEFAULT.withSession(new Home(home)));
  }

  private void queue(Pool<Thing, Lease<Thing>> pool, String name, AcquireOptions options) {
    var unused =
        pool.acquireAsync(options)
            .thenAccept(
                lease -> {
                  served.add(name + lease.resource().number);
                  lease.close();
                });
  }

  private void queue(Pool<Thing, Lease<Thing>> pool, String name, int home) {
    queue(pool, name, AcquireOptions.DEFAULT.withSession(new Home(home)));
  }

  /** Leases of both things, number 1 first. */
  private List<Lease<Thing>> takeBoth(Pool<Thing, Lease<Thing>> pool) {
    CompletableFuture<Lease<Thing>> first = ask(pool, 1);
    CompletableFuture<Lease<Thing>> second = ask(pool, 0);
    for (int i = 0; i < 1_000 && !second.isDone(); i++) {
      platform.pass(1);
      platform.work();
    }
    assertThat(List.of(first.isDone(), second.isDone())).containsExactly(true, true);
    List<Lease<Thing>> both = new ArrayList<>(List.of(first.join(), second.join()));
    both.sort(Comparator.comparingInt(lease -> lease.resource().number));
    return both;
  }

  private void pass(int millis) {
    for (int i = 0; i < millis; i++) {
      platform.pass(1);
    }
  }

  @Test
  void resourceGoesToTheFirstWhomItSuits() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    List<Lease<Thing>> held = takeBoth(pool);
    queue(pool, "a", 0);
    queue(pool, "b", 1);
    queue(pool, "c", 1);

    held.get(0).close();
    platform.work();

    assertThat(served).containsExactly("b1", "c1", "a1");
  }

  @ParameterizedTest
  @ValueSource(ints = {PATIENCE_MILLIS - 1, PATIENCE_MILLIS + 2})
  void whoCameMuchLaterPassesNobody(int later) throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    List<Lease<Thing>> held = takeBoth(pool);
    queue(pool, "a", 0);
    pass(later);
    queue(pool, "b", 1);

    held.get(0).close();
    platform.work();

    assertThat(served)
        .isEqualTo(later < PATIENCE_MILLIS ? List.of("b1", "a1") : List.of("a1", "b1"));
  }

  @Test
  void withoutPatienceTheOrderIsThatOfArrival() throws Exception {
    patience = Duration.ZERO;
    Pool<Thing, Lease<Thing>> pool = pool();
    List<Lease<Thing>> held = takeBoth(pool);
    queue(pool, "a", 0);
    queue(pool, "b", 1);

    held.get(0).close();
    platform.work();

    assertThat(served).containsExactly("a1", "b1");
  }

  @Test
  void whoWantsNoStateIsNotPassedAndPriorityComesFirst() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    List<Lease<Thing>> held = takeBoth(pool);
    queue(pool, "plain", AcquireOptions.DEFAULT);
    queue(pool, "b", 1);
    queue(pool, "high", AcquireOptions.DEFAULT.withSession(new Home(0)).withPriority(1));

    held.get(0).close();
    platform.work();

    assertThat(served).containsExactly("high1", "plain1", "b1");
  }

  /** W4: whoever waits is passed only by callers that came at most so much later. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void nobodyIsPassedByOneWhoCameMuchLater(long seed) throws Exception {
    Random random = new Random(seed);
    Pool<Thing, Lease<Thing>> pool = pool();
    List<Lease<Thing>> held = new ArrayList<>(takeBoth(pool));
    List<Long> arrivals = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    for (int step = 0; step < 2_000; step++) {
      pass(random.nextInt(3));
      if (random.nextInt(5) < 3 || arrivals.size() - order.size() < 4) {
        int number = arrivals.size();
        arrivals.add(platform.nanoTime());
        // Most want what is odd, so those who want what is even could wait for long.
        var unused =
            ask(pool, random.nextInt(10) < 8 ? 1 : 0)
                .thenAccept(
                    lease -> {
                      order.add(number);
                      held.add(lease);
                    });
      } else if (!held.isEmpty()) {
        held.remove(random.nextInt(held.size())).close();
      }
      platform.work();
    }
    while (order.size() < arrivals.size()) {
      held.remove(0).close();
      platform.work();
    }

    long latest = arrivals.get(order.get(0));
    int passed = 0;
    for (int number : order) {
      long arrival = arrivals.get(number);
      assertThat(latest - arrival).as("number " + number).isLessThanOrEqualTo(5_000_000);
      passed += arrival < latest ? 1 : 0;
      latest = Math.max(latest, arrival);
    }
    assertThat(passed).as("passed, of " + order.size()).isPositive();
  }
}
