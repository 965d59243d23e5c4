package dev.sluice.hibernate;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import org.hibernate.engine.jdbc.connections.internal.ConnectionProviderInitiator;
import org.jspecify.annotations.Nullable;

/** Translates Hibernate's settings; later ones win. */
final class PoolSettings {
  private static final String JAKARTA = "jakarta.persistence.jdbc.";
  private static final String JAVAX = "javax.persistence.jdbc.";
  private static final String CONNECTION = "hibernate.connection.";

  /** Settings that Hibernate would hand to the driver, and that are the pool's. */
  private static final Set<String> TAKEN =
      Set.of("user", "password", "autocommit", "handling_mode", "release_mode");

  private static final String SLUICE = "hibernate.sluice";
  private static final String HIKARI = "hibernate.hikari";

  private final Map<String, Object> settings;
  private final SluiceBuilder builder = Sluice.builder();

  private PoolSettings(Map<String, Object> settings) {
    this.settings = settings;
  }

  static SluiceBuilder of(Map<String, Object> settings) {
    PoolSettings translation = new PoolSettings(settings);
    translation.general();
    translation.below(HIKARI);
    translation.below(SLUICE);
    return translation.builder;
  }

  private void general() {
    first(builder::url, JAKARTA + "url", CONNECTION + "url", JAVAX + "url");
    first(builder::user, JAKARTA + "user", CONNECTION + "username", JAVAX + "user");
    first(builder::password, JAKARTA + "password", CONNECTION + "password", JAVAX + "password");
    first(
        builder::driverClassName,
        JAKARTA + "driver",
        CONNECTION + "driver_class",
        JAVAX + "driver");
    first(size -> builder.maxSize(Integer.parseInt(size)), CONNECTION + "pool_size");
    builder.autoCommit(false);
    first(on -> builder.autoCommit(Boolean.valueOf(on)), CONNECTION + "autocommit");
    Integer isolation = ConnectionProviderInitiator.extractIsolation(settings);
    if (isolation != null) {
      builder.transactionIsolation(isolation);
    }
    driverProperties();
  }

  /** Hands on the first of these settings that is there. */
  private void first(Consumer<String> option, String... names) {
    for (String name : names) {
      Object value = settings.get(name);
      if (value != null) {
        option.accept(text(value));
        return;
      }
    }
  }

  private static String text(Object value) {
    return value instanceof Class<?> type ? type.getName() : value.toString().trim();
  }

  private void driverProperties() {
    Properties properties = ConnectionProviderInitiator.getConnectionProperties(settings);
    for (String name : properties.stringPropertyNames()) {
      if (!TAKEN.contains(name)) {
        builder.driverProperty(name, properties.getProperty(name));
      }
    }
  }

  private void below(String prefix) {
    Map<String, @Nullable Object> found = new LinkedHashMap<>();
    settings.forEach(
        (name, value) -> {
          if (name.startsWith(prefix + '.')) {
            found.put(name, value);
          }
        });
    if (!found.isEmpty()) {
      builder.settings(found, prefix);
    }
  }
}
