package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PoolsTest {
  private final AtomicInteger built = new AtomicInteger();
  private final List<String> closed = Collections.synchronizedList(new ArrayList<>());
  private final Pools.Registry<String> pools =
      new Pools.Registry<>(
          config -> config.pool().name() + built.incrementAndGet(),
          this::closeOne,
          closed::contains,
          (thing, forget) -> {});

  private void closeOne(String pool) {
    closed.add(pool);
    if (pool.startsWith("stuck")) {
      throw new IllegalStateException("cannot close " + pool);
    }
  }

  private static SluiceConfig config(String name) {
    return Sluice.dataSource("jdbc:h2:mem:x").name(name).toConfig();
  }

  @Test
  void poolsAreFoundByName() {
    pools.create("a", config("a"));
    pools.create("b", config("b"));

    assertThat(pools.get("a")).isEqualTo("a1");
    assertThat(pools.get("b")).isEqualTo("b2");
    assertThat(pools.names()).containsExactly("a", "b");
  }

  @Test
  void aMissingNameIsToldWithThoseThatExist() {
    assertThatThrownBy(() -> pools.get("x"))
        .hasMessage("there is no pool named 'x'; there are no pools");
    pools.create("a", config("a"));
    pools.create("b", config("b"));

    assertThatThrownBy(() -> pools.get("x"))
        .hasMessage("there is no pool named 'x'; there are 'a', 'b'");
    assertThatThrownBy(pools::get)
        .hasMessageContaining("not exactly one pool")
        .hasMessageContaining("'a', 'b'");
  }

  @Test
  void theOnlyPoolOrTheDefaultIsFoundWithoutName() {
    pools.create("a", config("a"));
    assertThat(pools.get()).isEqualTo("a1");

    pools.create("default", config("d"));
    assertThat(pools.get()).isEqualTo("d2");
  }

  @Test
  void aNameIsTakenOnce() {
    pools.create("a", config("a"));

    assertThatThrownBy(() -> pools.create("a", config("a")))
        .hasMessage("there is a pool named 'a' already");
    assertThat(built).hasValue(1);
  }

  @Test
  void aClosedNameIsFreeAgain() {
    pools.create("a", config("a"));

    assertThat(pools.close("a")).isTrue();
    assertThat(pools.close("a")).isFalse();
    pools.create("a", config("a"));

    assertThat(closed).containsExactly("a1");
    assertThat(pools.get("a")).isEqualTo("a2");
  }

  @Test
  void aPoolThatWasClosedByItsUserIsForgotten() {
    pools.create("a", config("a"));

    closeOne(pools.get("a"));

    assertThat(pools.names()).isEmpty();
    assertThatThrownBy(() -> pools.get("a")).hasMessageContaining("there are no pools");
    assertThat(pools.create("a", config("a"))).isEqualTo("a2");
  }

  @Test
  void allAreClosedYoungestFirstEvenIfOneCannotBe() {
    pools.create("a", config("a"));
    pools.create("stuck", config("stuck"));
    pools.create("c", config("c"));

    assertThatThrownBy(pools::closeAll)
        .hasMessage("1 of the pools could not be closed")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));

    assertThat(closed).containsExactly("c3", "stuck2", "a1");
    assertThat(pools.names()).isEmpty();
  }

  @Test
  void whatCannotBeClosedIsTold() {
    pools.create("stuck", config("stuck"));

    assertThatThrownBy(() -> pools.close("stuck")).hasMessage("cannot close stuck1");
  }

  @Test
  void aLazyPoolIsBuiltOnceByWhoeverComesFirst() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<String>> results = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        results.add(
            threads.submit(
                () ->
                    pools.lazy(
                        "a",
                        () -> {
                          asked.countDown();
                          await(answer);
                          return config("a");
                        })));
      }
      assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
      answer.countDown();

      for (Future<String> result : results) {
        assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo("a1");
      }
      assertThat(pools.lazy("a", () -> config("other"))).isEqualTo("a1");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aFailedBuildFreesTheName() {
    assertThatThrownBy(
            () ->
                pools.lazy(
                    "a",
                    () -> {
                      throw new IllegalStateException("no file");
                    }))
        .hasMessage("no file");

    assertThat(pools.lazy("a", () -> config("a"))).isEqualTo("a1");
  }

  @Test
  void aPoolThatNeedsItselfToBeBuiltIsAnErrorNotAHang() {
    assertThatThrownBy(
            () ->
                pools.lazy(
                    "a",
                    () -> {
                      pools.get("a");
                      return config("a");
                    }))
        .hasMessage("pool 'a' was requested while this thread is building it");
  }

  @Test
  void aPoolClosedWhileItIsBuiltIsClosedWhenItIsThere() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(1);
    try {
      Future<String> building =
          threads.submit(
              () ->
                  pools.lazy(
                      "stuck",
                      () -> {
                        asked.countDown();
                        await(answer);
                        return config("stuck");
                      }));
      assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();

      assertThat(pools.close("stuck")).isTrue();
      answer.countDown();

      building.get(30, TimeUnit.SECONDS);
      assertThat(closed).containsExactly("stuck1");
      assertThat(pools.names()).isEmpty();
    } finally {
      threads.shutdownNow();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
