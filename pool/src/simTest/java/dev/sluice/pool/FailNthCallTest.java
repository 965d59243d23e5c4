package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each operation of the pool, again and again, with the first, the second, the third call that it
 * makes to the factory, the listener, the clock or the workers failing, or with an Error at the
 * first, the second, the third of its own steps, and at those that would put it right; afterwards
 * the pool must be in order, and work.
 */
class FailNthCallTest extends QuietLog {
  private static final int MORE_CALLS_THAN_ANY_OPERATION_MAKES = 2_000;
  private static final long LONG = TimeUnit.SECONDS.toNanos(100);

  /** What is done while one call fails. */
  private enum Operation {
    ACQUIRE_IDLE {
      @Override
      void run(Bench b) throws Exception {
        b.use(b.pool.acquire());
      }
    },
    ACQUIRE_OPENING {
      @Override
      void prepare(Bench b) throws Exception {
        b.held.add(b.pool.acquire());
      }

      @Override
      void run(Bench b) throws Exception {
        b.use(b.pool.acquire());
      }
    },
    ACQUIRE_CHECKING {
      @Override
      void prepare(Bench b) {
        b.platform.pass(TimeUnit.SECONDS.toNanos(2));
      }

      @Override
      void run(Bench b) throws Exception {
        b.use(b.pool.acquire());
      }
    },
    ACQUIRE_CHECKED_DEAD {
      @Override
      void prepare(Bench b) {
        b.alive.forEach(thing -> thing.dead = true);
      }

      @Override
      void run(Bench b) throws Exception {
        b.use(
            b.pool.acquire(
                AcquireOptions.DEFAULT.withValidation(AcquireOptions.Validation.ALWAYS)));
      }
    },
    ACQUIRE_IN_VAIN {
      @Override
      void prepare(Bench b) throws Exception {
        while (b.held.size() < 3) {
          b.held.add(b.pool.acquire());
        }
      }

      @Override
      void run(Bench b) throws Exception {
        b.use(b.pool.acquire(AcquireOptions.DEFAULT.withTimeout(Duration.ofMillis(30))));
      }
    },
    TRY_ACQUIRE {
      @Override
      void run(Bench b) throws Exception {
        b.pool.tryAcquire().ifPresent(b::use);
      }
    },
    ACQUIRE_ASYNC {
      @Override
      void prepare(Bench b) throws Exception {
        b.held.add(b.pool.acquire());
      }

      @Override
      void run(Bench b) throws Exception {
        CompletableFuture<Lease<Thing>> future = b.pool.acquireAsync(AcquireOptions.DEFAULT);
        b.platform.pass(TimeUnit.SECONDS.toNanos(10));
        assertThat(future).as("the future is completed").isDone();
        if (!future.isCompletedExceptionally()) {
          b.use(future.join());
        }
      }
    },
    ACQUIRE_ASYNC_IN_VAIN {
      @Override
      void prepare(Bench b) throws Exception {
        ACQUIRE_IN_VAIN.prepare(b);
      }

      @Override
      void run(Bench b) {
        CompletableFuture<Lease<Thing>> future =
            b.pool.acquireAsync(AcquireOptions.DEFAULT.withTimeout(Duration.ofMillis(30)));
        b.platform.pass(TimeUnit.SECONDS.toNanos(10));
        assertThat(future).as("the future is completed").isCompletedExceptionally();
      }
    },
    CANCEL {
      @Override
      void prepare(Bench b) throws Exception {
        ACQUIRE_IN_VAIN.prepare(b);
      }

      @Override
      void run(Bench b) {
        b.pool.acquireAsync(AcquireOptions.DEFAULT).cancel(true);
      }
    },
    RELEASE {
      @Override
      void prepare(Bench b) throws Exception {
        b.held.add(b.pool.acquire());
      }

      @Override
      void run(Bench b) {
        b.held.get(0).close();
      }
    },
    RELEASE_TO_WAITER {
      @Override
      void prepare(Bench b) throws Exception {
        ACQUIRE_IN_VAIN.prepare(b);
        b.futures.add(b.pool.acquireAsync(AcquireOptions.DEFAULT));
      }

      @Override
      void run(Bench b) {
        b.held.get(0).close();
      }
    },
    RELEASE_FOR_RESET {
      @Override
      void prepare(Bench b) throws Exception {
        b.held.add(b.pool.acquire());
      }

      @Override
      void run(Bench b) {
        b.held.get(0).releaseForReset();
      }
    },
    DISCARD {
      @Override
      void prepare(Bench b) throws Exception {
        RELEASE_TO_WAITER.prepare(b);
      }

      @Override
      void run(Bench b) {
        b.held.get(0).discard(CloseReason.BROKEN);
      }
    },
    DISCARD_AND_SUSPECT {
      @Override
      void prepare(Bench b) throws Exception {
        RELEASE_TO_WAITER.prepare(b);
      }

      @Override
      void run(Bench b) {
        b.held.get(0).discardAndSuspectOthers(true, "a test");
      }
    },
    RESIZE_DOWN {
      @Override
      void run(Bench b) {
        b.pool.resize(0, 1);
      }
    },
    RESIZE_UP {
      @Override
      void prepare(Bench b) throws Exception {
        RELEASE_TO_WAITER.prepare(b);
      }

      @Override
      void run(Bench b) {
        b.pool.resize(4, 5);
      }
    },
    REFRESH {
      @Override
      void run(Bench b) {
        b.pool.refresh();
      }
    },
    SUSPECT_ALL {
      @Override
      void run(Bench b) {
        b.pool.suspectAll("a test");
      }
    },
    SUSPEND_AND_RESUME {
      @Override
      void run(Bench b) {
        b.pool.suspend();
        try {
          b.futures.add(b.pool.acquireAsync(AcquireOptions.DEFAULT));
        } finally {
          b.pool.resume();
        }
      }
    },
    KEEPER {
      @Override
      void run(Bench b) {
        b.platform.pass(TimeUnit.SECONDS.toNanos(3));
      }
    },
    KEEPER_OF_LONG_LEASES {
      @Override
      void prepare(Bench b) throws Exception {
        b.held.add(b.pool.acquire());
      }

      @Override
      void run(Bench b) {
        b.platform.pass(TimeUnit.SECONDS.toNanos(8));
      }
    },
    LOOK {
      @Override
      void prepare(Bench b) throws Exception {
        b.held.add(b.pool.acquire());
      }

      @Override
      void run(Bench b) {
        b.pool.stats();
        b.pool.resources();
        b.pool.dump();
      }
    },
    CLOSE {
      @Override
      void prepare(Bench b) throws Exception {
        RELEASE_TO_WAITER.prepare(b);
      }

      @Override
      void run(Bench b) {
        b.pool.close(Duration.ofMillis(50));
      }
    };

    void prepare(Bench b) throws Exception {}

    abstract void run(Bench b) throws Exception;
  }

  private static final class Thing {
    boolean dead;
    boolean lent;
  }

  /** A fault, thrown by one call. */
  private static final class Injected {
    private Injected() {}

    static boolean is(Throwable e) {
      for (Throwable t = e; t != null; t = t.getCause()) {
        if (String.valueOf(t.getMessage()).contains("injected")) {
          return true;
        }
      }
      return false;
    }
  }

  /** A pool, and what fails in it. */
  private static final class Bench implements ResourceFactory<Thing> {
    final SimRandom random = new SimRandom(1);
    final EventPlatform platform = new EventPlatform(random::next);
    final Set<Thing> alive = new HashSet<>();
    final List<Lease<Thing>> held = new ArrayList<>();
    final List<CompletableFuture<Lease<Thing>>> futures = new ArrayList<>();
    final Pool<Thing, Lease<Thing>> pool;
    private final String target;
    private final Supplier<Throwable> fault;
    private final int inARow;
    private final Consumer<EventPlatform> misbehaviour;
    private int failAt = -1;
    private int calls;
    private int mostAlive;
    String failed = "";

    Bench(String target, String how) throws AcquireException {
      this.target = target;
      this.fault = fault(how);
      this.inARow = how.startsWith("overflows") ? 4 : 1;
      this.misbehaviour = misbehaviour(how);
      platform.tripwire = call -> touch(call.equals("execute") ? "workers" : "clock", call);
      PoolListener listener =
          (PoolListener)
              Proxy.newProxyInstance(
                  PoolListener.class.getClassLoader(),
                  new Class<?>[] {PoolListener.class},
                  (proxy, method, args) -> {
                    touch("listener", method.getName());
                    return null;
                  });
      PoolConfig config =
          PoolConfig.builder()
              .name("nth")
              .minSize(1)
              .maxSize(3)
              .acquireTimeout(Duration.ofSeconds(5))
              .healthCheckInterval(Duration.ofSeconds(1))
              .idleTimeout(Duration.ofSeconds(2))
              .leakThreshold(Duration.ofSeconds(3))
              .slowLeaseThreshold(Duration.ofSeconds(2))
              .slowAcquireThreshold(Duration.ofNanos(1))
              .backoffMax(Duration.ofSeconds(1))
              .build();
      pool = Pool.create(config, this, LeaseFactory.plain(), listener, platform);
    }

    private void touch(String kind, String call) {
      if (failAt < 0 || !kind.equals(target)) {
        return;
      }
      if (++calls >= failAt && calls < failAt + inARow) {
        failed = call;
        if (misbehaviour != null) {
          misbehaviour.accept(platform);
          return;
        }
        FailNthCallTest.<RuntimeException>sneak(fault.get());
      }
    }

    /** Uses a lease; should its end fail, it is ended once more at the end. */
    void use(Lease<Thing> lease) {
      held.add(lease);
      lease.close();
    }

    /** Fails the n-th call from now; returns whether it came. */
    boolean failing(int n, Operation operation) throws Exception {
      failAt = n;
      Interleaving.Hook before = Interleaving.hook;
      if (target.equals("step")) {
        Interleaving.hook = () -> touch("step", "of the engine's");
      }
      try {
        operation.run(this);
        platform.pass(TimeUnit.SECONDS.toNanos(1));
      } catch (AcquireException e) {
        // that is how an operation may fail
      } catch (Throwable e) {
        if (!Injected.is(e)) {
          throw e;
        }
      } finally {
        failAt = -1;
        Interleaving.hook = before;
      }
      return calls >= n;
    }

    @Override
    public Thing open(Duration timeout) {
      touch("factory", "open");
      Thing thing = new Thing();
      alive.add(thing);
      mostAlive = Math.max(mostAlive, alive.size());
      return thing;
    }

    @Override
    public boolean validate(Thing thing, ResourceInfo info, Duration timeout) {
      touch("factory", "validate");
      return !thing.dead;
    }

    @Override
    public boolean reset(Thing thing, ResourceInfo info) {
      touch("factory", "reset");
      return true;
    }

    @Override
    public void close(Thing thing) {
      alive.remove(thing);
      touch("factory", "close");
    }

    @Override
    public void abort(Thing thing) {
      alive.remove(thing);
      touch("factory", "abort");
    }

    @Override
    public boolean isPermanent(Throwable failure) {
      touch("factory", "isPermanent");
      return false;
    }

    @Override
    public String noun() {
      touch("factory", "noun");
      return "thing";
    }

    @Override
    public String describe(Thing thing) {
      touch("factory", "describe");
      return "";
    }

    /** The pool is in order and works; then it closes without a rest. */
    void checkOrder() throws Exception {
      held.forEach(Lease::close);
      platform.pass(LONG);
      for (CompletableFuture<Lease<Thing>> future : futures) {
        assertThat(future).as("a waiter is told").isDone();
        if (!future.isCompletedExceptionally()) {
          future.join().close();
        }
      }
      platform.pass(LONG);
      assertThat(mostAlive).as("resources alive at once").isLessThanOrEqualTo(5);
      Engine<Thing> engine = pool.engine();
      if (!target.equals("step")
          || !pool.isClosed()) { // the keeper puts it right, but has gone then
        assertThat(engine.core.signals.waiting()).as("waiting").isZero();
      }
      assertThat(engine.core.queue.nodes()).as("nodes in the queue").isLessThan(33);
      if (!pool.isClosed()) {
        checkWorks(engine);
        pool.close(Duration.ofSeconds(1));
      }
      platform.pass(LONG);
      assertThat(engine.core.slots.occupied()).as("slots left").isZero();
      assertThat(alive).as("resources left").isEmpty();
      assertThat(platform.anyChore()).as("the keeper is told").isFalse();
      assertThat(platform.uncaught).allMatch(Injected::is, "an injected failure");
    }

    private void checkWorks(Engine<Thing> engine) throws Exception {
      PoolStats stats = pool.stats();
      assertThat(stats.active()).as("active").isZero();
      assertThat(stats.size()).as("size").isEqualTo(stats.idle());
      assertThat(stats.size()).isBetween(stats.minSize(), stats.maxSize());
      assertThat(alive).as("alive").hasSize(stats.size());
      assertThat(engine.work.checking()).as("checking").isZero();
      List<Lease<Thing>> all = new ArrayList<>();
      for (int i = 0; i < stats.maxSize(); i++) {
        Lease<Thing> lease = pool.acquire();
        assertThat(lease.resource().lent).as("lent twice").isFalse();
        lease.resource().lent = true;
        all.add(lease);
      }
      assertThat(pool.tryAcquire()).isEmpty();
      for (Lease<Thing> lease : all) {
        lease.resource().lent = false;
        lease.close();
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable e) throws E {
    throw (E) e;
  }

  private static Stream<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Operation operation : Operation.values()) {
      for (String target : List.of("factory", "listener", "workers", "clock", "step")) {
        for (String kind : faultsOf(target)) {
          cases.add(Arguments.of(operation, target, kind));
        }
      }
    }
    return cases.stream();
  }

  private static List<String> faultsOf(String target) {
    return switch (target) {
      case "clock" -> List.of("leap", "back", "wall");
      case "step" -> List.of("overflow", "overflows");
      default -> List.of("exception", "error", "fatal");
    };
  }

  private static Supplier<Throwable> fault(String kind) {
    return switch (kind) {
      case "exception" -> () -> new IllegalStateException("injected");
      case "error" -> () -> new LinkageError("injected");
      case "overflow", "overflows" -> () -> new StackOverflowError("injected");
      default -> () -> new OutOfMemoryError("injected");
    };
  }

  /**
   * What a clock does, which cannot throw: time leaps ahead, one reading is of long ago, or
   * somebody sets the wall clock. A reading ahead of the next one is what the JVM's clock never
   * gives.
   */
  private static Consumer<EventPlatform> misbehaviour(String kind) {
    return switch (kind) {
      case "leap" -> platform -> platform.leap(LONG);
      case "back" -> platform -> platform.misread(-LONG);
      case "wall" -> platform -> platform.setWall(-LONG);
      default -> null;
    };
  }

  @ParameterizedTest(name = "{0}, {1}, {2}")
  @MethodSource("cases")
  void poolIsInOrderWhicheverCallFails(Operation operation, String target, String kind)
      throws Exception {
    for (int n = 1; n < MORE_CALLS_THAN_ANY_OPERATION_MAKES; n++) {
      Bench bench = new Bench(target, kind);
      Lease<Thing> first = bench.pool.acquire();
      bench.held.add(bench.pool.acquire());
      first.close();
      bench.held.remove(0).close();
      operation.prepare(bench);
      boolean failed;
      try {
        failed = bench.failing(n, operation);
        bench.checkOrder();
      } catch (Throwable e) {
        throw new AssertionError("call " + n + ", " + bench.failed + ": " + e.getMessage(), e);
      }
      if (!failed) {
        return;
      }
    }
    fail("the operation has no end");
  }
}
