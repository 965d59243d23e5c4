package dev.sluice.jdbc;

import dev.sluice.pool.PoolConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks all options of a builder together, and settles the defaults that depend on others. */
final class Checks {
  private static final int LONGEST_NAME = 100;
  private static final Set<Integer> ISOLATIONS = Set.of(1, 2, 4, 8, 4096);

  private Checks() {}

  /** Builds the configuration, or says all that is wrong. */
  static SluiceConfig config(SluiceBuilder b) {
    settle(b);
    List<String> problems = new ArrayList<>(b.problems);
    for (String problem : b.pool.problems()) {
      problems.add(problem + origins(b, problem));
    }
    database(b, problems);
    session(b, problems);
    if (!problems.isEmpty()) {
      throw new SluiceConfigException(
          "pool '" + Printable.of(b.name) + "' cannot be configured so", List.copyOf(problems));
    }
    return new SluiceConfig(b, b.pool.build());
  }

  /** Defaults that nobody chose give way to what was chosen. */
  private static void settle(SluiceBuilder b) {
    PoolConfig defaults = PoolConfig.builder().build();
    Duration lifetime = b.maxLifetime == null ? defaults.maxLifetime() : b.maxLifetime;
    Duration idle = b.idleTimeout == null ? defaults.idleTimeout() : b.idleTimeout;
    Duration keepalive =
        b.keepaliveInterval == null ? defaults.keepaliveInterval() : b.keepaliveInterval;
    boolean limited = !lifetime.isZero() && !lifetime.isNegative();
    if (b.maxLifetime == null && b.idleTimeout != null && idle.compareTo(lifetime) > 0) {
      lifetime = idle;
    }
    if (b.idleTimeout == null && limited && idle.compareTo(lifetime) > 0) {
      idle = lifetime;
    }
    if (b.keepaliveInterval == null && limited && keepalive.compareTo(lifetime.dividedBy(2)) > 0) {
      keepalive = lifetime.dividedBy(2);
    }
    Duration first = b.backoffMin == null ? defaults.backoffMin() : b.backoffMin;
    Duration last = b.backoffMax == null ? defaults.backoffMax() : b.backoffMax;
    if (b.backoffMax == null && first.compareTo(last) > 0) {
      last = first;
    }
    if (b.backoffMin == null && first.compareTo(last) > 0) {
      first = last;
    }
    b.pool.maxLifetime(lifetime).idleTimeout(idle).keepaliveInterval(keepalive);
    b.pool.backoffMin(first).backoffMax(last);
  }

  /** Where the options that a problem names came from. */
  private static String origins(SluiceBuilder b, String problem) {
    List<String> origins = new ArrayList<>();
    for (Map.Entry<String, String> origin : b.origins.entrySet()) {
      String place = origin.getValue();
      if (!place.equals(origin.getKey())
          && problem.matches("(?s).*\\b" + origin.getKey() + "\\b.*")) {
        origins.add(place);
      }
    }
    return origins.isEmpty() ? "" : " (" + String.join(", ", origins) + ")";
  }

  private static void database(SluiceBuilder b, List<String> problems) {
    if (b.url == null && b.dataSource == null) {
      // A source that was refused may have held it.
      if (b.problems.isEmpty()) {
        problems.add("url is missing: where is the database? (or give a dataSource)");
      }
    } else if (b.url != null && b.dataSource != null) {
      problems.add(
          "url and dataSource are both given" + origins(b, "url") + ", one of them must go");
    }
    if (b.dataSource != null && b.driverClassName != null) {
      problems.add("driverClassName has no use beside dataSource" + origins(b, "driverClassName"));
    }
    if (b.dataSource != null && !b.driverProperties.isEmpty()) {
      problems.add(
          "driver properties "
              + b.driverProperties.keySet()
              + " have no use beside dataSource: set them on it");
    }
    if (b.credentials != null && b.password != null) {
      problems.add(
          "password and credentials are both given"
              + origins(b, "password")
              + ", one of them must go");
    }
  }

  private static void session(SluiceBuilder b, List<String> problems) {
    if (b.name.isBlank()
        || b.name.length() > LONGEST_NAME
        || b.name.chars().anyMatch(Character::isISOControl)) {
      problems.add(
          "name must have 1 to "
              + LONGEST_NAME
              + " characters, none of them for control"
              + origins(b, "name"));
    }
    if (b.transactionIsolation != null && !ISOLATIONS.contains(b.transactionIsolation)) {
      problems.add(
          "transactionIsolation must be one of java.sql.Connection's constants or 4096, is "
              + b.transactionIsolation);
    }
    if (b.queryTimeout.isNegative() || b.queryTimeout.compareTo(Durations.LONGEST) > 0) {
      problems.add(
          "queryTimeout must be from 0 to "
              + Durations.LONGEST.toDays()
              + " days, is "
              + b.queryTimeout);
    }
    if (b.validationQuery != null && b.validationQuery.isBlank()) {
      problems.add("validationQuery must not be empty" + origins(b, "validationQuery"));
    }
    if (b.validationQuery != null && b.validator != null) {
      problems.add(
          "validationQuery and validator are both given"
              + origins(b, "validationQuery")
              + ", one of them must go");
    }
    if (b.resetPolicy.level() == ResetPolicy.Level.CLEAN && b.url != null) {
      Dialect dialect = Dialect.ofUrl(b.url);
      if (dialect != Dialect.OTHER && !dialect.cleans()) {
        problems.add(dialect.cannotClean() + origins(b, "resetPolicy"));
      }
    }
    if (b.initSql.stream().anyMatch(String::isBlank)) {
      problems.add("initSql must not hold an empty statement" + origins(b, "initSql"));
    }
  }
}
