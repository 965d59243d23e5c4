package dev.sluice.bench;

/** What a scenario can measure of a pool. */
enum Metric {
  /** Operations per millisecond, by JMH. */
  OPS_PER_MS("ops/ms", Unit.COUNT),
  /** Bytes allocated per operation, by JMH's gc profiler. */
  BYTES_PER_OP("bytes/op", Unit.COUNT),
  /** Operations per second. */
  OPS("ops/s", Unit.COUNT),
  /** From asking for a connection to having returned it, for half of all turns at most. */
  CYCLE_P50("cycle p50", Unit.NANOS),
  /** The same for 99 turns in 100. */
  CYCLE_P99("cycle p99", Unit.NANOS),
  /** The longest of all turns. */
  CYCLE_MAX("longest", Unit.NANOS),
  /** What half of the callers waited at most, for getConnection to return. */
  WAIT_P50("wait p50", Unit.NANOS),
  /** What 99 in 100 waited at most. */
  WAIT_P99("wait p99", Unit.NANOS),
  /** What 999 in 1,000 waited at most. */
  WAIT_P999("p99.9", Unit.NANOS),
  /** The longest wait of all. */
  WAIT_MAX("longest", Unit.NANOS),
  /** Operations of the thread that got the fewest. */
  TURNS_FEWEST("turns, fewest", Unit.COUNT),
  /** Operations of the thread that got the most. */
  TURNS_MOST("most", Unit.COUNT),
  /** Processor time of the whole process per operation. */
  CPU_PER_OP("CPU/op", Unit.NANOS),
  /** From the begin of the program to its first statement. */
  FIRST_STATEMENT("first statement", Unit.NANOS),
  /** Classes that a program has loaded. */
  CLASSES("classes", Unit.COUNT),
  /** The classes of {@code java.lang.invoke}, and the classes that the JVM makes for lambdas. */
  LAMBDA_CLASSES("for lambdas", Unit.COUNT),
  /** The time until the last caller was served. */
  LAST_SERVED("last served", Unit.NANOS),
  /** Connections opened while it ran. */
  OPENED("opened", Unit.COUNT),
  /** Connections that had begun to open while it ran, done or not. */
  BEGUN("begun", Unit.COUNT),
  /** Connections open at the end. */
  SIZE_AT_END("size at the end", Unit.COUNT),
  /** The time until the pool was back at its minimum, or until the patience ended. */
  SHRUNK_AFTER("after", Unit.NANOS);

  private final String heading;
  private final Unit unit;

  Metric(String heading, Unit unit) {
    this.heading = heading;
    this.unit = unit;
  }

  String heading() {
    return heading;
  }

  String format(double value) {
    return unit.format(value);
  }
}
