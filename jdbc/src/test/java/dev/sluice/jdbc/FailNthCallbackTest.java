package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.PoolListener;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The first, the second, the third call that a pool makes to its credentials source or to one of
 * its listeners fails; afterwards the pool must be in order and serve.
 */
class FailNthCallbackTest {
  private static final int MORE_CALLS_THAN_ARE_MADE = 200;

  /** What a call throws. */
  enum Thrown {
    IO(false),
    SQL(false),
    RUNTIME(false),
    LINKAGE(false),
    OUT_OF_MEMORY(true);

    /** Told to the thread's handler as well, and never put behind another failure. */
    final boolean fatal;

    Thrown(boolean fatal) {
      this.fatal = fatal;
    }

    Throwable make() {
      return switch (this) {
        case IO -> new IOException("injected");
        case SQL -> new SQLException("injected", "08001");
        case RUNTIME -> new IllegalStateException("injected");
        case LINKAGE -> new NoClassDefFoundError("injected");
        case OUT_OF_MEMORY -> new OutOfMemoryError("injected");
      };
    }
  }

  /** Counts calls and throws at one of them. */
  private static final class Tripwire {
    private final int at;
    private final Thrown thrown;
    private final AtomicInteger calls = new AtomicInteger();

    Tripwire(int at, Thrown thrown) {
      this.at = at;
      this.thrown = thrown;
    }

    void touch() {
      if (calls.incrementAndGet() == at) {
        FailNthCallbackTest.<RuntimeException>sneak(thrown.make());
      }
    }

    boolean reached() {
      return calls.get() >= at;
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable e) throws E {
    throw (E) e;
  }

  /** A source of passwords that changes to the next one when one is refused. */
  private static final class Vault implements CredentialsSource {
    private final Tripwire tripwire;
    private final Duration life;
    private volatile String password = "first";

    Vault(Tripwire tripwire, Duration life) {
      this.tripwire = tripwire;
      this.life = life;
    }

    @Override
    public Credentials get() {
      tripwire.touch();
      Credentials now = Credentials.of("app", Secret.of(password));
      return life.isZero() ? now : now.expiringAt(Instant.now().plus(life));
    }

    @Override
    public void rejected(Credentials refused) {
      tripwire.touch();
      password = "second";
    }
  }

  private static SluiceBuilder pool(FakeDatabase db) {
    return Sluice.dataSource(db.url())
        .name("nth")
        .minSize(0)
        .maxSize(2)
        .acquireTimeout(Duration.ofMillis(500))
        .backoffMin(Duration.ofMillis(1))
        .backoffMax(Duration.ofMillis(2))
        .drainTimeout(Duration.ZERO);
  }

  /** Whether it was served; what fails must fail as a SQLException does. */
  private static boolean use(SluiceDataSource pool, List<SQLException> failures) {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      return statement.execute("SELECT 1");
    } catch (SQLException e) {
      failures.add(e);
      return false;
    }
  }

  private static void checkOrder(FakeDatabase db, SluiceDataSource pool, String when) {
    List<SQLException> failures = new ArrayList<>();
    Eventually.await(() -> use(pool, failures), () -> when + ": it serves again: " + failures);
    Eventually.await(
        () -> {
          var s = pool.stats();
          return s.size() == s.idle() && s.waiting() == 0 && db.heldByClient() == s.size();
        },
        () -> when + ": in order: " + pool.stats() + ", held " + db.heldByClient());
    assertThat(pool.stats().opened() - pool.stats().closedTotal())
        .as(when)
        .isEqualTo(pool.stats().size());
    assertThat(db.mostOpen()).as(when).isLessThanOrEqualTo(2);
    assertThat(db.violations()).as(when).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Thrown.class)
  void sourceThatFailsAtItsNthCallIsTheCauseOnceAndNoMore(Thrown thrown) throws Exception {
    boolean reached = true;
    for (int n = 1; reached && n < MORE_CALLS_THAN_ARE_MADE; n++) {
      Tripwire tripwire = new Tripwire(n, thrown);
      List<SQLException> failures = new ArrayList<>();
      try (FakeDatabase db = FakeDatabase.create();
          SluiceDataSource pool =
              pool(db).credentials(new Vault(tripwire, Duration.ZERO)).build()) {
        db.requireLogin("app", "first");
        for (int i = 0; i < 3; i++) {
          use(pool, failures);
          pool.refresh();
        }

        checkOrder(db, pool, thrown + " at call " + n);

        reached = tripwire.reached();
        assertThat(failures)
            .allSatisfy(e -> assertThat((Throwable) e).hasStackTraceContaining("injected"));
        assertThat(pool.stats().openFailures()).isEqualTo(reached ? 1 : 0);
      }
    }
    assertThat(reached).as("the loop came to its end").isFalse();
  }

  /** Fetched, and renewed again and again in the background, of which each call may fail. */
  @ParameterizedTest
  @EnumSource(Thrown.class)
  void renewalAheadThatFailsAtTheNthCallLeavesTheOldCredentialsAtWork(Thrown thrown)
      throws Exception {
    Duration life = Duration.ofHours(1);
    for (int n = 1; n < MORE_CALLS_THAN_ARE_MADE; n++) {
      CachedCredentialsTest.TwoClocks clocks = new CachedCredentialsTest.TwoClocks();
      Tripwire tripwire = new Tripwire(n, thrown);
      List<Runnable> background = new ArrayList<>();
      AtomicInteger made = new AtomicInteger();
      CachedCredentials cached =
          new CachedCredentials(
              () -> {
                tripwire.touch();
                return new Credentials(
                    "u", Secret.of("token" + made.incrementAndGet()), clocks.wall.plus(life));
              },
              null,
              background::add,
              clocks,
              () -> clocks.nanos);
      String first = password(cached);
      assertThat(first)
          .as("the only call of the first acquisition")
          .isEqualTo(n == 1 ? null : "token1");

      for (int step = 0; step < 4; step++) {
        clocks.advance(step % 2 == 0 ? life.minusSeconds(30) : Duration.ofSeconds(10));
        password(cached);
        List<Runnable> due = List.copyOf(background);
        background.clear();
        assertThat(due).as("one renewal at a time").hasSizeLessThanOrEqualTo(1);
        due.forEach(task -> runAsAThreadWould(task, thrown));
      }

      if (!tripwire.reached()) {
        assertThat(n).as("the first call and a renewal were tried").isGreaterThan(2);
        return;
      }
      assertThat(password(cached)).isNotNull();
      clocks.advance(life.multipliedBy(2));
      int before = made.get();
      assertThat(password(cached))
          .as("never one that is expired")
          .isEqualTo("token" + (before + 1));
    }
  }

  private static String password(CachedCredentials cached) {
    try {
      return cached.get().password().reveal();
    } catch (Throwable e) {
      assertThat(e).hasMessage("injected");
      return null;
    }
  }

  private static void runAsAThreadWould(Runnable task, Thrown thrown) {
    try {
      task.run();
    } catch (Error e) {
      assertThat(thrown.fatal).as("told to the thread's handler: " + e).isTrue();
    }
  }

  /** The clocks of the cache, which cannot fail in earnest, misread or set at each of its calls. */
  @ParameterizedTest
  @EnumSource(ClockTrouble.class)
  void clockThatMisbehavesAtItsNthReadingNeverKeepsExpiredCredentials(ClockTrouble trouble) {
    for (int n = 1; n <= 12; n++) {
      CachedCredentialsTest.TwoClocks clocks = new CachedCredentialsTest.TwoClocks();
      Duration life = Duration.ofMinutes(10);
      AtomicInteger made = new AtomicInteger();
      clocks.troubleAt(n, trouble);
      CachedCredentials cached =
          new CachedCredentials(
              () ->
                  new Credentials(
                      "u", Secret.of("token" + made.incrementAndGet()), clocks.wall.plus(life)),
              null,
              Runnable::run,
              clocks,
              clocks::steady);
      for (int i = 0; i < 4; i++) {
        password(cached);
        clocks.advance(Duration.ofMinutes(3));
      }

      clocks.troubleAt(0, trouble);
      clocks.advance(Duration.ofHours(30)); // further than any jump
      int before = made.get();

      assertThat(password(cached)).as("at reading " + n).isEqualTo("token" + (before + 1));
      assertThat(password(cached)).as("and it is kept").isEqualTo("token" + (before + 1));
    }
  }

  /** What a clock does at one reading. */
  enum ClockTrouble {
    THROWS,
    THROWS_ERROR,
    WALL_BACK,
    WALL_AHEAD,
    LEAP
  }

  @ParameterizedTest
  @EnumSource(Thrown.class)
  void sourceThatFailsAfterARefusalLeavesTheRefusalToBeTold(Thrown thrown) throws Exception {
    boolean reached = true;
    for (int n = 2; reached && n < MORE_CALLS_THAN_ARE_MADE; n++) { // the first is another's case
      Tripwire tripwire = new Tripwire(n, thrown);
      List<SQLException> failures = new ArrayList<>();
      try (FakeDatabase db = FakeDatabase.create();
          SluiceDataSource pool =
              pool(db).credentials(new Vault(tripwire, Duration.ofHours(1))).build()) {
        db.requireLogin("app", "second");

        use(pool, failures);
        reached = tripwire.reached();

        if (!thrown.fatal) { // after which it is just tried again
          assertThat(failures)
              .as("told as what it is")
              .hasSize(reached ? 1 : 0)
              .allSatisfy(e -> assertThat(e.getSQLState()).startsWith("28"));
        }
        checkOrder(db, pool, thrown + " at call " + n);
        assertThat(tripwire.calls.get()).as("calls, no storm of them").isLessThan(12);
      }
    }
    assertThat(reached).as("the loop came to its end").isFalse();
  }

  /** What the pool is made to do while one of its listener's calls fails. */
  private static void allThereIsToTell(FakeDatabase db, SluiceDataSource pool) throws SQLException {
    List<SQLException> failures = new ArrayList<>();
    use(pool, failures);
    try (Connection dirty = pool.getConnection()) {
      dirty.setSchema("other");
    }
    try (Connection broken = pool.getConnection();
        Statement statement = broken.createStatement()) {
      statement.execute("FAIL 57P01");
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("57P01");
    }
    pool.resize(0, 1);
    pool.suspend();
    pool.getConnectionAsync().cancel(false);
    pool.resume();
    pool.resize(0, 2);
    pool.refresh();
    db.goDown();
    try {
      pool.getConnection(Duration.ofMillis(20)).close();
    } catch (SQLException e) {
      failures.add(e);
    }
    db.comeUp();
    Eventually.await(() -> use(pool, failures), () -> "it serves again: " + failures);
  }

  /** A listener that fails keeps neither the pool from its work nor the next one from the news. */
  @ParameterizedTest
  @EnumSource(
      value = Thrown.class,
      names = {"RUNTIME", "LINKAGE", "OUT_OF_MEMORY"})
  void listenerThatFailsAtItsNthCallChangesNothing(Thrown thrown) throws Exception {
    boolean reached = true;
    for (int n = 1; reached && n < MORE_CALLS_THAN_ARE_MADE; n++) {
      Tripwire tripwire = new Tripwire(n, thrown);
      List<String> told = new CopyOnWriteArrayList<>();
      List<String> other = new CopyOnWriteArrayList<>();
      try (FakeDatabase db = FakeDatabase.create()) {
        try (SluiceDataSource pool =
            pool(db)
                .listener(listener(told, tripwire))
                .listener(listener(other, new Tripwire(0, thrown)))
                .build()) {
          allThereIsToTell(db, pool);

          checkOrder(db, pool, thrown + " at call " + n);
        }
        assertThat(db.heldByClient()).as("after the end").isZero();
      }
      reached = tripwire.reached();
      String when = thrown + " at call " + n;
      Eventually.await(
          () -> sorted(told).equals(sorted(other)), () -> when + ": " + told + " and " + other);
    }
    assertThat(reached).as("the loop came to its end").isFalse();
  }

  private static List<String> sorted(List<String> calls) {
    return calls.stream().sorted().toList();
  }

  private static PoolListener listener(List<String> told, Tripwire tripwire) {
    return (PoolListener)
        Proxy.newProxyInstance(
            PoolListener.class.getClassLoader(),
            new Class<?>[] {PoolListener.class},
            (self, method, arguments) -> {
              if (method.getDeclaringClass() == Object.class) {
                try {
                  return method.invoke(told, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              }
              if (method.getName().equals("forPool")) {
                return self; // or else there would be nobody to tell
              }
              told.add(method.getName());
              tripwire.touch();
              return null;
            });
  }
}
