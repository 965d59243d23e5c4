package dev.sluice.jdbc;

import dev.sluice.jdbc.config.DurationText;
import dev.sluice.jdbc.config.Printable;
import dev.sluice.pool.PoolConfig.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Checks all options of a builder together. */
final class ConfigChecks {
  private static final int LONGEST_NAME = 100;

  private final JdbcValues v;
  private final List<Problem> problems = new ArrayList<>();

  private ConfigChecks(JdbcValues values) {
    this.v = values;
  }

  /** Builds the configuration, or throws an exception with all problems. */
  static SluiceConfig config(SluiceBuilder b) {
    ConfigChecks checks = new ConfigChecks(b.values);
    List<Problem> inPool = b.problemsOfPool();
    boolean readable = b.problems.isEmpty();
    checks.database(readable);
    checks.session();
    checks.name(b.nameOfPool());
    if (!readable || !inPool.isEmpty() || !checks.problems.isEmpty()) {
      List<String> texts = new ArrayList<>();
      for (Problem problem : b.problems) {
        texts.add(problem.text());
      }
      addWithOrigins(inPool, b.origins, texts);
      addWithOrigins(checks.problems, b.origins, texts);
      throw new SluiceConfigException(
          "pool '" + Printable.of(b.nameOfPool()) + "': invalid configuration", texts);
    }
    return b.freeze();
  }

  /** Adds problems, each with the origins of its options. */
  private static void addWithOrigins(
      List<Problem> problems, Map<String, String> origins, List<String> texts) {
    for (Problem problem : problems) {
      List<String> places = new ArrayList<>();
      for (String option : problem.options()) {
        String place = origins.get(option);
        if (place != null && !place.equals(option)) {
          places.add(place);
        }
      }
      texts.add(
          places.isEmpty()
              ? problem.text()
              : problem.text() + " (" + String.join(", ", places) + ")");
    }
  }

  private void problem(String text, String... options) {
    problems.add(new Problem(List.of(options), text));
  }

  private void database(boolean sourcesReadable) {
    if (v.url == null && v.dataSource == null) {
      // An unreadable source may have contained it.
      if (sourcesReadable) {
        problem("url is missing: give the URL of the database, or a dataSource", "url");
      }
    } else if (v.url != null && v.dataSource != null) {
      problem("url and dataSource are both given; remove one of them", "url");
    }
    if (v.dataSource != null && v.driverClassName != null) {
      problem("driverClassName has no effect with a dataSource", "driverClassName");
    }
    if (v.dataSource != null && !v.driverProperties.isEmpty()) {
      problem(
          "driver properties "
              + v.driverProperties.keySet()
              + " have no effect with a dataSource: set them on the data source");
    }
    if (v.credentials != null && v.password != null) {
      problem("password and credentials are both given; remove one of them", "password");
    }
  }

  private void name(String name) {
    boolean control = false;
    for (int i = 0; i < name.length(); i++) {
      control |= Character.isISOControl(name.charAt(i));
    }
    if (name.isBlank() || name.length() > LONGEST_NAME || control) {
      problem("name must have 1 to " + LONGEST_NAME + " characters, no control characters", "name");
    }
  }

  private void time(String option, Duration time) {
    if (time.isNegative() || time.compareTo(DurationText.LONGEST) > 0) {
      problem(
          option
              + " must be from 0 to "
              + DurationText.LONGEST.toDays()
              + " days, is "
              + DurationText.signed(time),
          option);
    }
  }

  private void session() {
    if (v.transactionIsolation != null && !isIsolation(v.transactionIsolation)) {
      problem(
          "transactionIsolation must be one of java.sql.Connection's constants or 4096, is "
              + v.transactionIsolation,
          "transactionIsolation");
    }
    time("queryTimeout", v.queryTimeout);
    time("startRetry", v.startRetry);
    if (v.expectedInstances < 0 || v.expectedInstances > SluiceConfig.MAX_INSTANCES) {
      problem(
          "expectedInstances must be from 0 to "
              + SluiceConfig.MAX_INSTANCES
              + ", is "
              + v.expectedInstances,
          "expectedInstances");
    }
    if (v.statementCacheSize < 0 || v.statementCacheSize > SluiceConfig.MAX_STATEMENTS) {
      problem(
          "statementCacheSize must be from 0 to "
              + SluiceConfig.MAX_STATEMENTS
              + ", is "
              + v.statementCacheSize,
          "statementCacheSize");
    }
    if (v.hookTimeout.compareTo(Duration.ofMillis(1)) < 0) {
      problem(
          "hookTimeout must be at least 1 ms, is " + DurationText.signed(v.hookTimeout),
          "hookTimeout");
    } else {
      time("hookTimeout", v.hookTimeout);
    }
    if (v.validationQuery != null && v.validationQuery.isBlank()) {
      problem("validationQuery must not be empty", "validationQuery");
    }
    if (v.validationQuery != null && v.validator != null) {
      problem(
          "validationQuery and validator are both given; remove one of them", "validationQuery");
    }
    if (v.resetPolicy.level() == ResetPolicy.Level.CLEAN && v.url != null) {
      Dialect dialect = Dialect.ofUrl(v.url);
      if (dialect != Dialect.OTHER && !dialect.cleans()) {
        problem(dialect.cannotClean(), "resetPolicy");
      }
    }
    if (v.transactionPooler) {
      pooler();
    }
    for (String statement : v.initSql) {
      if (statement.isBlank()) {
        problem("initSql must not contain an empty statement", "initSql");
        break;
      }
    }
  }

  /** Refuses what would set something in a session that the next transaction may not get. */
  private void pooler() {
    stays(!v.initSql.isEmpty(), "initSql", "use ALTER ROLE … SET or ALTER DATABASE … SET");
    stays(v.schema != null, "schema", "use ALTER ROLE … SET search_path, or qualified names");
    stays(v.readOnly != null, "readOnly", "use inTransaction with read-only, or setReadOnly");
    stays(
        v.transactionIsolation != null,
        "transactionIsolation",
        "use SET TRANSACTION at the begin of a transaction");
    stays(v.statementCacheSize > 0, "statementCacheSize", "leave it at 0");
    boolean cleans =
        v.resetPolicy.level() == ResetPolicy.Level.CLEAN
            || v.resetPolicy.level() == ResetPolicy.Level.SQL;
    stays(cleans, "resetPolicy", "use FAST or VERIFIED; the pooler resets its sessions itself");
  }

  private void stays(boolean set, String option, String instead) {
    if (set) {
      problem(
          option
              + " has no place with transactionPooler, because the next transaction may run in"
              + " another session: "
              + instead,
          option,
          "transactionPooler");
    }
  }

  private static boolean isIsolation(int level) {
    return switch (level) {
      case 1, 2, 4, 8, 4096 -> true;
      default -> false;
    };
  }
}
