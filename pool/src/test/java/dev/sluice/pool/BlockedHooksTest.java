package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Code of one pool's user that never returns, and the pools beside it. */
class BlockedHooksTest {
  private static final long LIMIT_SECONDS = 30;
  private static final AcquireOptions PATIENT =
      AcquireOptions.DEFAULT.withTimeout(Duration.ofSeconds(LIMIT_SECONDS));

  /** Where a pool calls code of its user's on the keeper's account. */
  enum Hook {
    LEAKED,
    SLOW_LEASE,
    EVICTED,
    CLOSED,
    ABANDONED,
    OPEN_FAILED,
    ACQUIRE_FAILED,
    LOG_HANDLER,
    DESCRIBE,
    STACK_OF_THE_HOLDER,
    IS_PERMANENT,
    TEXT_OF_A_FAILURE,
    CALLBACK_OF_A_FUTURE
  }

  /** Blocks whoever comes by the hook, until the test ends. */
  private static final class Trap implements AutoCloseable {
    final Hook hook;
    final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    volatile boolean isLent;

    Trap(Hook hook) {
      this.hook = hook;
    }

    void at(Hook place) {
      if (place == hook) {
        entered.countDown();
        try {
          assertThat(open.await(2 * LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    PoolListener listener() {
      return (PoolListener)
          Proxy.newProxyInstance(
              PoolListener.class.getClassLoader(),
              new Class<?>[] {PoolListener.class},
              (proxy, method, arguments) -> {
                switch (method.getName()) {
                  case "leaked" -> at(Hook.LEAKED);
                  case "slowLease" -> at(Hook.SLOW_LEASE);
                  case "evicted" -> at(Hook.EVICTED);
                  case "closed" -> at(Hook.CLOSED);
                  case "abandoned" -> at(Hook.ABANDONED);
                  case "openFailed" -> at(Hook.OPEN_FAILED);
                  case "acquireFailed" -> at(Hook.ACQUIRE_FAILED);
                  default -> {}
                }
                return method.getReturnType().equals(PoolListener.class) ? proxy : null;
              });
    }

    void release() {
      open.countDown();
    }

    @Override
    public void close() {
      release();
    }
  }

  /** A failure whose text comes from code of the user's. */
  private static final class Told extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Trap trap;

    Told(Trap trap) {
      this.trap = trap;
    }

    @Override
    public String getMessage() {
      trap.at(Hook.TEXT_OF_A_FAILURE);
      return "told";
    }
  }

  /** Until one is lent they open at once. The next one never does, those after it fail. */
  private record Things(Trap trap, AtomicInteger late) implements ResourceFactory<Object> {
    @Override
    public Object open(Duration timeout) throws Exception {
      int number = trap.isLent ? late.incrementAndGet() : 0;
      if (number == 1) {
        new CountDownLatch(1).await(); // until it is interrupted
      }
      if (number > 1) {
        throw new Told(trap);
      }
      return new Object();
    }

    @Override
    public boolean validate(Object thing, ResourceInfo info, Duration timeout) {
      return true;
    }

    @Override
    public void close(Object thing) {}

    @Override
    public boolean isPermanent(Throwable failure) {
      trap.at(Hook.IS_PERMANENT);
      return false;
    }

    @Override
    public String describe(Object thing) {
      trap.at(Hook.DESCRIBE);
      return "something";
    }
  }

  /** Whose stack takes for ever to be told. */
  private static final class Holder extends Thread {
    private final Trap trap;

    Holder(Runnable work, Trap trap) {
      super(work, "holder");
      this.trap = trap;
    }

    @Override
    public StackTraceElement[] getStackTrace() {
      trap.at(Hook.STACK_OF_THE_HOLDER);
      return super.getStackTrace();
    }
  }

  private static PoolConfig.Builder config(String name) {
    return PoolConfig.builder()
        .name(name)
        .minSize(0)
        .acquireTimeout(Duration.ofMillis(500))
        .closeTimeout(Duration.ofMillis(200))
        .drainTimeout(Duration.ZERO);
  }

  private static Pool<Object, Lease<Object>> victim(Trap trap) throws AcquireException {
    return Pool.create(
        config("trapped")
            .maxSize(2)
            .openTimeout(Duration.ofMillis(200))
            .leakThreshold(Duration.ofMillis(300))
            .slowLeaseThreshold(Duration.ofMillis(100))
            .build(),
        new Things(trap, new AtomicInteger()),
        LeaseFactory.plain(),
        trap.listener());
  }

  /** Has the keeper come by everything: a lease that leaks, an open that hangs, waits that end. */
  private static Thread provoke(Pool<Object, Lease<Object>> pool, Trap trap) {
    Thread holder =
        new Holder(
            () -> {
              try (Lease<Object> first = pool.acquire(PATIENT)) {
                trap.isLent = true;
                assertThat(first.isHeld()).isTrue();
                var failed =
                    pool.acquireAsync(AcquireOptions.DEFAULT)
                        .whenComplete((lease, failure) -> trap.at(Hook.CALLBACK_OF_A_FUTURE));
                await(
                    () -> trap.entered.getCount() == 0 || failed.isDone(),
                    "the hook, or the end of a wait");
              } catch (AcquireException e) {
                throw new IllegalStateException(e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            trap);
    holder.start();
    return holder;
  }

  /** What a pool beside it must go on with. */
  private static void goesOn(String name) throws Exception {
    CompletableFuture<LeaseInfo> leaked = new CompletableFuture<>();
    AtomicInteger checks = new AtomicInteger();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void leaked(LeaseInfo lease) {
            leaked.complete(lease);
          }
        };
    ResourceFactory<Object> checked =
        new ResourceFactory<>() {
          @Override
          public Object open(Duration timeout) {
            return new Object();
          }

          @Override
          public boolean validate(Object thing, ResourceInfo info, Duration timeout) {
            checks.incrementAndGet();
            return true;
          }

          @Override
          public void close(Object thing) {}
        };
    PoolConfig config =
        config(name)
            .maxSize(1)
            .leakThreshold(Duration.ofMillis(100))
            .healthCheckInterval(Duration.ofMillis(50))
            .build();
    try (Pool<Object, Lease<Object>> pool =
        Pool.create(config, checked, LeaseFactory.plain(), listener)) {
      try (Lease<Object> lease = pool.acquire(PATIENT)) {
        CompletableFuture<Lease<Object>> second = pool.acquireAsync(AcquireOptions.DEFAULT);
        assertThatThrownBy(() -> second.get(LIMIT_SECONDS, TimeUnit.SECONDS))
            .as("a future of 500 ms")
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(AcquireException.class);
        assertThat(leaked.get(LIMIT_SECONDS, TimeUnit.SECONDS).thread())
            .isEqualTo(Thread.currentThread().getName());
        assertThat(lease.resource()).isNotNull();
      }
      await(() -> checks.get() > 0, "a check of the idle");
    }
  }

  private static void await(BooleanSupplier condition, String what) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @ParameterizedTest
  @EnumSource
  void knownBug47PoolsGoOnWhileTheCodeOfOnesUserBlocks(Hook hook) throws Exception {
    Thread holder;
    try (PoolLog log = new PoolLog("trapped");
        Trap trap = new Trap(hook)) {
      log.fault = () -> trap.at(Hook.LOG_HANDLER);
      try (Pool<Object, Lease<Object>> pool = victim(trap)) {
        holder = provoke(pool, trap);
        if (hook == Hook.EVICTED || hook == Hook.CLOSED) {
          holder.join();
          pool.refresh("evicts what is idle");
        }
        assertThat(trap.entered.await(LIMIT_SECONDS, TimeUnit.SECONDS))
            .as("that the hook was called")
            .isTrue();

        goesOn("beside " + hook);
        if (hook == Hook.DESCRIBE || hook == Hook.STACK_OF_THE_HOLDER) {
          trap.release(); // whoever closes a pool asks for both, of the leases that are out
        }
      }
    }
    holder.join();
  }

  /** The events that are told on the thread of the caller whom they concern. */
  private static final Set<String> OF_ONE_CALLER =
      Set.of("acquired", "released", "acquireFailed", "forPool");

  static List<String> events() {
    List<String> events = new ArrayList<>(List.of("a line in the log"));
    for (Method method : PoolListener.class.getMethods()) {
      if (!OF_ONE_CALLER.contains(method.getName())) {
        events.add(method.getName());
      }
    }
    return events;
  }

  private static PoolListener blockingAt(String event, Blocking blocking) {
    return (PoolListener)
        Proxy.newProxyInstance(
            PoolListener.class.getClassLoader(),
            new Class<?>[] {PoolListener.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals(event)) {
                blocking.accept(event);
              }
              return method.getReturnType().equals(PoolListener.class) ? proxy : null;
            });
  }

  @ParameterizedTest
  @MethodSource("events")
  void knownBug47PoolGoesOnLendingWhileItsOwnListenerOrLogBlocks(String event) throws Exception {
    Blocking blocking = new Blocking();
    PoolConfig config =
        config("blocked")
            .maxSize(2)
            .maxUses(50)
            .acquireTimeout(Duration.ofSeconds(LIMIT_SECONDS))
            .slowAcquireThreshold(Duration.ofMillis(10))
            .slowLeaseThreshold(Duration.ofMillis(20))
            .leakThreshold(Duration.ofMillis(40))
            .nestedAcquire(NestedAcquire.WARN)
            .build();
    try (PoolLog log = new PoolLog("blocked")) {
      if (event.equals("a line in the log")) {
        log.fault = () -> blocking.accept(event);
      }
      Pool<Object, Lease<Object>> pool =
          Pool.create(config, healthy(), LeaseFactory.plain(), blockingAt(event, blocking));
      for (int i = 0; i < 100; i++) {
        lendToAll(pool, i == 0 ? 200 : 0);
      }
      pool.resize(0, 3);
      pool.suspend();
      pool.resume();
      pool.refresh("for the test");
      for (int i = 0; i < 100; i++) {
        lendToAll(pool, 0);
      }
      assertThat(pool.stats().acquired()).isEqualTo(600);

      long start = System.nanoTime();
      pool.close();
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(LIMIT_SECONDS));
    } finally {
      blocking.released.countDown();
    }
  }

  private static ResourceFactory<Object> healthy() {
    return new ResourceFactory<>() {
      @Override
      public Object open(Duration timeout) {
        return new Object();
      }

      @Override
      public boolean validate(Object thing, ResourceInfo info, Duration timeout) {
        return true;
      }

      @Override
      public void close(Object thing) {}
    };
  }

  /** Two leases, and a caller that waits until one comes back. */
  private static void lendToAll(Pool<Object, Lease<Object>> pool, long millis) throws Exception {
    Lease<Object> first = pool.acquire();
    Lease<Object> second = pool.acquire();
    CompletableFuture<Lease<Object>> third = pool.acquireAsync(AcquireOptions.DEFAULT);
    TimeUnit.MILLISECONDS.sleep(millis); // it leaks for that long
    first.close();
    third.get(LIMIT_SECONDS, TimeUnit.SECONDS).close();
    second.close();
  }

  private static final class Blocking implements Consumer<Object> {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

    @Override
    public void accept(Object ignored) {
      thread.set(Thread.currentThread());
      entered.countDown();
      try {
        assertThat(released.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void knownBug47WhatTheQueueCannotHoldIsCountedAndSaid() throws Exception {
    SystemPlatform platform = SystemPlatform.INSTANCE;
    Platform.Workers workers = platform.workers("full");
    try (PoolLog log = new PoolLog("full")) {
      Announcer announcer = new Announcer("full", platform, workers);
      Blocking blocking = new Blocking();
      announcer.say(() -> blocking.accept("first"));
      assertThat(blocking.entered.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();

      AtomicInteger delivered = new AtomicInteger();
      for (int i = 0; i < Announcer.CAPACITY + 7; i++) {
        announcer.say(delivered::incrementAndGet);
      }
      blocking.released.countDown();

      await(() -> delivered.get() == Announcer.CAPACITY, "the rest");
      await(
          () -> log.messages().stream().anyMatch(m -> m.contains("dropped 7 messages")),
          "the count of what was dropped");
      assertThat(blocking.thread.get()).isNotSameAs(Thread.currentThread());
    } finally {
      workers.shutdown();
    }
  }
}
