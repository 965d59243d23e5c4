package dev.sluice.jdbc;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.NestedAcquire;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.StartPolicy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Connections beside the pool, set up as its own, each for one borrower and closed after it. They
 * belong to a second engine that lends each of its connections once, so that opening, closing and
 * calls that hang are as bounded as in the pool. It is built when the first one is asked for.
 */
final class DedicatedConnections {
  /** How many there may be at once. */
  static final int MOST = 64;

  private static final String SUFFIX = "-dedicated";

  /** How many characters the name of a pool may have. */
  private static final int NAME_MAX = 100;

  /** Soon, if its borrower gave up while it was being opened. */
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(1);

  private final Pool<PhysicalConnection, SluiceConnection> beside;
  private final JdbcResourceFactory connections;

  /** Held while the engine is built or given up, and never while it works. */
  private final ReentrantLock lock = new ReentrantLock();

  private @Nullable Borrowing borrowing;
  private boolean closed;

  DedicatedConnections(
      Pool<PhysicalConnection, SluiceConnection> beside, JdbcResourceFactory connections) {
    this.beside = beside;
    this.connections = connections;
  }

  /** Opens one. */
  SluiceConnection open(SluiceConfig config) throws SQLException {
    return borrowing(config).acquire(AcquireOptions.DEFAULT);
  }

  private Borrowing borrowing(SluiceConfig config) throws SQLException {
    lock.lock();
    try {
      if (closed || beside.isClosed()) {
        throw new PoolClosedException("pool '" + beside.config().name() + "' is closed.", null);
      }
      Borrowing known = borrowing;
      if (known == null) {
        known = new Borrowing(build(config));
        borrowing = known;
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private Pool<PhysicalConnection, SluiceConnection> build(SluiceConfig config)
      throws SQLException {
    PoolConfig like = beside.config();
    boolean fits = like.name().length() + SUFFIX.length() <= NAME_MAX;
    PoolConfig each =
        like.toBuilder()
            .name(fits ? like.name() + SUFFIX : like.name())
            .minSize(0)
            .minSpare(0)
            .maxSize(MOST)
            .maxOverflow(0)
            .reserveSize(0)
            .warmUp(0)
            .maxWaiters(0)
            .startPolicy(StartPolicy.LAZY)
            .maxUses(1)
            .maxLifetime(Duration.ZERO)
            .idleTimeout(IDLE_TIMEOUT)
            .leakReclaim(false)
            .leakThreshold(Duration.ZERO)
            .slowLeaseThreshold(Duration.ZERO)
            .nestedAcquire(NestedAcquire.ALLOW)
            .build();
    try {
      return Pool.create(each, connections, Lending.handles(config.strictClose()));
    } catch (AcquireException e) {
      throw AcquireFailures.of(e);
    }
  }

  /** Cuts all that are open, and lets nobody open another; returns what was cut. */
  List<LeaseInfo> close() {
    Borrowing known;
    lock.lock();
    try {
      closed = true;
      known = borrowing;
    } finally {
      lock.unlock();
    }
    if (known == null) {
      return List.of();
    }
    // First cut them: they are meant to end with the pool, and close would warn of their leases.
    List<LeaseInfo> cut = new ArrayList<>(known.pool.evictAll());
    cut.addAll(known.pool.close(Duration.ZERO));
    return List.copyOf(cut);
  }
}
