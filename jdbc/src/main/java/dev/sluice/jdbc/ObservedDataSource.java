package dev.sluice.jdbc;

import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolStats;
import dev.sluice.pool.ResourceInfo;
import dev.sluice.pool.SizingAdvice;
import java.util.List;

/**
 * The figures of the pool behind a data source. They can be read at any time, also after its end.
 */
abstract class ObservedDataSource extends PoolDataSource implements SluicePool {
  abstract Pool<PhysicalConnection, SluiceConnection> pool();

  /** The pool's name. */
  @Override
  public String name() {
    return config().pool().name();
  }

  /** The sizes, counters and histograms at this moment; takes no lock. */
  @Override
  public PoolStats stats() {
    return pool().stats();
  }

  /**
   * How busy the pool is: lent connections plus waiting callers, divided by the maximum; 1 when
   * just full.
   */
  @Override
  public double load() {
    return pool().load();
  }

  /**
   * Like {@link #stats}, and resets the counters and histograms. No event is lost or counted twice
   * between two calls. Calls wait for each other, not for borrowers.
   */
  public PoolStats statsAndReset() {
    return pool().statsAndReset();
  }

  /** The connections in use, with their holders and the SQL that they last ran. */
  @Override
  public List<LeaseInfo> leases() {
    return pool().leases(false);
  }

  /**
   * Like {@link #leases()}, with the holders' current stacks, which stops each thread for a moment.
   */
  public List<LeaseInfo> leasesWithStacks() {
    return pool().leases(true);
  }

  /** All connections of the pool. */
  @Override
  public List<ResourceInfo> connections() {
    return pool().resources();
  }

  /** Advice on {@code maxSize}, from the load that this pool measured: {@link SizingAdvice}. */
  @Override
  public SizingAdvice advice() {
    return pool().advice();
  }

  /** A few lines for a thread dump: sizes, and each connection in use. */
  @Override
  public String dump() {
    return pool().dump();
  }
}
