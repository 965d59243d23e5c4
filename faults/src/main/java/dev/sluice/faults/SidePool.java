package dev.sluice.faults;

import dev.sluice.jdbc.Credentials;
import dev.sluice.jdbc.CredentialsSource;
import dev.sluice.jdbc.PoolStartException;
import dev.sluice.jdbc.Secret;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.StartPolicy;
import dev.sluice.testkit.FaultProxy;
import dev.sluice.testkit.FaultProxy.Accept;
import dev.sluice.testkit.StallMeter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A pool beside the one under test, for faults that must be there when a pool starts or ends. It
 * logs in as {@link SoakServer#SIDE_ROLE}. For the soak's thread.
 */
final class SidePool implements AutoCloseable {
  static final int SIZE = 2;

  private static final String NAME = "soak-side";

  /**
   * As docs/guarantees.md (9) has it: workers, as many that hang, one that logs, one that waits.
   */
  private static final int THREADS_MAX = 2 * SIZE + 2;

  /** Each of two hosts has its half of it, and drivers count whole seconds. */
  private static final Duration TWO_HOSTS = Duration.ofSeconds(4);

  private static final Duration PATIENCE = Duration.ofMillis(300);
  private static final CredentialsSource LOGIN =
      () -> Credentials.of(SoakServer.SIDE_ROLE, Secret.of(SoakServer.SIDE_PASSWORD));

  private final Soak soak;
  private @Nullable SluiceDataSource pool;
  private @Nullable FaultProxy silent;

  SidePool(Soak soak) {
    this.soak = soak;
  }

  private static SluiceBuilder at(String url) {
    return SoakPool.at(url, LOGIN, SIZE).name(NAME);
  }

  /** Starts while the database cannot be reached, which callers must be told in time. */
  void startRefused(StartPolicy policy) {
    try {
      pool = at(soak.url()).startPolicy(policy).build();
      if (policy == StartPolicy.FAIL_FAST) {
        soak.ledger().offence(soak.ledger().unexpected, "FAIL_FAST did not fail");
      }
      expectRefusal();
    } catch (PoolStartException e) {
      if (policy != StartPolicy.FAIL_FAST) {
        soak.ledger().offence(soak.ledger().unexpected, policy + " failed: " + e);
      }
    }
  }

  /** Starts, and demands what the server's certificate does not give. */
  void startDistrustful() {
    String url = soak.url().replace("127.0.0.1", "localhost");
    String trusted = soak.server().trustedCertificate().toString();
    pool = at(url + "?sslmode=verify-full&sslrootcert=" + trusted).build();
    expectRefusal();
  }

  /** Starts where nothing is in its way. */
  SluiceDataSource start() {
    SluiceDataSource started = at(soak.url()).build();
    pool = started;
    return started;
  }

  /** Starts at a host that accepts and stays silent, which callers must be told in time. */
  void startAtSilentHost() {
    pool = at(soak.server().urlBy(silentHost())).minSize(SIZE).build();
    expectRefusal();
  }

  /** Starts at such a host and at one that serves, which must be reached in the first attempt. */
  void startBehindSilentHost() {
    String hosts = "127.0.0.1:" + silentHost() + ",127.0.0.1:" + soak.proxy().port();
    String url = soak.url().replaceFirst("127\\.0\\.0\\.1:[0-9]+", hosts);
    SluiceDataSource started = at(url).openTimeout(TWO_HOSTS).build();
    pool = started;
    Attempt attempt = Attempt.at(started, TWO_HOSTS);
    soak.lateUnlessInTime(attempt);
    if (attempt.failure() != null) {
      soak.ledger()
          .offence(soak.ledger().notRecovered, "the second host did not serve: " + attempt);
    } else {
      giveBack(attempt);
    }
  }

  /** Refuses who waits while all is lent: a caller that blocks, and one with a future. */
  void refuseInTime() {
    SluiceDataSource exhausted = Objects.requireNonNull(pool);
    List<Attempt> holders =
        List.of(Attempt.at(exhausted, PATIENCE), Attempt.at(exhausted, PATIENCE));
    long start = StallMeter.now();
    CompletableFuture<Connection> future =
        exhausted.getConnectionAsync(AcquireOptions.DEFAULT.withTimeout(PATIENCE));
    expectRefusal();
    Duration limit = PATIENCE.plus(Promises.ACQUIRE_TOLERANCE);
    while (!future.isDone()) {
      Duration took = Duration.ofNanos(System.nanoTime() - start).minus(StallMeter.since(start));
      if (took.compareTo(limit) > 0) {
        soak.ledger().offence(soak.ledger().lateAnswers, "late: a future after " + took);
        future.cancel(false);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    for (Attempt holder : holders) {
      if (holder.failure() == null) {
        giveBack(holder);
      }
    }
  }

  private int silentHost() {
    FaultProxy proxy = FaultProxy.before(soak.server().process().port());
    proxy.accepting(Accept.SILENT);
    silent = proxy;
    return proxy.port();
  }

  /** Counts its threads, and those that a driver started for a login. */
  void countThreads() {
    List<String> all =
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith("sluice-" + NAME) || name.contains("JDBC driver conn"))
            .toList();
    if (all.size() > THREADS_MAX) {
      soak.ledger().offence(soak.ledger().unexpected, "threads of a silent host: " + all);
    }
  }

  /** Closes it without waiting for its borrowers. */
  void cutAndEnd() {
    SluiceDataSource ended = pool;
    if (ended != null) {
      ended.close(Duration.ZERO);
      close();
      soak.awaitGone(SoakServer.SIDE_ROLE, "a pool was closed under its borrowers");
    }
  }

  private void expectRefusal() {
    Attempt attempt = Attempt.at(Objects.requireNonNull(pool), PATIENCE);
    soak.lateUnlessInTime(attempt);
    if (attempt.failure() == null) {
      soak.ledger().offence(soak.ledger().unexpected, "it was served by what it must not accept");
      giveBack(attempt);
    }
  }

  private static void giveBack(Attempt attempt) {
    try {
      Objects.requireNonNull(attempt.connection()).close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** It serves, now that nothing is in its way; then it is closed, and the server agrees. */
  void serveAndEnd(SoakFault after) {
    SluiceDataSource ended = pool;
    if (ended != null) {
      if (silent != null) {
        silent.heal();
      }
      soak.awaitService(ended, after);
      close();
      soak.awaitGone(SoakServer.SIDE_ROLE, after.name());
    }
  }

  @Override
  public void close() {
    SluiceDataSource ended = pool;
    pool = null;
    if (ended != null) {
      ended.close();
    }
    if (silent != null) {
      silent.close();
      silent = null;
    }
  }
}
