package dev.sluice.spring.boot;

import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Reads {@code spring.r2dbc.pool.*}, which Boot describes for r2dbc-pool. A key that is not given
 * leaves the pool's own default.
 */
final class R2dbcKeys {
  static final String PREFIX = "spring.r2dbc.pool";
  static final String ENABLED = PREFIX + ".enabled";
  static final String URL = "spring.r2dbc.url";

  /** The types of the keys that Boot has, apart from {@code enabled}, by the pool's option. */
  private static final Map<String, Class<?>> KEYS =
      Map.ofEntries(
          Map.entry("acquireRetry", Integer.class),
          Map.entry("initialSize", Integer.class),
          Map.entry("maxSize", Integer.class),
          Map.entry("minIdle", Integer.class),
          Map.entry("maxAcquireTime", Duration.class),
          Map.entry("maxCreateConnectionTime", Duration.class),
          Map.entry("maxIdleTime", Duration.class),
          Map.entry("maxLifeTime", Duration.class),
          Map.entry("maxValidationTime", Duration.class),
          Map.entry("validationDepth", ValidationDepth.class),
          Map.entry("validationQuery", String.class));

  private R2dbcKeys() {}

  /** Whether any key is given, also one that nobody knows. */
  static boolean areGiven(Environment environment) {
    return Binder.get(environment)
        .bind(PREFIX, Bindable.mapOf(String.class, String.class))
        .isBound();
  }

  /** Whether the application asks for a pool by its URL, and not only by the keys. */
  static boolean hasPoolUrl(Environment environment) {
    return environment.getProperty(URL, "").contains(":pool:");
  }

  /** Adds the keys to the options. As with r2dbc-pool, what the URL says wins. */
  static ConnectionFactoryOptions addTo(ConnectionFactoryOptions given, Environment environment) {
    ConnectionFactoryOptions.Builder all = given.mutate();
    Binder binder = Binder.get(environment);
    KEYS.forEach(
        (name, type) -> {
          Option<Object> option = Option.valueOf(name);
          if (!given.hasOption(option)) {
            binder
                .bind(PREFIX + "." + dashed(name), Bindable.of(type))
                .ifBound(value -> all.option(option, value));
          }
        });
    return all.build();
  }

  private static String dashed(String name) {
    StringBuilder dashed = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isUpperCase(c)) {
        dashed.append('-');
      }
      dashed.append(Character.toLowerCase(c));
    }
    return dashed.toString();
  }
}
