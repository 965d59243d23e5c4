package dev.sluice.bench;

import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.pools.Target;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One situation into which every pool is put. */
interface Scenario {
  /** The name on the command line. */
  String name();

  /** What happens, in one line, with what would be ideal where that is known. */
  String title();

  /**
   * What is measured, in the order of the table's columns; the first is what pools are ranked by.
   */
  List<Metric> metrics();

  /** Runs one pool once and waits for the result. */
  Sample run(PoolKind pool, Plan plan, Target target) throws Exception;

  /** Why it cannot run on this JVM, if so. */
  default Optional<String> obstacle() {
    return Optional.empty();
  }

  /** Whether it needs a real database instead of the stub driver. */
  default boolean needsDatabase() {
    return false;
  }

  /** Whether the variants of Sluice are shown here unless pools are named: what watching costs. */
  default boolean comparesVariants() {
    return false;
  }

  /** About how long one run takes, to tell the user beforehand. */
  Duration estimate(Plan plan);

  /** What a pool is compared by. */
  default Metric primary() {
    return metrics().get(0);
  }
}
