package dev.sluice.jdbc;

import dev.sluice.jdbc.config.DurationText;
import dev.sluice.jdbc.config.Names;
import dev.sluice.jdbc.config.Printable;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.StartPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Warnings about valid but probably unintended settings. */
final class ConfigWarnings {
  private static final int MANY = 100;
  private static final String PREPARE_THRESHOLD = "prepareThreshold";
  private static final Duration SECOND = Duration.ofSeconds(1);

  private ConfigWarnings() {}

  /** Logs each warning. */
  static void log(SluiceConfig config) {
    for (String warning : of(config)) {
      Log.warning("pool '" + config.pool().name() + "': " + warning);
    }
  }

  /** Each warning, as a sentence. */
  static List<String> of(SluiceConfig config) {
    List<String> warnings = new ArrayList<>(config.notes());
    sizes(config.pool(), warnings);
    times(config.pool(), warnings);
    leaks(config.pool(), warnings);
    session(config, warnings);
    return warnings;
  }

  private static void sizes(PoolConfig pool, List<String> warnings) {
    int most = pool.maxSize() + pool.maxOverflow() + pool.reserveSize();
    if (most > MANY) {
      warnings.add(
          (most > pool.maxSize() ? "maxSize, maxOverflow and reserveSize, together " : "maxSize ")
              + most
              + " is more than most servers allow in all (PostgreSQL 100,"
              + " MySQL 151 by default) and far more than they work on at once; PoolSizing helps to"
              + " choose");
    }
    if (pool.maxSize() == 2 && pool.minSize() > 0) {
      warnings.add("with maxSize 2, a third concurrent caller already waits");
    }
    if (pool.warmUp() > 0 && pool.startPolicy() == StartPolicy.LAZY) {
      warnings.add("warmUp " + pool.warmUp() + " has no effect with startPolicy LAZY");
    }
    if (pool.reserveSize() > 0 && pool.reserveAfter().compareTo(pool.acquireTimeout()) >= 0) {
      warnings.add(
          "reserveSize "
              + pool.reserveSize()
              + " has no effect: callers give up after acquireTimeout ("
              + DurationText.format(pool.acquireTimeout())
              + "), before reserveAfter ("
              + DurationText.format(pool.reserveAfter())
              + ")");
    }
    if (pool.maxConcurrentOpens() > most) {
      warnings.add(
          "maxConcurrentOpens " + pool.maxConcurrentOpens() + " is more than maxSize " + most);
    }
    if (pool.maxUses() > 0 && pool.maxUses() < 10) {
      warnings.add(
          "maxUses " + pool.maxUses() + " replaces connections nearly as often as it lends them");
    }
  }

  private static void times(PoolConfig pool, List<String> warnings) {
    Duration acquire = pool.acquireTimeout();
    if (acquire.compareTo(Duration.ofMinutes(5)) > 0) {
      warnings.add(
          "acquireTimeout "
              + DurationText.format(acquire)
              + ": callers of an exhausted pool will seem to"
              + " hang; seconds are usual");
    }
    if (!acquire.isZero() && pool.validationTimeout().compareTo(acquire) >= 0) {
      warnings.add(
          "validationTimeout "
              + DurationText.format(pool.validationTimeout())
              + " is no shorter than acquireTimeout "
              + DurationText.format(acquire)
              + ": checking one dead connection uses a caller's whole timeout");
    }
    tooShort(
        pool.maxLifetime(),
        Duration.ofSeconds(30),
        "maxLifetime",
        "connections are replaced all the time",
        warnings);
    tooShort(
        pool.idleTimeout(),
        Duration.ofSeconds(5),
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
              + DurationText.format(pool.leakThreshold())
              + " will abort work that is merely slow");
    }
  }

  private static void tooShort(
      Duration value, Duration usual, String option, String why, List<String> warnings) {
    if (!value.isZero() && value.compareTo(usual) < 0) {
      warnings.add(option + " " + DurationText.format(value) + " is very short: " + why);
    }
  }

  private static void session(SluiceConfig config, List<String> warnings) {
    if (config.onReturn() == SluiceConfig.OnReturn.COMMIT) {
      warnings.add("onReturn COMMIT commits the unfinished work of a failed borrower");
    }
    if (config.onReturn() == SluiceConfig.OnReturn.NONE) {
      warnings.add("onReturn NONE hands an open transaction to the next borrower");
    }
    if (!config.restoreState()) {
      warnings.add("restoreState false hands one borrower's settings to the next");
    }
    if (config.transactionPooler()) {
      named(config, warnings);
    }
    if (config.password() != null && config.user() == null && config.dataSource() == null) {
      warnings.add("a password is given, but no user");
    }
    ownInUrl(config.url(), warnings);
    if (!config.driverProperties().isEmpty()) {
      slips(config, warnings);
    }
  }

  /** Named prepared statements stay in a session, and not every pooler takes them along. */
  private static void named(SluiceConfig config, List<String> warnings) {
    Secret chosen = config.driverProperties().get(PREPARE_THRESHOLD);
    String url = Objects.requireNonNullElse(config.url(), "");
    boolean inUrl = url.contains(PREPARE_THRESHOLD + "=");
    boolean off = chosen != null && "0".equals(String.valueOf(chosen.revealObject()));
    if ((chosen != null && !off) || (inUrl && !url.contains(PREPARE_THRESHOLD + "=0"))) {
      warnings.add(
          "prepareThreshold is set although transactionPooler is on: named prepared statements work"
              + " only behind a pooler that knows them, such as PgBouncer 1.21 with"
              + " max_prepared_statements; leave it out, or set it to 0");
    }
  }

  private static void slips(SluiceConfig config, List<String> warnings) {
    for (String key : new TreeSet<>(config.driverProperties().keySet())) {
      String meant = Names.slip(key);
      if (meant != null) {
        warnings.add("'" + key + "' goes to the driver; did you mean " + meant + "?");
      }
    }
  }

  /**
   * Warns about a parameter of a JDBC URL that goes to the driver although it has the name of an
   * option.
   */
  private static void ownInUrl(@Nullable String url, List<String> warnings) {
    int mark = url == null ? -1 : Math.max(url.indexOf('?'), url.indexOf(';'));
    if (url == null || mark < 0) {
      return;
    }
    int from = mark + 1;
    for (int i = from; i <= url.length(); i++) {
      if (i == url.length() || url.charAt(i) == '&' || url.charAt(i) == ';') {
        String pair = url.substring(from, i);
        int equals = pair.indexOf('=');
        String option = equals < 1 ? null : Names.ofPool(pair.substring(0, equals));
        if (option != null) {
          warnings.add(
              "the URL's parameter "
                  + Printable.of(pair.substring(0, equals))
                  + " goes to the driver; did you mean sluice."
                  + option
                  + "?");
        }
        from = i + 1;
      }
    }
  }
}
