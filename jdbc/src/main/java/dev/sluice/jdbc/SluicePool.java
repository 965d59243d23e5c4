package dev.sluice.jdbc;

import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolStats;
import dev.sluice.pool.ResourceInfo;
import dev.sluice.pool.SizingAdvice;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * The figures and operations of one pool, whatever form of data source it has. Thread-safe.
 *
 * <p>It is an interface so that it is found through the proxies and decorators that frameworks put
 * around a data source: {@code dataSource.unwrap(SluicePool.class)}. {@link SluiceDataSource},
 * {@link SluiceDataSourceBean} and the views of a data source are one or lead to one. A {@link
 * ReadWriteDataSource} leads to its primary's. A {@link RoutingDataSource} has several: {@link
 * RoutingDataSource#pools}.
 */
public interface SluicePool extends DataSource {
  /** The pool's name. */
  String name();

  /** The configuration, including changes made at run time. */
  SluiceConfig config();

  /** The sizes, counters and histograms at this moment; takes no lock. */
  PoolStats stats();

  /** Lent connections plus waiting callers, divided by the maximum; 1 when just full. */
  double load();

  /** The connections in use, with their holders and the SQL that they last ran. */
  List<LeaseInfo> leases();

  /** All connections of the pool. */
  List<ResourceInfo> connections();

  /** Advice on {@code maxSize}, from the load that this pool measured. */
  SizingAdvice advice();

  /** A few lines for a thread dump: sizes, and each connection in use. */
  String dump();

  /**
   * Borrows a connection and checks it, within the timeout. Also returns true if all connections
   * are in use and the pool has not seen the database fail. Returns false if interrupted, with the
   * interrupt flag set.
   */
  boolean checkHealth(Duration timeout);

  /**
   * Changes the sizes; surplus connections in use are closed when they come back.
   *
   * @throws IllegalArgumentException if the sizes are invalid
   */
  void resize(int minSize, int maxSize);

  /** Replaces all connections opened before now: idle ones at once, others when they come back. */
  void refresh();

  /**
   * Closes the idle connections that a rule selects, and replaces them below the minimum.
   *
   * @param rule called for each idle connection, on the calling thread
   * @return how many are being closed
   */
  int evictIdle(Predicate<ResourceInfo> rule);

  /** Suspends lending: callers wait, up to their timeouts. Connections in use stay usable. */
  void suspend();

  /** Resumes lending; waiting callers are served in order. */
  void resume();

  /** Whether the pool is closed, or closing. */
  boolean isClosed();
}
