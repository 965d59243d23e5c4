package dev.sluice.proxy;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolConfig;

/** Makes the engine that lends a pool's servers; a simulation has one of its own. */
@FunctionalInterface
interface Engines {
  /** With threads, sockets and the clock of this machine. */
  Engines REAL = (terms, pool) -> Pool.create(terms, new ServerFactory(pool), ServerLease::new);

  Pool<ServerConnection, ServerLease> make(PoolConfig terms, ServerPool pool)
      throws AcquireException;
}
