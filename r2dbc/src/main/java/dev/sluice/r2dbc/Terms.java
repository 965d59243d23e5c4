package dev.sluice.r2dbc;

import dev.sluice.pool.PoolConfig;
import java.util.function.LongSupplier;

/** What all leases of a pool share. */
record Terms(
    PoolConfig config, Hooks hooks, Timer timer, LoopWatch loopWatch, LongSupplier nanoTime) {
  String poolName() {
    return config.name();
  }
}
