package dev.sluice.r2dbc;

import dev.sluice.pool.PoolConfig;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * Reads the pool's options from the SPI's, and finds the driver below it. Options have r2dbc-pool's
 * names. Values come as objects from code, and as text from a URL: durations as ISO-8601 ({@code
 * PT30S}) or with a unit ({@code 30s}).
 */
final class PoolUrl {
  static final Option<String> DRIVER = ConnectionFactoryOptions.DRIVER;
  static final String POOL = "pool";

  private static final String OTHER_POOL = "io.r2dbc.pool.PoolingConnectionFactoryProvider";

  /** Reads one option into the builder. */
  private interface Reading {
    void into(SluiceConnectionFactoryBuilder builder, Object value);
  }

  private static final Map<String, Reading> READINGS = new HashMap<>();

  static {
    READINGS.put("acquireRetry", (b, v) -> b.acquireRetry(integer(v)));
    READINGS.put("backgroundEvictionInterval", (b, v) -> b.backgroundEvictionInterval(duration(v)));
    READINGS.put("initialSize", (b, v) -> b.initialSize(integer(v)));
    READINGS.put("maxSize", (b, v) -> b.maxSize(maxSize(integer(v))));
    READINGS.put("minIdle", (b, v) -> b.minIdle(integer(v)));
    READINGS.put("maxAcquireTime", (b, v) -> b.maxAcquireTime(duration(v)));
    READINGS.put("maxCreateConnectionTime", (b, v) -> b.maxCreateConnectionTime(duration(v)));
    READINGS.put("maxIdleTime", (b, v) -> b.maxIdleTime(duration(v)));
    READINGS.put("maxLifeTime", (b, v) -> b.maxLifeTime(duration(v)));
    READINGS.put("maxValidationTime", (b, v) -> b.maxValidationTime(duration(v)));
    READINGS.put("poolName", (b, v) -> b.poolName(v.toString()));
    READINGS.put("registerJmx", (b, v) -> b.registerJmx(bool(v)));
    READINGS.put("postAllocate", (b, v) -> b.postAllocate(hook(v)));
    READINGS.put("preRelease", (b, v) -> b.preRelease(hook(v)));
    READINGS.put("validationQuery", (b, v) -> b.validationQuery(v.toString()));
    READINGS.put("validationDepth", (b, v) -> b.validationDepth(depth(v)));
  }

  private PoolUrl() {}

  /** The names of the pool's options. */
  static Set<String> names() {
    return Set.copyOf(READINGS.keySet());
  }

  /** Whether r2dbc-pool is there, which then answers to {@code driver=pool}. */
  static boolean hasOtherPool() {
    try {
      Class.forName(OTHER_POOL, false, PoolUrl.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** The factory of the driver that the SPI finds. */
  static ConnectionFactory findDriver(ConnectionFactoryOptions below) {
    ConnectionFactory driver = ConnectionFactories.find(below);
    if (driver == null) {
      throw new IllegalArgumentException(
          "no R2DBC driver '" + below.getValue(DRIVER) + "' on the class path for the pool");
    }
    return driver;
  }

  static SluiceConnectionFactoryBuilder builder(
      ConnectionFactoryOptions options,
      Function<? super ConnectionFactoryOptions, ? extends ConnectionFactory> driver) {
    SluiceConnectionFactoryBuilder builder =
        new SluiceConnectionFactoryBuilder(driver.apply(below(options)));
    growForInitialSize(builder, options);
    READINGS.forEach((name, reading) -> read(builder, options, name, reading));
    builder.lockWaitTimeout(given(options, ConnectionFactoryOptions.LOCK_WAIT_TIMEOUT));
    builder.statementTimeout(given(options, ConnectionFactoryOptions.STATEMENT_TIMEOUT));
    return builder;
  }

  /** As in r2dbc-pool, an initial size without a maximum raises the maximum. */
  private static void growForInitialSize(
      SluiceConnectionFactoryBuilder builder, ConnectionFactoryOptions options) {
    Object initial = options.getValue(Option.valueOf("initialSize"));
    if (initial != null && !options.hasOption(Option.valueOf("maxSize"))) {
      read(
          builder,
          options,
          "initialSize",
          (b, v) -> b.maxSize(Math.max(10, Math.min(integer(v), maxSize(-1)))));
    }
  }

  private static void read(
      SluiceConnectionFactoryBuilder builder,
      ConnectionFactoryOptions options,
      String name,
      Reading reading) {
    Object value = options.getValue(Option.valueOf(name));
    if (value == null) {
      return;
    }
    try {
      reading.into(builder, value);
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new IllegalArgumentException(
          "option " + name + " has an invalid value: " + e.getMessage(), e);
    }
  }

  private static @Nullable Duration given(
      ConnectionFactoryOptions options, Option<Duration> option) {
    Object value = options.getValue(option);
    return value == null ? null : duration(value);
  }

  /** The options of the driver below the pool, which the head of the protocol names. */
  private static ConnectionFactoryOptions below(ConnectionFactoryOptions options) {
    ConnectionFactoryOptions.Builder below =
        ConnectionFactoryOptions.builder()
            .from(options, option -> !READINGS.containsKey(option.name()));
    Object driver = options.getRequiredValue(DRIVER);
    if (driver.equals(POOL) || driver.equals(SluiceConnectionFactoryProvider.DRIVER)) {
      String protocol = String.valueOf(options.getValue(ConnectionFactoryOptions.PROTOCOL)).trim();
      if (protocol.isEmpty() || protocol.equals("null")) {
        throw new IllegalArgumentException(
            "the pool's URL names no driver: write r2dbc:"
                + driver
                + ":postgresql://host/database");
      }
      int colon = protocol.indexOf(':');
      below
          .option(DRIVER, colon < 0 ? protocol : protocol.substring(0, colon))
          .option(
              ConnectionFactoryOptions.PROTOCOL, colon < 0 ? "" : protocol.substring(colon + 1));
    }
    return below.build();
  }

  // ---- values

  private static int maxSize(int given) {
    return given == -1 ? PoolConfig.MAX_SIZE_LIMIT : given;
  }

  private static int integer(Object value) {
    return value instanceof Number number
        ? number.intValue()
        : Integer.parseInt(value.toString().trim());
  }

  private static boolean bool(Object value) {
    String text = value.toString().trim();
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return Boolean.parseBoolean(text);
    }
    throw new IllegalArgumentException("'" + text + "' is neither true nor false");
  }

  private static ValidationDepth depth(Object value) {
    return value instanceof ValidationDepth depth
        ? depth
        : ValidationDepth.valueOf(value.toString().trim().toUpperCase(Locale.ROOT));
  }

  static Duration duration(Object value) {
    if (value instanceof Duration duration) {
      return duration;
    }
    String text = value.toString().trim().toUpperCase(Locale.ROOT);
    try {
      if (text.startsWith("P") || text.startsWith("-P") || text.startsWith("+P")) {
        return Duration.parse(text);
      }
      if (text.endsWith("MS")) {
        return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2).trim()));
      }
      return text.endsWith("D") ? Duration.parse("P" + text) : Duration.parse("PT" + text);
    } catch (DateTimeParseException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + value + "' is no duration: write PT30S, or 30s, 500ms, 5m, 1h", e);
    }
  }

  @SuppressWarnings("unchecked") // the option's type, which only code can give
  private static Function<Connection, Publisher<Void>> hook(Object value) {
    if (value instanceof Function<?, ?> function) {
      return (Function<Connection, Publisher<Void>>) function;
    }
    throw new IllegalArgumentException("must be a function; a URL cannot have it");
  }
}
