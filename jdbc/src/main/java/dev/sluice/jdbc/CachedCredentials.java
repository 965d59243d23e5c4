package dev.sluice.jdbc;

import dev.sluice.jdbc.config.DurationText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Caches a source's credentials until shortly before they expire. Thread-safe.
 *
 * <p>Credentials without an expiry are not cached. The others are renewed in the background once
 * less than a fifth of their time is left (a minute at most). If that fails, the old ones stay in
 * use until they expire, and the next attempt comes after a pause. Callers that find nothing cached
 * share one call to the source. No caller waits for a call that is older than {@link
 * #FLIGHT_LIMIT}; it starts another one. Expiry is judged both by the wall clock, which keeps
 * running while a machine is suspended, and by the time since the credentials came, which nobody
 * can set.
 */
final class CachedCredentials implements CredentialsSource {
  /** How long callers wait for another's call to the source before they make their own. */
  static final Duration FLIGHT_LIMIT = Duration.ofSeconds(10);

  /** The pause after a failed renewal in the background. */
  static final Duration RETRY_PAUSE = Duration.ofSeconds(5);

  private static final Duration MOST_AHEAD = Duration.ofMinutes(1);

  private final CredentialsSource source;
  private final @Nullable String user;
  private final Executor background;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final AtomicReference<@Nullable Kept> kept = new AtomicReference<>();
  private final AtomicReference<@Nullable Flight> flight = new AtomicReference<>();
  private final AtomicReference<@Nullable Long> noRenewalBefore = new AtomicReference<>();

  /** Credentials with the times, in nanoseconds, of renewal and expiry. */
  private record Kept(Credentials credentials, long renewAt, long expireAt) {}

  /** A call to the source in flight, and when it began. */
  private static final class Flight {
    final CompletableFuture<Credentials> result = new CompletableFuture<>();
    final long since;

    Flight(long since) {
      this.since = since;
    }
  }

  CachedCredentials(
      CredentialsSource source,
      @Nullable String user,
      Executor background,
      Clock clock,
      LongSupplier nanoTime) {
    this.source = source;
    this.user = user;
    this.background = background;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /** A cache on the real clock. If the source names no user, {@code user} is used. */
  static CredentialsSource of(CredentialsSource source, @Nullable String user) {
    return new CachedCredentials(
        source, user, CachedCredentials::onThread, Clock.systemUTC(), System::nanoTime);
  }

  private static void onThread(Runnable task) {
    Thread thread = new Thread(task, "sluice-credentials");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public Credentials get() throws Exception {
    Kept current = kept.get();
    long now = nanoTime.getAsLong();
    if (current == null || isExpired(current, now)) {
      return fetch();
    }
    if (now - current.renewAt() >= 0) {
      renew(now);
    }
    return current.credentials();
  }

  @Override
  public void rejected(Credentials refused) {
    Kept current = kept.get();
    if (current != null && current.credentials().sameLogin(refused)) {
      kept.compareAndSet(current, null);
    }
    source.rejected(refused);
  }

  private boolean isExpired(Kept kept, long now) {
    Instant expiry = kept.credentials().expiresAt();
    return now - kept.expireAt() >= 0 || (expiry != null && !clock.instant().isBefore(expiry));
  }

  /** Joins the call in flight, or makes one. */
  private Credentials fetch() throws Exception {
    while (true) {
      Flight other = flight.get();
      long now = nanoTime.getAsLong();
      if (other == null || now - other.since >= FLIGHT_LIMIT.toNanos()) {
        Flight own = new Flight(now);
        if (flight.compareAndSet(other, own)) {
          return fly(own);
        }
      } else {
        Credentials joined = join(other, now);
        if (joined != null) {
          return joined;
        }
      }
    }
  }

  /** Waits for another's call; null if it takes too long. */
  private static @Nullable Credentials join(Flight other, long now) throws Exception {
    try {
      long left = FLIGHT_LIMIT.toNanos() - (now - other.since);
      return other.result.get(left, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (CancellationException e) {
      return null; // Its caller was interrupted, which says nothing about the source.
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  private Credentials fly(Flight own) throws Exception {
    try {
      Credentials fresh =
          complete(Objects.requireNonNull(source.get(), "the credentials source returned null"));
      keep(fresh);
      own.result.complete(fresh);
      return fresh;
    } catch (InterruptedException e) {
      own.result.cancel(false);
      throw e;
    } catch (Throwable e) {
      own.result.completeExceptionally(e);
      throw e;
    } finally {
      flight.compareAndSet(own, null);
    }
  }

  private Credentials complete(Credentials fresh) {
    return fresh.user() == null && user != null
        ? new Credentials(user, fresh.password(), fresh.expiresAt())
        : fresh;
  }

  private void keep(Credentials fresh) {
    Instant expiry = fresh.expiresAt();
    if (expiry == null) {
      kept.set(null);
      return;
    }
    Duration left = Duration.between(clock.instant(), expiry);
    if (left.isNegative() || left.isZero()) {
      kept.set(null);
      return;
    }
    Duration bounded = left.compareTo(DurationText.LONGEST) > 0 ? DurationText.LONGEST : left;
    Duration fifth = bounded.dividedBy(5);
    Duration ahead = fifth.compareTo(MOST_AHEAD) > 0 ? MOST_AHEAD : fifth;
    long now = nanoTime.getAsLong();
    kept.set(new Kept(fresh, now + bounded.minus(ahead).toNanos(), now + bounded.toNanos()));
  }

  /**
   * Fetches new credentials in the background, unless a renewal is in flight or has just failed.
   */
  private void renew(long now) {
    Long notBefore = noRenewalBefore.get();
    Flight other = flight.get();
    boolean busy = other != null && now - other.since < FLIGHT_LIMIT.toNanos();
    Flight own = new Flight(now);
    if (busy || (notBefore != null && now - notBefore < 0) || !flight.compareAndSet(other, own)) {
      return;
    }
    try {
      background.execute(() -> renewNow(own));
    } catch (RuntimeException | Error e) {
      flight.compareAndSet(own, null);
      own.result.cancel(false);
      failedRenewal(e);
    }
  }

  private void renewNow(Flight own) {
    try {
      fly(own);
      noRenewalBefore.set(null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      failedRenewal(e);
      if (e instanceof VirtualMachineError error) {
        throw error;
      }
    }
  }

  private void failedRenewal(Throwable e) {
    noRenewalBefore.set(nanoTime.getAsLong() + RETRY_PAUSE.toNanos());
    // Only the class, because a source's message might contain a secret.
    Log.warning(
        "credentials could not be renewed ahead of their expiry: " + e.getClass().getName());
  }
}
