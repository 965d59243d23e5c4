package dev.sluice.micronaut;

import dev.sluice.jdbc.SluiceBuilder;
import io.micronaut.context.env.Environment;
import io.micronaut.core.naming.conventions.StringConvention;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The keys below {@code datasources.NAME} that are the pool's. Other modules of Micronaut have keys
 * there too, so whatever is neither HikariCP's nor below {@code sluice} is theirs.
 */
final class PoolKeys {
  private static final String OWN = "sluice";

  /** HikariCP's keys, in lower case without separators; those of every pool are set elsewhere. */
  private static final Set<String> HIKARI =
      Set.of(
          "allowpoolsuspension",
          "autocommit",
          "catalog",
          "connectioninitsql",
          "connectiontestquery",
          "connectiontimeout",
          "idletimeout",
          "initializationfailtimeout",
          "isolateinternalqueries",
          "keepalivetime",
          "leakdetectionthreshold",
          "maxlifetime",
          "maximumpoolsize",
          "minimumidle",
          "poolname",
          "readonly",
          "registermbeans",
          "schema",
          "transactionisolation",
          "validationtimeout");

  /** Tables of Sluice, whose keys are somebody else's names. */
  private static final Set<String> TABLES = Set.of("driver", "driverproperties");

  private final Environment environment;
  private final String prefix;

  PoolKeys(Environment environment, String prefix) {
    this.environment = environment;
    this.prefix = prefix;
  }

  /** Applies the keys; the pool's start reports an unknown one below {@code sluice}. */
  void applyTo(SluiceBuilder builder) {
    Map<String, Object> hikari = new LinkedHashMap<>();
    below(prefix)
        .forEach(
            (key, value) -> {
              if (HIKARI.contains(squeeze(key))) {
                hikari.put(key, value);
              }
            });
    apply(builder, hikari, prefix + ".hikari");
    Map<String, Object> own = new LinkedHashMap<>();
    below(prefix + "." + OWN).forEach((key, value) -> own.put(name(key), value));
    apply(builder, own, prefix + "." + OWN);
  }

  private static void apply(SluiceBuilder builder, Map<String, Object> keys, String prefix) {
    if (keys.isEmpty()) {
      return;
    }
    Map<String, Object> full = new LinkedHashMap<>();
    keys.forEach((key, value) -> full.put(prefix + "." + key, value));
    builder.settings(full, prefix);
  }

  /** The keys below a prefix as they were written. */
  private Map<String, Object> below(String prefix) {
    return environment.getProperties(prefix, StringConvention.RAW);
  }

  /** An environment variable's name is split at each underscore. */
  private static String name(String key) {
    int dot = key.indexOf('.');
    return dot > 0 && TABLES.contains(squeeze(key.substring(0, dot))) ? key : key.replace('.', '-');
  }

  private static String squeeze(String key) {
    return key.replace("-", "").replace("_", "").replace(".", "").toLowerCase(Locale.ROOT);
  }
}
