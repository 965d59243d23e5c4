package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CachedCredentialsTest {
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");
  private static final Duration LIFE = Duration.ofMinutes(10);

  private final TwoClocks clocks = new TwoClocks();
  private final Deque<Runnable> background = new ArrayDeque<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final List<Credentials> rejected = new ArrayList<>();
  private Duration life = LIFE;
  private Exception failure;

  /** A wall clock and a steady one, which move together unless told otherwise. */
  static final class TwoClocks extends Clock {
    Instant wall = START;
    long nanos = Long.MAX_VALUE - 1_000; // It overflows on the way.
    private int troubleIn;
    private FailNthCallbackTest.ClockTrouble trouble;

    /** Has the n-th reading from now misbehave; 0 for none. */
    void troubleAt(int n, FailNthCallbackTest.ClockTrouble what) {
      troubleIn = n;
      trouble = what;
    }

    private void read() {
      if (troubleIn == 0 || --troubleIn > 0) {
        return;
      }
      switch (trouble) {
        case THROWS -> throw new IllegalStateException("injected");
        case THROWS_ERROR -> throw new NoClassDefFoundError("injected");
        case WALL_BACK -> wall = wall.minus(Duration.ofHours(24));
        case WALL_AHEAD -> wall = wall.plus(Duration.ofHours(24));
        case LEAP -> advance(Duration.ofHours(24));
      }
    }

    long steady() {
      read();
      return nanos;
    }

    void advance(Duration by) {
      wall = wall.plus(by);
      nanos += by.toNanos();
    }

    @Override
    public Instant instant() {
      read();
      return wall;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private final CredentialsSource source =
      new CredentialsSource() {
        @Override
        public Credentials get() throws Exception {
          if (failure != null) {
            throw failure;
          }
          Credentials fresh = Credentials.of("u", Secret.of("token" + calls.incrementAndGet()));
          return life == null ? fresh : fresh.expiringAt(clocks.wall.plus(life));
        }

        @Override
        public void rejected(Credentials refused) {
          rejected.add(refused);
        }
      };

  private final CachedCredentials cached =
      new CachedCredentials(source, "fallback", background::add, clocks, () -> clocks.nanos);

  @Test
  void credentialsWithoutExpiryAreAskedForEachTime() throws Exception {
    life = null;

    assertThat(password()).isEqualTo("token1");
    assertThat(password()).isEqualTo("token2");
  }

  @Test
  void credentialsAreKeptUntilShortlyBeforeTheyExpire() throws Exception {
    assertThat(password()).isEqualTo("token1");
    clocks.advance(LIFE.minusSeconds(61));
    assertThat(password()).isEqualTo("token1");

    assertThat(background).isEmpty();
  }

  @Test
  void theyAreRenewedAheadInTheBackgroundWhileTheOldOnesServe() throws Exception {
    password();
    clocks.advance(LIFE.minusSeconds(60));
    assertThat(password()).isEqualTo("token1");
    assertThat(password()).isEqualTo("token1");
    assertThat(background).hasSize(1);

    background.remove().run();

    assertThat(password()).isEqualTo("token2");
    assertThat(background).isEmpty();
  }

  @Test
  void shortLivedCredentialsAreRenewedInTheLastFifth() throws Exception {
    life = Duration.ofSeconds(10);
    password();
    clocks.advance(Duration.ofMillis(7_999));
    password();
    assertThat(background).isEmpty();

    clocks.advance(Duration.ofMillis(1));
    password();

    assertThat(background).hasSize(1);
  }

  @Test
  void aFailedRenewalLeavesTheOldOnesAndWaitsBeforeTheNext() throws Exception {
    password();
    clocks.advance(LIFE.minusSeconds(50));
    password();
    failure = new IOException("vault sealed");
    background.remove().run();
    assertThat(password()).isEqualTo("token1");
    assertThat(background).isEmpty();

    clocks.advance(CachedCredentials.RETRY_PAUSE);
    failure = null;
    password();
    background.remove().run();

    assertThat(password()).isEqualTo("token2");
  }

  @Test
  void aBackgroundThatRefusesWorkLeavesTheOldOnes() throws Exception {
    CachedCredentials refusing =
        new CachedCredentials(
            source,
            null,
            task -> {
              throw new RejectedExecutionException("full");
            },
            clocks,
            () -> clocks.nanos);
    refusing.get();
    clocks.advance(LIFE.minusSeconds(50));

    assertThat(refusing.get().password()).isEqualTo(Secret.of("token1"));
    clocks.advance(Duration.ofSeconds(50));
    assertThat(refusing.get().password()).isEqualTo(Secret.of("token2"));
  }

  @Test
  void expiredCredentialsAreNeverGivenOut() throws Exception {
    password();
    clocks.advance(LIFE);
    failure = new IOException("vault sealed");

    assertThatThrownBy(this::password).isSameAs(failure);
    failure = null;
    assertThat(password()).isEqualTo("token2");
  }

  @Test
  void aSuspendedMachineNoticesByTheWallClock() throws Exception {
    password();
    clocks.wall = clocks.wall.plus(LIFE);

    assertThat(password()).isEqualTo("token2");
  }

  @Test
  void aWallClockSetBackDoesNotKeepThemAlive() throws Exception {
    password();
    clocks.advance(LIFE);
    clocks.wall = START.minus(Duration.ofDays(1));

    assertThat(password()).isEqualTo("token2");
  }

  @Test
  void whatIsExpiredOnArrivalIsUsedOnceAndNotKept() throws Exception {
    life = Duration.ZERO;

    assertThat(password()).isEqualTo("token1");
    assertThat(password()).isEqualTo("token2");
  }

  @Test
  void anExpiryFarAwayDoesNotOverflow() throws Exception {
    CachedCredentials eternal =
        new CachedCredentials(
            () -> new Credentials("u", Secret.of("x"), Instant.MAX),
            null,
            background::add,
            clocks,
            () -> clocks.nanos);
    Credentials first = eternal.get();

    clocks.advance(Duration.ofDays(365));

    assertThat(eternal.get()).isSameAs(first);
    assertThat(background).isEmpty();
  }

  @Test
  void refusedCredentialsAreDroppedAndTheSourceIsTold() throws Exception {
    Credentials first = cached.get();

    cached.rejected(first);

    assertThat(rejected).containsExactly(first);
    assertThat(password()).isEqualTo("token2");
  }

  @Test
  void aLateRefusalOfOldCredentialsLeavesTheNewOnes() throws Exception {
    Credentials first = cached.get();
    cached.rejected(first);
    cached.get();

    cached.rejected(first);

    assertThat(password()).isEqualTo("token2");
  }

  @Test
  void theConfiguredUserStandsInWhereTheSourceNamesNone() throws Exception {
    CachedCredentials nameless =
        new CachedCredentials(
            () -> Credentials.of(null, Secret.of("x")),
            "fallback",
            background::add,
            clocks,
            () -> clocks.nanos);

    assertThat(nameless.get().user()).isEqualTo("fallback");
    assertThat(cached.get().user()).isEqualTo("u");
  }

  @Test
  void callersShareOneCallAndItsResult() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    CachedCredentials slow =
        new CachedCredentials(
            () -> {
              calls.incrementAndGet();
              called.countDown();
              answer.await();
              return new Credentials("u", Secret.of("x"), START.plus(LIFE));
            },
            null,
            background::add,
            clocks,
            () -> clocks.nanos);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Credentials>> results = new ArrayList<>();
      results.add(threads.submit(slow::get));
      assertThat(called.await(30, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < 3; i++) {
        results.add(threads.submit(slow::get));
      }
      answer.countDown();

      for (Future<Credentials> result : results) {
        assertThat(result.get(30, TimeUnit.SECONDS).user()).isEqualTo("u");
      }
      assertThat(calls).hasValue(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void nobodyJoinsACallThatHangs() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CachedCredentials hanging =
        new CachedCredentials(
            () -> {
              if (calls.incrementAndGet() == 1) {
                called.countDown();
                new CountDownLatch(1).await();
              }
              return new Credentials("u", Secret.of("x"), START.plus(LIFE));
            },
            null,
            background::add,
            clocks,
            () -> clocks.nanos);
    ExecutorService threads = Executors.newFixedThreadPool(1);
    try {
      Future<Credentials> first = threads.submit(hanging::get);
      assertThat(called.await(30, TimeUnit.SECONDS)).isTrue();
      clocks.advance(CachedCredentials.FLIGHT_LIMIT);

      assertThat(hanging.get().user()).isEqualTo("u");
      assertThat(first).isNotDone();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anInterruptedCallerDoesNotFailTheOthers() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CachedCredentials interrupted =
        new CachedCredentials(
            () -> {
              if (calls.incrementAndGet() == 1) {
                called.countDown();
                new CountDownLatch(1).await();
              }
              return new Credentials("u", Secret.of("x"), START.plus(LIFE));
            },
            null,
            background::add,
            clocks,
            () -> clocks.nanos);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Credentials> first = threads.submit(interrupted::get);
      assertThat(called.await(30, TimeUnit.SECONDS)).isTrue();
      Future<Credentials> second = threads.submit(interrupted::get);
      first.cancel(true);

      assertThat(second.get(30, TimeUnit.SECONDS).user()).isEqualTo("u");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aSourceThatGivesNothingIsAnError() {
    CachedCredentials empty =
        new CachedCredentials(() -> null, null, background::add, clocks, () -> clocks.nanos);

    assertThatThrownBy(empty::get).hasMessageContaining("the credentials source returned null");
  }

  private String password() throws Exception {
    return cached.get().password().reveal();
  }
}
