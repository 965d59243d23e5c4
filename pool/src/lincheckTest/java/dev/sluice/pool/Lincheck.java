package dev.sluice.pool;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * How thoroughly the linearizability tests look: enough for every build by default, more with
 * {@code -Dlincheck.iterations=}.
 */
final class Lincheck {
  private Lincheck() {}

  /** Every interleaving of a few threads that one switch after another leads to, up to a number. */
  static ModelCheckingOptions modelChecking(
      int iterations, int invocations, Class<?> specification) {
    return new ModelCheckingOptions()
        .iterations(Integer.getInteger("lincheck.iterations", iterations))
        .invocationsPerIteration(Integer.getInteger("lincheck.invocations", invocations))
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(1)
        .sequentialSpecification(specification);
  }

  /** Real threads, as they happen to run. */
  static StressOptions stress(int iterations, int invocations, Class<?> specification) {
    return new StressOptions()
        .iterations(Integer.getInteger("lincheck.iterations", iterations))
        .invocationsPerIteration(Integer.getInteger("lincheck.invocations", invocations))
        .threads(3)
        .actorsPerThread(4)
        .actorsBefore(2)
        .actorsAfter(2)
        .sequentialSpecification(specification);
  }
}
