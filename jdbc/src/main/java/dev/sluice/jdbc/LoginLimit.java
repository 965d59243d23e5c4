package dev.sluice.jdbc;

import java.time.Duration;
import java.util.Locale;

/**
 * The time limit of a login. A driver tries the hosts of its URL one after the other, so each host
 * gets its share of the time: a silent first host must leave time for the second.
 *
 * @param total the limit for all hosts together
 * @param hosts how many hosts the URL names, at least 1
 * @param tries how often the driver tries each host; PostgreSQL's driver tries a host that did not
 *     answer once more without TLS, unless {@code sslmode} forbids it
 */
record LoginLimit(Duration total, int hosts, int tries) {
  LoginLimit(Duration total, int hosts) {
    this(total, hosts, 1);
  }

  static LoginLimit of(String url, Dialect dialect, Duration total) {
    int hosts = Math.max(1, hosts(url, dialect));
    boolean twice = hosts > 1 && dialect == Dialect.POSTGRESQL && !decidesOnTls(url);
    return new LoginLimit(total, hosts, twice ? 2 : 1);
  }

  private static boolean decidesOnTls(String url) {
    return url.contains("sslmode=disable")
        || url.contains("sslmode=require")
        || url.contains("sslmode=verify");
  }

  /** The limit for one host in whole seconds; never 0, which would mean no limit. */
  String seconds() {
    long seconds = hosts == 1 ? total.plusNanos(999_999_999).toSeconds() : perHost().toSeconds();
    return Long.toString(Math.min(Integer.MAX_VALUE, Math.max(1, seconds)));
  }

  /** The limit for one host in milliseconds. */
  String millis() {
    return Long.toString(toMillis(perHost()));
  }

  /** The limit for all hosts in whole seconds. */
  String totalSeconds() {
    return new LoginLimit(total, 1).seconds();
  }

  private Duration perHost() {
    return hosts * tries == 1 ? total : total.dividedBy((long) hosts * tries);
  }

  static int toMillis(Duration time) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, time.toMillis()));
  }

  private static int hosts(String url, Dialect dialect) {
    return switch (dialect) {
      case POSTGRESQL, MARIADB, MYSQL -> inAuthority(url);
      case ORACLE -> url.toLowerCase(Locale.ROOT).split("\\(\\s*host\\s*=", -1).length - 1;
      default -> 1;
    };
  }

  /**
   * Counts the commas between {@code //} and the database, but not those that separate a host's
   * properties: {@code (host=a,port=1),(host=b,port=2)}.
   */
  private static int inAuthority(String url) {
    int start = url.indexOf("//");
    if (start < 0) {
      return 1;
    }
    int hosts = 1;
    int depth = 0;
    for (int i = start + 2; i < url.length(); i++) {
      switch (url.charAt(i)) {
        case '(' -> depth++;
        case ')' -> depth--;
        case ',' -> hosts += depth == 0 ? 1 : 0;
        case '/', '?' -> {
          if (depth == 0) {
            return hosts;
          }
        }
        default -> {}
      }
    }
    return hosts;
  }
}
