package dev.sluice.pool;

import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a pool tells metrics systems: one list for all of them, so that a figure has the same name
 * everywhere. Each belongs to one pool, and has its name as the tag {@code pool}.
 *
 * <p>The names are dotted; Prometheus writes them with underscores, with the unit and with {@code
 * _total} for a counter: {@link #CONNECTION_AGE} is {@code sluice_connection_age_seconds} there.
 * All times are in seconds.
 */
public enum PoolMetric {
  /** Connections that exist or are being opened or closed. */
  CONNECTIONS("sluice.connections", "connections, in whatever state", PoolStats::size),
  /** Connections lent out. */
  ACTIVE("sluice.connections.active", "connections lent out", PoolStats::active),
  /** Connections ready to be lent. */
  IDLE("sluice.connections.idle", "connections ready to be lent", PoolStats::idle),
  /** Callers that wait. */
  PENDING("sluice.connections.pending", "callers that wait for a connection", PoolStats::waiting),
  /** Connections being opened. */
  OPENING("sluice.connections.opening", "connections being opened", PoolStats::opening),
  /** Connections being checked or cleaned. */
  CHECKING("sluice.connections.checking", "connections being checked", PoolStats::checking),
  /** The configured maximum. */
  MAX("sluice.connections.max", "the configured maximum", PoolStats::maxSize),
  /** The configured minimum. */
  MIN("sluice.connections.min", "the configured minimum", PoolStats::minSize),

  /** Leases granted. */
  ACQUIRED("sluice.acquired", "leases granted", Kind.COUNTER, PoolStats::acquired),
  /** Leases granted after a wait. */
  WAITED("sluice.waited", "leases granted after a wait", Kind.COUNTER, PoolStats::waited),
  /** Acquisitions that ended with a timeout. */
  TIMEOUT_COUNT(
      "sluice.timeout.count",
      "acquisitions that ended with a timeout",
      Kind.COUNTER,
      PoolStats::timedOut),
  /** Acquisitions refused by overload control. */
  SHED("sluice.shed", "acquisitions refused by overload control", Kind.COUNTER, PoolStats::shed),
  /** Acquisitions refused because the queue was full or nothing was free. */
  REJECTED("sluice.rejected", "acquisitions refused at once", Kind.COUNTER, PoolStats::rejected),
  /** Acquisitions that their callers gave up. */
  CANCELLED("sluice.cancelled", "acquisitions given up", Kind.COUNTER, PoolStats::cancelled),
  /** Connections opened. */
  OPENED("sluice.opened", "connections opened", Kind.COUNTER, PoolStats::opened),
  /** Attempts to open that failed. */
  OPEN_FAILURES(
      "sluice.open.failures", "attempts that failed", Kind.COUNTER, PoolStats::openFailures),
  /** Connections closed, for any reason. */
  CLOSED("sluice.closed", "connections closed", Kind.COUNTER, PoolStats::closedTotal),
  /** Leases reported as leaked. */
  LEAKED("sluice.leaked", "leases reported as leaked", Kind.COUNTER, PoolStats::leaked),
  /** Calls into the driver that hung and were given up. */
  ABANDONED("sluice.abandoned", "calls that hung", Kind.COUNTER, PoolStats::abandoned),

  /** How long callers waited that had to. */
  WAIT_TIME("sluice.wait.time", "how long callers waited that had to", PoolStats::waitTime),
  /** How long opening took. */
  OPEN_TIME("sluice.open.time", "how long opening took", PoolStats::openTime),
  /** How long leases lasted; sampled. */
  USE_TIME("sluice.use.time", "how long leases lasted, sampled", PoolStats::useTime),
  /** How old connections were when they were closed. */
  CONNECTION_AGE(
      "sluice.connection.age", "how old connections were at their end", PoolStats::ageAtClose),
  /** How long checks took. */
  VALIDATION_TIME("sluice.validation.time", "how long checks took", PoolStats::validationTime);

  /** How a figure behaves. */
  public enum Kind {
    /** Goes up and down. */
    GAUGE,
    /** Only rises, until {@link Pool#statsAndReset}. */
    COUNTER,
    /** A distribution of times. */
    TIMER
  }

  private final String metricName;
  private final String about;
  private final Kind kind;

  @SuppressWarnings("ImmutableEnumChecker") // method references
  private final ToDoubleFunction<PoolStats> value;

  @SuppressWarnings("ImmutableEnumChecker") // method references
  private final @Nullable Function<PoolStats, Distribution> times;

  PoolMetric(String name, String about, ToDoubleFunction<PoolStats> value) {
    this(name, about, Kind.GAUGE, value);
  }

  PoolMetric(String name, String about, Kind kind, ToDoubleFunction<PoolStats> value) {
    this.metricName = name;
    this.about = about;
    this.kind = kind;
    this.value = value;
    this.times = null;
  }

  PoolMetric(String name, String about, Function<PoolStats, Distribution> times) {
    this.metricName = name;
    this.about = about;
    this.kind = Kind.TIMER;
    this.value = stats -> times.apply(stats).count();
    this.times = times;
  }

  /** The dotted name, such as {@code sluice.wait.time}. */
  public String metricName() {
    return metricName;
  }

  /** What it is, in a few words. */
  public String about() {
    return about;
  }

  /** How it behaves. */
  public Kind kind() {
    return kind;
  }

  /** The figure; of a timer, how many times were recorded. */
  public double value(PoolStats stats) {
    return value.applyAsDouble(stats);
  }

  /** The times of a timer; {@link Distribution#EMPTY} for what is none. */
  public Distribution times(PoolStats stats) {
    return times == null ? Distribution.EMPTY : times.apply(stats);
  }
}
