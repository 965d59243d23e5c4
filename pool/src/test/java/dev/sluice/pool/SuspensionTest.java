package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A suspended pool. Callers that waited for it opened one resource after the other, up to its
 * maximum, because none of them could be handed out; and overload control refused them.
 */
class SuspensionTest extends EventEngineTest {
  private static final int MAX = 8;

  private final List<CompletableFuture<Lease<Thing>>> callers = new ArrayList<>();

  private Pool<Thing, Lease<Thing>> suspended(int open, int lent) throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(config().minSize(open).maxSize(MAX).acquireTimeout(Duration.ofMinutes(10)));
    platform.pass(millis(100));
    for (int i = 0; i < lent; i++) {
      ask(pool);
    }
    platform.pass(millis(100));
    pool.suspend();
    return pool;
  }

  private void ask(Pool<Thing, Lease<Thing>> pool) {
    callers.add(pool.acquireAsync(AcquireOptions.DEFAULT).toCompletableFuture());
  }

  private void giveBackAll() {
    afterServed(Lease::close);
  }

  private void afterServed(Consumer<Lease<Thing>> what) {
    for (CompletableFuture<Lease<Thing>> caller : callers) {
      var unused = caller.thenAccept(what);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 1", "0, 0, 3", "1, 0, 1", "2, 0, 1", "2, 0, 5", "2, 1, 1", "2, 2, 3", "8, 8, 1"
  })
  void callersOpenNothingUntilTheyMayHaveIt(int open, int lent, int waiting) throws Exception {
    Pool<Thing, Lease<Thing>> pool = suspended(open, lent);
    for (int i = 0; i < waiting; i++) {
      ask(pool);
      platform.pass(millis(3_000));
    }

    assertThat(resources.opened).hasValue(open);
    assertThat(pool.stats().size()).isEqualTo(open);
    assertThat(pool.stats().waiting()).isEqualTo(waiting);

    pool.resume();
    platform.pass(millis(1));
    giveBackAll();
    platform.pass(millis(1_000));

    assertThat(callers).allMatch(caller -> caller.isDone() && !caller.isCompletedExceptionally());
    assertThat(resources.opened.get()).isLessThanOrEqualTo(Math.max(open, lent + waiting));
    pool.close(Duration.ZERO);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 4", "2, 4"})
  void silenceWhileNothingMayBeLentIsNoReasonToOpen(int lent, int waiting) throws Exception {
    Pool<Thing, Lease<Thing>> pool = suspended(lent, lent);
    for (int i = 0; i < waiting; i++) {
      ask(pool);
    }
    platform.pass(millis(60_000));

    pool.resume();
    platform.pass(OpenPlan.MOMENT / 2);
    giveBackAll();
    platform.pass(millis(100));

    assertThat(resources.opened).as("the lent resources came back in time").hasValue(lent);
    pool.close(Duration.ZERO);
  }

  @ParameterizedTest
  @CsvSource({"0, 2", "1, 3"})
  void minimumIsKeptMeanwhile(int open, int minimum) throws Exception {
    Pool<Thing, Lease<Thing>> pool = suspended(open, 0);
    ask(pool);

    pool.resize(minimum, MAX);
    platform.pass(millis(1_000));

    assertThat(pool.stats().size()).isEqualTo(minimum);
    pool.resume();
    platform.pass(millis(1_000));
    assertThat(pool.stats().size()).isEqualTo(minimum);
    giveBackAll();
    pool.close(Duration.ZERO);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "1, 6"})
  void waitsOfASuspensionAreNoOverload(int lent, int waiting) throws Exception {
    Overload control = new Overload(Duration.ofMillis(10), Duration.ofMillis(50));
    Pool<Thing, Lease<Thing>> pool =
        pool(config().overload(control).acquireTimeout(Duration.ofMinutes(10)));
    for (int i = 0; i < lent; i++) {
      ask(pool);
    }
    platform.pass(millis(100));
    pool.suspend();
    for (int i = 0; i < waiting; i++) {
      ask(pool);
    }
    platform.pass(millis(60_000));
    assertThat(pool.stats().waiting()).isEqualTo(waiting);

    pool.resume();
    afterServed(lease -> platform.after(millis(2), lease::close));
    platform.pass(millis(1_000));

    assertThat(callers).allMatch(caller -> caller.isDone() && !caller.isCompletedExceptionally());
    pool.close(Duration.ZERO);
  }
}
