package dev.sluice.jdbc.config;

import dev.sluice.jdbc.ResetPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How to translate a peer's values. */
enum Translation {
  /** Values mean the same. */
  SAME,
  /** The name is known but not supported. */
  REFUSED,
  /** A duration; bare numbers have the peer's unit. */
  TIME,
  /** Like TIME; -1 means off. */
  TIME_MINUS_ONE_OFF,
  /** Like TIME; 0 and -1 mean without limit. */
  TIME_OR_FOREVER,
  /** Like TIME; 0 means without limit. */
  TIME_ZERO_FOREVER,
  /** A duration; bare numbers are seconds, whatever the peer's unit is. */
  SECONDS,
  /** Like SECONDS, with milliseconds. */
  MILLIS,
  /** Like SECONDS, with minutes. */
  MINUTES,
  /** Like SECONDS; the pool also takes the lease back. */
  RECLAIM_SECONDS,
  /** Like SECONDS; 0 and negative numbers leave the default. */
  SECONDS_ABOVE_ZERO,
  /** Like TIME; 0 and negative numbers leave the default. */
  TIME_ABOVE_ZERO,
  /** Like TIME_ZERO_FOREVER; less than 250 ms is refused. */
  CONNECTION_TIMEOUT,
  /** Like TIME; less than 250 ms is refused. */
  AT_LEAST_250_MS,
  /** No value has any effect. */
  NO_EFFECT,
  /** Only true is refused. */
  REFUSED_IF_TRUE,
  /** Properties for the driver: {@code a=b;c=d}. */
  DRIVER_PROPERTIES,
  /** Statements, separated by semicolons. */
  STATEMENTS,
  /** An isolation; nothing, NONE and -1 leave the default. */
  ISOLATION_OR_DEFAULT,
  /** A number; negative numbers mean no limit, which is 0 in Sluice. */
  NEGATIVE_ZERO,
  /** A number; negative numbers mean no limit. */
  NEGATIVE_NOTHING,
  /** A number; 0 means no limit. */
  ZERO_NOTHING,
  ALL_OR_NONE,
  ROLLBACK_OR_NONE,
  ROLLBACK_IF_TRUE,
  COMMIT_IF_TRUE,
  NONE_IF_TRUE,
  STRICT_IF_TRUE,
  TRUTH,
  MINIMUM_IDLE,
  INITIALIZATION_FAIL,
  NO_MBEANS,
  NO_ECHO,
  CHECK_ALWAYS,
  LIFO,
  ROUND_ROBIN,
  BLOCKING,
  ON_RETURN,
  OPEN_AT_ONCE,
  POOL_CLASS,
  POOL_MODE,
  LIMITED,
  PING,
  RESET_QUERY,
  CHECKOUT_TIMEOUT,
  MAX_AGE;

  /** Means that Sluice already does what the value asks for. */
  static final Object NOTHING = new Object();

  /** Means that minSize follows maxSize. */
  static final Object AS_MAX_SIZE = new Object();

  private static final Duration MILLI = Duration.ofMillis(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Translates a peer's value into a value of the option. */
  Object translate(Object raw, Peer peer) throws BadValue {
    return switch (this) {
      case SAME -> raw;
      case REFUSED -> throw new BadValue("is not supported");
      case TIME -> PeerTime.inUnit(raw, peer);
      case TIME_MINUS_ONE_OFF -> PeerTime.orMinusOne(raw, peer);
      case TIME_OR_FOREVER -> PeerTime.orForever(raw, peer);
      case TIME_ZERO_FOREVER ->
          PeerTime.isNumber(raw, "0") ? PeerTime.orForever(raw, peer) : PeerTime.inUnit(raw, peer);
      case SECONDS -> PeerTime.of(raw, SECOND);
      case MILLIS -> PeerTime.of(raw, MILLI);
      case MINUTES -> PeerTime.of(raw, MINUTE);
      case RECLAIM_SECONDS -> PeerTime.of(raw, SECOND);
      case SECONDS_ABOVE_ZERO -> PeerTime.isAboveZero(raw) ? PeerTime.of(raw, SECOND) : NOTHING;
      case TIME_ABOVE_ZERO -> PeerTime.isAboveZero(raw) ? PeerTime.inUnit(raw, peer) : NOTHING;
      case CONNECTION_TIMEOUT ->
          PeerTime.isNumber(raw, "0") ? PeerTime.orForever(raw, peer) : atLeast250(raw, peer);
      case AT_LEAST_250_MS -> atLeast250(raw, peer);
      case NO_EFFECT, DRIVER_PROPERTIES -> NOTHING;
      case REFUSED_IF_TRUE -> onlyFalse(raw, "must be false");
      case STATEMENTS -> statements(raw);
      case ISOLATION_OR_DEFAULT -> isDefaultIsolation(raw) ? NOTHING : raw;
      case NEGATIVE_ZERO -> PeerTime.isBareNumber(raw) && !PeerTime.isAboveZero(raw) ? 0 : raw;
      case NEGATIVE_NOTHING -> isNegative(raw) ? NOTHING : raw;
      case ZERO_NOTHING -> PeerTime.isNumber(raw, "0") ? NOTHING : raw;
      case ALL_OR_NONE -> ValueReader.truth(raw) ? 1 : 0;
      case ROLLBACK_OR_NONE -> ValueReader.truth(raw) ? "ROLLBACK" : "NONE";
      case ROLLBACK_IF_TRUE -> ValueReader.truth(raw) ? "ROLLBACK" : NOTHING;
      case COMMIT_IF_TRUE -> ValueReader.truth(raw) ? "COMMIT" : NOTHING;
      case NONE_IF_TRUE -> ValueReader.truth(raw) ? "NONE" : NOTHING;
      case STRICT_IF_TRUE -> ValueReader.truth(raw) ? "STRICT" : NOTHING;
      case TRUTH -> ValueReader.truth(raw);
      case MINIMUM_IDLE -> PeerTime.isNumber(raw, "-1") ? AS_MAX_SIZE : raw;
      case INITIALIZATION_FAIL -> initializationFail(raw);
      case NO_MBEANS ->
          onlyFalse(raw, "must be false: PoolJmx.register(dataSource) registers a pool with JMX");
      case NO_ECHO ->
          onlyFalse(
              raw, "must be false: set the level of the logger dev.sluice, or add a listener");
      case CHECK_ALWAYS -> ValueReader.truth(raw) ? Duration.ZERO : NOTHING;
      case LIFO -> ValueReader.truth(raw) ? "LIFO" : "FIFO";
      case ROUND_ROBIN -> ValueReader.truth(raw) ? "FIFO" : "LIFO";
      case BLOCKING -> ValueReader.truth(raw) ? "WAIT" : "FAIL";
      case ON_RETURN -> onReturn(raw);
      case OPEN_AT_ONCE -> ValueReader.truth(raw) ? "BACKGROUND" : "LAZY";
      case POOL_CLASS -> poolClass(raw);
      case POOL_MODE -> poolMode(raw);
      case LIMITED -> limited(raw);
      case PING -> ping(raw);
      case RESET_QUERY -> resetQuery(raw);
      case CHECKOUT_TIMEOUT -> checkoutTimeout(raw, peer);
      case MAX_AGE -> PeerTime.of(raw, peer == Peer.TOMCAT ? MILLI : SECOND);
    };
  }

  /**
   * Refuses a bare number below 250, which HikariCP refuses too, and which is mostly meant as
   * seconds.
   */
  private static Object atLeast250(Object raw, Peer peer) throws BadValue {
    Object time = PeerTime.inUnit(raw, peer);
    if (time instanceof Duration duration
        && !duration.isZero()
        && PeerTime.isBareNumber(raw)
        && duration.compareTo(Duration.ofMillis(250)) < 0) {
      String number = raw.toString().strip();
      throw new BadValue(
          "means "
              + number
              + " ms, as in HikariCP, which refuses less than 250; did you mean \""
              + number
              + "s\"?");
    }
    return time;
  }

  private static boolean isNegative(Object raw) {
    return !PeerTime.isAboveZero(raw) && !PeerTime.isNumber(raw, "0");
  }

  private static Object statements(Object raw) {
    if (!(raw instanceof CharSequence text)) {
      return raw;
    }
    List<String> statements = new ArrayList<>();
    for (String statement : text.toString().split(";", -1)) {
      if (!statement.isBlank()) {
        statements.add(statement.strip());
      }
    }
    return statements;
  }

  private static boolean isDefaultIsolation(Object raw) {
    String text = raw.toString().strip();
    return text.isEmpty() || text.equals("-1") || text.equalsIgnoreCase("NONE");
  }

  private static Object initializationFail(Object raw) throws BadValue {
    if (!PeerTime.isBareNumber(raw)) {
      throw new BadValue("must be a number, above 0 to fail if the database is down");
    }
    return Double.parseDouble(raw.toString().strip()) > 0 ? "FAIL_FAST" : "BACKGROUND";
  }

  private static Object onlyFalse(Object raw, String why) throws BadValue {
    if (ValueReader.truth(raw)) {
      throw new BadValue(why);
    }
    return false;
  }

  private static Object onReturn(Object raw) throws BadValue {
    return switch (ValueReader.plainText(raw).toLowerCase(Locale.ROOT)) {
      case "true" -> "ROLLBACK";
      case "false" -> "NONE";
      default -> raw;
    };
  }

  private static Object poolClass(Object raw) throws BadValue {
    String name = ValueReader.plainText(raw);
    if (name.endsWith("QueuePool")) {
      return NOTHING;
    }
    if (name.endsWith("NullPool")) {
      return 0;
    }
    throw new BadValue(
        "must be QueuePool or NullPool; for one connection set maxSize = 1, for tests assertReturned"
            + " = true");
  }

  private static Object poolMode(Object raw) throws BadValue {
    if (ValueReader.plainText(raw).equals("session")) {
      return NOTHING;
    }
    throw new BadValue("must be session: a DataSource lends whole sessions");
  }

  private static Object limited(Object raw) throws BadValue {
    if (PeerTime.isBareNumber(raw) && !PeerTime.isAboveZero(raw)) {
      throw new BadValue(
          "must not be "
              + raw.toString().strip()
              + ": Sluice has no pool without a limit; give the most that the database bears");
    }
    return raw;
  }

  private static Object ping(Object raw) throws BadValue {
    return switch (ValueReader.plainText(raw)) {
      case "0" -> NOTHING;
      case "1", "3", "5", "7" -> Duration.ZERO;
      default -> throw new BadValue("must be 0 or 1: connections are checked when they are lent");
    };
  }

  private static Object resetQuery(Object raw) throws BadValue {
    String sql = ValueReader.plainText(raw);
    return sql.isBlank() ? ResetPolicy.FAST : List.of(sql);
  }

  private static Object checkoutTimeout(Object raw, Peer peer) throws BadValue {
    return switch (peer) {
      case C3P0 ->
          PeerTime.isNumber(raw, "0") ? PeerTime.orForever(raw, peer) : PeerTime.of(raw, MILLI);
      case RAILS -> PeerTime.of(raw, SECOND);
      default -> raw;
    };
  }
}
