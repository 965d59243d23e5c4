package dev.sluice.bench.pools;

/** One way to build a pool. */
@FunctionalInterface
interface Peer {
  /** Opens a pool of the given shape; everything else stays at that pool's own defaults. */
  OpenPool open(PoolShape shape) throws Exception;
}
