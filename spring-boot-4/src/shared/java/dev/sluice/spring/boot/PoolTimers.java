package dev.sluice.spring.boot;

import dev.sluice.pool.PoolListener;

/** Makes the listener that times each lease of a pool; a type that needs no Micrometer. */
interface PoolTimers {
  /** A listener for a pool that is about to be built. */
  PoolListener create();
}
