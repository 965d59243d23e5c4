package dev.sluice.bench;

import java.time.Duration;
import java.util.Properties;

/**
 * How long everything is measured.
 *
 * @param rounds how often each pool runs each scenario, each time in a new JVM; at least 1
 * @param warmUp how long a crowd runs before it is measured; a driver is compiled only after 4 s
 *     and more where the callers leave the compiler little of the processors
 * @param measure how long a crowd is measured
 * @param fresh how long a crowd is measured that has had no time to warm up
 * @param coldStarts JVMs that are started for one figure of a cold start
 * @param iteration how long one iteration of JMH lasts
 * @param warmUps iterations before JMH measures
 * @param iterations iterations that JMH measures
 * @param rest the rest of a pool before a burst
 * @param burstRounds how often a pool is warmed before a burst
 * @param idleTimeout the idle timeout under light load
 * @param patience how long a pool may take to shrink under light load
 */
record Plan(
    int rounds,
    Duration warmUp,
    Duration measure,
    Duration fresh,
    int coldStarts,
    Duration iteration,
    int warmUps,
    int iterations,
    Duration rest,
    int burstRounds,
    Duration idleTimeout,
    Duration patience) {

  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration FRESH = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** One round, shorter than is needed for figures that one would publish. */
  static final Plan QUICK =
      new Plan(
          1,
          Duration.ofMillis(1_000),
          Duration.ofMillis(2_000),
          FRESH,
          3,
          Duration.ofMillis(500),
          3,
          3,
          Duration.ofSeconds(1),
          20,
          IDLE_TIMEOUT,
          PATIENCE);

  /** Three rounds. */
  static final Plan NORMAL =
      new Plan(
          3,
          Duration.ofSeconds(6),
          Duration.ofSeconds(3),
          FRESH,
          5,
          Duration.ofSeconds(1),
          3,
          3,
          Duration.ofSeconds(1),
          20,
          IDLE_TIMEOUT,
          PATIENCE);

  /** Five rounds, longer ones. */
  static final Plan FULL =
      new Plan(
          5,
          Duration.ofSeconds(8),
          Duration.ofSeconds(4),
          FRESH,
          9,
          Duration.ofSeconds(2),
          3,
          5,
          Duration.ofSeconds(1),
          20,
          IDLE_TIMEOUT,
          PATIENCE);

  Plan withRounds(int rounds) {
    return new Plan(
        rounds,
        warmUp,
        measure,
        fresh,
        coldStarts,
        iteration,
        warmUps,
        iterations,
        rest,
        burstRounds,
        idleTimeout,
        patience);
  }

  /** This plan with crowds measured for {@code measure}, and JMH for as long in all. */
  Plan withMeasure(Duration measure) {
    return new Plan(
        rounds,
        warmUp,
        measure,
        fresh,
        coldStarts,
        measure.dividedBy(iterations),
        warmUps,
        iterations,
        rest,
        burstRounds,
        idleTimeout,
        patience);
  }

  void write(Properties to) {
    to.setProperty("rounds", Integer.toString(rounds));
    to.setProperty("warmUp", warmUp.toString());
    to.setProperty("measure", measure.toString());
    to.setProperty("fresh", fresh.toString());
    to.setProperty("coldStarts", Integer.toString(coldStarts));
    to.setProperty("iteration", iteration.toString());
    to.setProperty("warmUps", Integer.toString(warmUps));
    to.setProperty("iterations", Integer.toString(iterations));
    to.setProperty("rest", rest.toString());
    to.setProperty("burstRounds", Integer.toString(burstRounds));
    to.setProperty("idleTimeout", idleTimeout.toString());
    to.setProperty("patience", patience.toString());
  }

  static Plan read(Properties from) {
    return new Plan(
        Integer.parseInt(from.getProperty("rounds")),
        Duration.parse(from.getProperty("warmUp")),
        Duration.parse(from.getProperty("measure")),
        Duration.parse(from.getProperty("fresh")),
        Integer.parseInt(from.getProperty("coldStarts")),
        Duration.parse(from.getProperty("iteration")),
        Integer.parseInt(from.getProperty("warmUps")),
        Integer.parseInt(from.getProperty("iterations")),
        Duration.parse(from.getProperty("rest")),
        Integer.parseInt(from.getProperty("burstRounds")),
        Duration.parse(from.getProperty("idleTimeout")),
        Duration.parse(from.getProperty("patience")));
  }
}
