package dev.sluice.contract;

/** A kind of pool. */
@FunctionalInterface
public interface Subject {
  /**
   * Opens a pool.
   *
   * @throws NotOffered if this kind cannot be configured so
   */
  PoolUnderTest open(Settings settings) throws Exception;
}
