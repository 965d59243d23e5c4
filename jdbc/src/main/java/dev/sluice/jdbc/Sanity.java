package dev.sluice.jdbc;

import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.StartPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Doubts about settings that are legal but hardly meant. */
final class Sanity {
  private static final System.Logger LOG = System.getLogger("dev.sluice.config");

  private static final int MANY = 100;
  private static final Duration SECOND = Duration.ofSeconds(1);

  private Sanity() {}

  /** Logs what is doubtful, each as a warning. */
  static void log(SluiceConfig config) {
    for (String warning : warnings(config)) {
      LOG.log(System.Logger.Level.WARNING, "pool ''{0}'': {1}", config.pool().name(), warning);
    }
  }

  /** What is doubtful, as sentences. */
  static List<String> warnings(SluiceConfig config) {
    List<String> warnings = new ArrayList<>();
    sizes(config.pool(), warnings);
    times(config.pool(), warnings);
    leaks(config.pool(), warnings);
    session(config, warnings);
    return warnings;
  }

  private static void sizes(PoolConfig pool, List<String> warnings) {
    if (pool.maxSize() > MANY) {
      warnings.add(
          "maxSize "
              + pool.maxSize()
              + " is more than most servers allow in all (PostgreSQL 100,"
              + " MySQL 151 by default) and far more than they work on at once; PoolSizing helps to"
              + " choose");
    }
    if (pool.maxSize() == 2 && pool.minSize() > 0) {
      warnings.add("maxSize 2 makes a third caller wait already");
    }
    if (pool.warmUp() > 0 && pool.startPolicy() == StartPolicy.LAZY) {
      warnings.add("warmUp " + pool.warmUp() + " has no effect with startPolicy LAZY");
    }
    if (pool.maxConcurrentOpens() > pool.maxSize()) {
      warnings.add(
          "maxConcurrentOpens "
              + pool.maxConcurrentOpens()
              + " is more than maxSize "
              + pool.maxSize());
    }
    if (pool.maxUses() > 0 && pool.maxUses() < 10) {
      warnings.add(
          "maxUses " + pool.maxUses() + " throws connections away nearly as fast as they are made");
    }
  }

  private static void times(PoolConfig pool, List<String> warnings) {
    Duration acquire = pool.acquireTimeout();
    if (acquire.compareTo(Duration.ofMinutes(5)) > 0) {
      warnings.add(
          "acquireTimeout "
              + Durations.format(acquire)
              + ": callers of an exhausted pool will seem to"
              + " hang; seconds are usual");
    }
    if (!acquire.isZero() && pool.validationTimeout().compareTo(acquire) >= 0) {
      warnings.add(
          "validationTimeout "
              + Durations.format(pool.validationTimeout())
              + " is no shorter than acquireTimeout "
              + Durations.format(acquire)
              + ": one dead connection uses up a caller's time");
    }
    tooShort(
        pool.maxLifetime(),
        Duration.ofSeconds(30),
        "maxLifetime",
        "connections are replaced all the time",
        warnings);
    tooShort(
        pool.idleTimeout(),
        SECOND.multipliedBy(5),
        "idleTimeout",
        "connections are closed between two requests",
        warnings);
    tooShort(
        pool.healthCheckInterval(),
        SECOND,
        "healthCheckInterval",
        "the checks become a load of their own",
        warnings);
    tooShort(
        pool.keepaliveInterval(),
        SECOND,
        "keepaliveInterval",
        "the checks become a load of their own",
        warnings);
  }

  private static void leaks(PoolConfig pool, List<String> warnings) {
    tooShort(
        pool.leakThreshold(), SECOND, "leakThreshold", "ordinary work will be reported", warnings);
    if (pool.leakReclaim() && pool.leakThreshold().compareTo(Duration.ofSeconds(10)) < 0) {
      warnings.add(
          "leakReclaim after "
              + Durations.format(pool.leakThreshold())
              + " will abort work that is merely slow");
    }
  }

  private static void tooShort(
      Duration value, Duration usual, String option, String why, List<String> warnings) {
    if (!value.isZero() && value.compareTo(usual) < 0) {
      warnings.add(option + " " + Durations.format(value) + " is very short: " + why);
    }
  }

  private static void session(SluiceConfig config, List<String> warnings) {
    if (config.onReturn() == SluiceConfig.OnReturn.COMMIT) {
      warnings.add("onReturn COMMIT commits what a failed borrower left half done");
    }
    if (config.onReturn() == SluiceConfig.OnReturn.NONE) {
      warnings.add("onReturn NONE hands an open transaction to the next borrower");
    }
    if (!config.restoreState()) {
      warnings.add("restoreState false hands one borrower's settings to the next");
    }
    if (config.password() != null && config.user() == null && config.dataSource() == null) {
      warnings.add("a password is given, but no user");
    }
    config.driverProperties().keySet().stream().sorted().forEach(key -> slip(key, warnings));
  }

  /** An option of a database URL that is handed to the driver, but was hardly meant for it. */
  private static void slip(String key, List<String> warnings) {
    List<String> options = Options.ALL.stream().map(option -> Kind.squeeze(option.key())).toList();
    String word = Kind.squeeze(key);
    Nearest.to(word, options)
        .filter(option -> word.length() > 5 && Nearest.slips(word, option) <= 2)
        .map(Options::find)
        .ifPresent(
            option ->
                warnings.add(
                    "'"
                        + key
                        + "' is handed to the driver; was "
                        + Spelling.like(key, option.key())
                        + " meant?"));
  }
}
