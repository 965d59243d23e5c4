package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.FakeResources.Thing;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pool tells its listeners, in the order in which it happens. */
class PoolListenerTest {
  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();
  private final List<String> heard = new ArrayList<>();

  /** Writes down what it hears. */
  private static class Scribe implements PoolListener {
    private final List<String> heard;

    Scribe(List<String> heard) {
      this.heard = heard;
    }

    @Override
    public void opened(long id, Duration took) {
      heard.add("opened " + id);
    }

    @Override
    public void invalidated(long id, String why) {
      heard.add("invalidated " + id + ": " + why);
    }

    @Override
    public void evicted(long id, CloseReason reason, Duration age) {
      heard.add("evicted " + id + " " + reason);
    }

    @Override
    public void closed(long id, Duration took) {
      heard.add("closed " + id + " in " + took.toMillis());
    }

    @Override
    public void acquired(long id, long use, Duration waited) {
      heard.add("acquired " + id + "." + use + " after " + waited.toMillis());
    }

    @Override
    public void released(long id, long use, Duration held) {
      heard.add("released " + id + "." + use + " after " + held.toMillis());
    }

    @Override
    public void exhausted(int size) {
      heard.add("exhausted " + size);
    }

    @Override
    public void queued(int waiting) {
      heard.add("queued " + waiting);
    }

    @Override
    public void acquireFailed(Kind kind, Duration waited) {
      heard.add("failed " + kind + " after " + waited.toMillis());
    }

    @Override
    public void leaked(LeaseInfo lease) {
      heard.add("leaked " + lease.id() + "." + lease.use());
    }

    @Override
    public void poolClosed(List<LeaseInfo> abandoned) {
      heard.add("pool closed");
    }
  }

  private static PoolConfig.Builder config() {
    return PoolConfig.builder()
        .name("told")
        .minSize(0)
        .maxSize(1)
        .validateAfterIdle(Duration.ofHours(1))
        .healthCheckInterval(Duration.ZERO)
        .keepaliveInterval(Duration.ZERO)
        .resumeGuard(false);
  }

  private Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config) throws Exception {
    return pool(config, new Scribe(heard));
  }

  private Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config, PoolListener... listeners)
      throws Exception {
    Engine<Thing> engine = new Engine<>(config.build(), resources, List.of(listeners), platform);
    return Pool.create(engine, LeaseFactory.plain());
  }

  // ---- which events belong together

  private static SafeListener safe(PoolListener listener) {
    SteppedPlatform platform = new SteppedPlatform();
    Announcer announcer = new Announcer("safe", platform, platform.workers("safe"));
    return new SafeListener(List.of(listener), config().build(), announcer);
  }

  @Test
  void leaseIsNamedByItsResourceAndItsUse() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    pool.acquire().close();
    heard.clear();

    Lease<Thing> second = pool.acquire();
    platform.pass(7);
    second.close();
    pool.acquire().close();

    assertThat(heard)
        .containsExactly(
            "acquired 1.2 after 0",
            "released 1.2 after 7",
            "acquired 1.3 after 0",
            "released 1.3 after 0");
  }

  @Test
  void leaseThatWasWaitedForIsTimedToo() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Lease<Thing> first = pool.acquire();
    CompletableFuture<Lease<Thing>> second = pool.acquireAsync(AcquireOptions.DEFAULT);
    platform.pass(30);
    heard.clear();

    first.close();
    platform.work();
    platform.pass(5);
    second.join().close();

    assertThat(heard)
        .containsExactly("released 1.1 after 30", "acquired 1.2 after 30", "released 1.2 after 5");
  }

  /** The queue of messages may be full, since a log handler blocks, while the keeper lends. */
  @Test
  void knownBug53AcquisitionIsToldThoughTheKeeperServesAndTheQueueIsFull() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Announcer announcer = pool.engine().core.announcer;
    pool.acquire().close();
    pool.suspend();
    CompletableFuture<Lease<Thing>> waiting = pool.acquireAsync(AcquireOptions.DEFAULT);
    heard.clear();

    announcer.say(
        () -> { // while this message is being told, others wait
          for (int i = 0; i < Announcer.CAPACITY; i++) {
            announcer.say(() -> {});
          }
          announcer.keeperEnters(platform.nanoTime());
          pool.resume();
          announcer.keeperLeaves();
          platform.work();
        });
    waiting.join().close();

    assertThat(heard).containsExactly("acquired 1.2 after 0", "released 1.2 after 0");
  }

  @Test
  void knownBug53AcquisitionAfterAWaitIsToldOnTheBorrowersThread() throws Exception {
    List<Thread> tellers = new CopyOnWriteArrayList<>();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void acquired(long id, long use, Duration waited) {
            tellers.add(Thread.currentThread());
          }
        };
    try (Pool<Thing, Lease<Thing>> pool =
        Pool.create(config().build(), resources, LeaseFactory.plain(), listener)) {
      Lease<Thing> first = pool.acquire();
      CompletableFuture<Thread> second =
          CompletableFuture.supplyAsync(
              () -> {
                try (Lease<Thing> lease = pool.acquire()) {
                  return lease.isHeld() ? Thread.currentThread() : new Thread();
                } catch (AcquireException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      while (pool.stats().waiting() == 0) {
        Thread.onSpinWait();
      }
      first.close();

      Thread borrower = second.join();
      assertThat(tellers).containsExactly(Thread.currentThread(), borrower);
    }
  }

  /** Its place must not be taken for one that a thread left behind when it died. */
  @ParameterizedTest
  @ValueSource(strings = {"acquired", "released"})
  void knownBug54ListenerThatTakesItsTimeCostsNoResource(String event) throws Exception {
    PoolListener slow =
        new PoolListener() {
          @Override
          public void acquired(long id, long use, Duration waited) {
            passIf(event.equals("acquired"));
          }

          @Override
          public void released(long id, long use, Duration held) {
            passIf(event.equals("released"));
          }
        };
    Pool<Thing, Lease<Thing>> pool = pool(config(), slow, new Scribe(heard));

    try (Lease<Thing> lease = pool.acquire()) {
      assertThat(lease.isHeld()).isTrue();
    }
    platform.work();
    pool.acquire().close();

    assertThat(heard).noneMatch(h -> h.startsWith("evicted"));
    assertThat(pool.stats().opened()).isEqualTo(1);
  }

  /** Lets the keeper look often, for longer than it leaves a place with a thread that died. */
  private void passIf(boolean wanted) {
    for (long millis = 0; wanted && millis < 3 * Lasting.BOUND / 1_000_000; millis += 50) {
      platform.pass(50);
    }
  }

  @Test
  void reportOfALeakNamesItsLease() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().leakThreshold(Duration.ofSeconds(10)));
    pool.acquire().close();
    Lease<Thing> second = pool.acquire();

    platform.pass(100);
    platform.pass(11_000);

    assertThat(heard).contains("leaked 1.2");
    second.close();
  }

  // ---- the end of a resource

  @Test
  void evictionComesBeforeTheCloseWhichIsTimed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    pool.acquire().close();
    resources.onClose = thing -> platform.pass(12);
    heard.clear();

    pool.refresh();
    platform.keep();
    assertThat(heard).containsExactly("evicted 1 EPOCH");
    platform.work();

    assertThat(heard).containsExactly("evicted 1 EPOCH", "closed 1 in 12");
  }

  @Test
  void closeThatHangsIsToldWhenItIsGivenUp() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().closeTimeout(Duration.ofMillis(500)));
    pool.acquire().close();
    pool.refresh();
    platform.keep();
    heard.clear();
    Runnable close = platform.tasks.remove();

    platform.pass(600); // the worker has not come to it
    platform.work(); // another one has come to the abort

    assertThat(heard).containsExactly("closed 1 in 500");
    close.run();
    assertThat(heard).hasSize(1);
  }

  @Test
  void failedCheckSaysWhy() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().validateAfterIdle(Duration.ZERO));
    pool.acquire().close();
    resources.onValidate =
        thing -> {
          if (thing.number == 1) {
            throw new IllegalStateException("gone");
          }
        };

    pool.acquire().close();

    assertThat(heard)
        .containsSubsequence(
            "invalidated 1: it failed its check: java.lang.IllegalStateException: gone",
            "evicted 1 INVALID");
  }

  @Test
  void checkThatHangsSaysSo() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(config().validateAfterIdle(Duration.ZERO).validationTimeout(Duration.ofMillis(500)));
    pool.acquire().close();
    CompletableFuture<Lease<Thing>> waiting = pool.acquireAsync(AcquireOptions.DEFAULT);

    platform.pass(600); // the worker has not come to it

    assertThat(heard).contains("evicted 1 HUNG", "invalidated 1: a call in it hung");
    platform.work();
    platform.pass(100);
    platform.work();
    waiting.join().close();
  }

  /** A lease whose borrower can say what became of the resource. */
  private static final class Frank extends Lease<Thing> {
    Frank(Slot<Thing> slot, long token) {
      super(slot, token);
    }
  }

  private Pool<Thing, Frank> frankPool() throws Exception {
    return Pool.create(
        new Engine<>(config().build(), resources, new Scribe(heard), platform), Frank::new);
  }

  @Test
  void resourceThatBrokeWithItsBorrowerSaysWhy() throws Exception {
    Pool<Thing, Frank> pool = frankPool();

    pool.acquire().discard(CloseReason.BROKEN, "it fell");
    platform.work();
    pool.acquire().discardAndSuspectOthers(false, "the server has gone");
    platform.work();
    pool.acquire().discard(CloseReason.DISCARDED);

    assertThat(heard)
        .containsSubsequence("released 1.1 after 0", "invalidated 1: it fell", "evicted 1 BROKEN")
        .containsSubsequence("invalidated 2: the server has gone", "evicted 2 BROKEN")
        .contains("evicted 3 DISCARDED")
        .noneMatch(event -> event.startsWith("invalidated 3"));
  }

  @Test
  void resourceThatCannotBeResetSaysWhy() throws Exception {
    Pool<Thing, Frank> pool = frankPool();
    resources.onReset =
        thing -> {
          throw new IllegalStateException("stained");
        };

    pool.acquire().releaseForReset();
    platform.work();

    assertThat(heard)
        .containsSubsequence(
            "invalidated 1: it could not be reset: java.lang.IllegalStateException: stained",
            "evicted 1 RESET_FAILED");
  }

  @Test
  void resourceThatItsFactoryDiscardsAfterAResetIsNoError() throws Exception {
    Pool<Thing, Frank> pool = frankPool();
    resources.keepsAfterReset = false;

    pool.acquire().releaseForReset();
    platform.work();

    assertThat(heard)
        .contains("evicted 1 DISCARDED")
        .noneMatch(event -> event.contains("invalidated") || event.contains("error"));
  }

  // ---- callers

  @Test
  void exhaustionIsToldOfTheFirstWhoWaitsAndAgainOnlyAfterNobodyDid() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Lease<Thing> lease = pool.acquire();
    heard.clear();

    CompletableFuture<Lease<Thing>> first = pool.acquireAsync(AcquireOptions.DEFAULT);
    CompletableFuture<Lease<Thing>> second = pool.acquireAsync(AcquireOptions.DEFAULT);
    assertThat(heard).containsExactly("queued 1", "exhausted 1", "queued 2");
    first.cancel(false);
    second.cancel(false);
    pool.acquireAsync(AcquireOptions.DEFAULT).cancel(false);

    assertThat(heard).filteredOn(event -> event.startsWith("exhausted")).hasSize(2);
    lease.close();
  }

  @Test
  void waitForTheFirstResourceIsNoExhaustion() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());

    pool.acquire().close();

    assertThat(heard).contains("queued 1").noneMatch(event -> event.startsWith("exhausted"));
  }

  @Test
  void failureTellsHowLongItsCallerWaited() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Lease<Thing> lease = pool.acquire();

    assertThatThrownBy(
            () -> CompletableFuture.runAsync(() -> acquireFor(pool, Duration.ofMillis(40))).join())
        .hasRootCauseInstanceOf(AcquireException.class);

    assertThat(heard).contains("failed EXHAUSTED after 40");
    lease.close();
  }

  private static void acquireFor(Pool<Thing, Lease<Thing>> pool, Duration timeout) {
    try {
      pool.acquire(AcquireOptions.DEFAULT.withTimeout(timeout));
    } catch (AcquireException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- who listens

  @Test
  void listenerCannotFailThePoolNorAnother() throws Exception {
    PoolListener rude =
        new PoolListener() {
          @Override
          public void opened(long id, Duration took) {
            throw new AssertionError("a listener's fault");
          }

          @Override
          public void acquired(long id, long use, Duration waited) {
            throw new IllegalStateException("a listener's fault");
          }
        };
    Pool<Thing, Lease<Thing>> pool = pool(config(), rude, new Scribe(heard));

    pool.acquire().close();

    assertThat(heard).contains("opened 1", "acquired 1.1 after 0");
  }

  /** A logger of the user's can fail like a listener of the user's. */
  @Test
  void listenerCannotFailThePoolThoughItsComplaintCannotBeLogged() throws Exception {
    PoolListener rude =
        new PoolListener() {
          @Override
          public void released(long id, long use, Duration held) {
            throw new IllegalStateException("a listener's fault");
          }
        };
    Pool<Thing, Lease<Thing>> pool = pool(config(), rude);
    Lease<Thing> lease = pool.acquire();
    try (PoolLog log = new PoolLog("told")) {
      log.fault =
          () -> {
            throw new IllegalStateException("a logger's fault");
          };
      lease.close();
    }

    assertThat(pool.stats().idle()).isEqualTo(1);
    assertThat(pool.stats().checking()).isZero();
  }

  /** What {@link Optionally} can do without. */
  public interface Elsewhere {}

  /** A listener that has a method for those who have more on their class path. */
  public static final class Optionally implements PoolListener {
    public void bindTo(Elsewhere elsewhere) {
      throw new AssertionError("nobody asks " + elsewhere);
    }
  }

  /** Has a class of its own for each of the names, but not {@link Elsewhere}. */
  private static final class Poorer extends ClassLoader {
    Poorer() {
      super(PoolListenerTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.equals(Elsewhere.class.getName())) {
        throw new ClassNotFoundException(name);
      }
      if (!name.equals(Optionally.class.getName())) {
        return super.loadClass(name, resolve);
      }
      try (var in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void listenerOfWhichNotAllClassesAreThereHearsThePool() throws Exception {
    PoolListener listener =
        (PoolListener)
            new Poorer()
                .loadClass(Optionally.class.getName())
                .getDeclaredConstructor()
                .newInstance();

    assertThat(safe(listener).present()).isTrue();
  }

  @Test
  void listenerIsToldOfWhichPoolItHears() throws Exception {
    PoolListener shared =
        new PoolListener() {
          @Override
          public PoolListener forPool(PoolConfig config) {
            List<String> own = new ArrayList<>();
            return new Scribe(own) {
              @Override
              public void poolClosed(List<LeaseInfo> abandoned) {
                heard.add(config.name() + ": " + own.get(0));
              }
            };
          }
        };

    pool(config().name("one"), shared).acquire().close();
    Pool<Thing, Lease<Thing>> two = pool(config().name("two"), shared);
    two.acquire().close();
    two.close();

    assertThat(heard).containsExactly("two: queued 1");
  }

  @Test
  void listenerThatWillNotHearAPoolIsLeftOutOfIt() throws Exception {
    PoolListener deaf =
        new PoolListener() {
          @Override
          public PoolListener forPool(PoolConfig config) {
            throw new IllegalStateException("a listener's fault");
          }
        };

    Pool<Thing, Lease<Thing>> pool = pool(config(), deaf);

    assertThat(pool.engine().core.listener.present()).isFalse();
    pool.acquire().close();
  }

  @Test
  void listenerThatHearsNoLeasesLeavesTheFastPathAlone() throws Exception {
    PoolListener ofLeaks =
        new PoolListener() {
          @Override
          public void leaked(LeaseInfo lease) {
            heard.add("leaked");
          }
        };
    Pool<Thing, Lease<Thing>> pool = pool(config(), ofLeaks);
    pool.acquire().close();
    Slot<Thing> slot = pool.engine().core.slots.all()[0];
    long heardAt = slot.heardAt;
    long roundabout = pool.engine().core.counters.cameBack.sum();
    platform.pass(1);

    pool.acquire().close();

    assertThat(slot.heardAt).isEqualTo(heardAt);
    assertThat(pool.engine().core.counters.cameBack.sum()).isEqualTo(roundabout);
    assertThat(safe(new Scribe(heard)).hearsLeases()).isTrue();
  }

  // ---- services

  /** A listener that is there as a service. */
  public static final class Everywhere implements PoolListener {
    static final List<String> HEARD = new CopyOnWriteArrayList<>();

    @Override
    public PoolListener forPool(PoolConfig config) {
      return new PoolListener() {
        @Override
        public void opened(long id, Duration took) {
          HEARD.add(config.name() + " opened " + id);
        }
      };
    }
  }

  @Test
  void serviceHearsEveryPoolBesideItsOwnListener(@TempDir Path services) throws Exception {
    Everywhere.HEARD.clear();
    List<String> own = new CopyOnWriteArrayList<>();

    withServices(
        services,
        "dev.sluice.pool.NoSuchListener\n" + Everywhere.class.getName() + "\n",
        () -> {
          try (Pool<Thing, Lease<Thing>> pool =
              resources.pool(config().name("any"), new Scribe(own))) {
            pool.acquire().close();
          }
        });

    assertThat(Everywhere.HEARD).containsOnlyOnce("any opened 1");
    assertThat(own).contains("opened 1");
  }

  @Test
  void serviceThatIsNoClassOfThisMachineIsNoReasonToHaveNoPool(@TempDir Path services)
      throws Exception {
    Path broken = services.resolve("broken/Listener.class");
    Files.createDirectories(broken.getParent());
    Files.writeString(broken, "not a class");

    withServices(
        services,
        "broken.Listener\n" + Everywhere.class.getName() + "\n",
        () -> {
          try (Pool<Thing, Lease<Thing>> pool = resources.pool(config().name("despite"))) {
            pool.acquire().close();
          }
        });

    assertThat(Everywhere.HEARD).contains("despite opened 1");
  }

  private interface Body {
    void run() throws Exception;
  }

  private static void withServices(Path folder, String names, Body body) throws Exception {
    Path list = folder.resolve("META-INF/services/" + PoolListener.class.getName());
    Files.createDirectories(list.getParent());
    Files.writeString(list, names);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, PoolListenerTest.class.getClassLoader())) {
      thread.setContextClassLoader(loader);
      body.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
