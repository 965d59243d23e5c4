package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * How long a driver waits for an answer of the server. While it logs in and is set up, that is no
 * longer than the login may take, even if the user's {@code socketTimeout} is longer: that one is
 * meant for statements, and a silent first host would take all the time for itself. Afterwards it
 * is the user's, or there is no limit.
 */
final class ReadLimit {
  private static final int MILLIS_PER_SECOND = 1_000;

  private final int unit;
  private final int usersMillis;

  private ReadLimit(int unit, int usersMillis) {
    this.unit = unit;
    this.usersMillis = usersMillis;
  }

  /**
   * Null if nothing is to be limited: the driver has no such property, or nobody knows what the
   * user's value means.
   */
  static @Nullable ReadLimit of(Dialect dialect, @Nullable Secret users) {
    if (dialect != Dialect.POSTGRESQL && dialect != Dialect.MYSQL) {
      return null;
    }
    int unit = dialect == Dialect.POSTGRESQL ? MILLIS_PER_SECOND : 1;
    if (users == null) {
      return new ReadLimit(unit, 0);
    }
    try {
      int value = Integer.parseInt(users.revealObject().toString().trim());
      return value < 0 ? null : new ReadLimit(unit, Math.multiplyExact(value, unit));
    } catch (NumberFormatException | ArithmeticException e) {
      return null; // the driver will say what it thinks of it
    }
  }

  /** The properties hold the user's value, if there is one; the login's may be shorter. */
  void shortenLogin(Properties properties, LoginLimit limit) {
    String text = unit == 1 ? limit.millis() : limit.seconds();
    if (usersMillis == 0 || Long.parseLong(text) * unit < usersMillis) {
      properties.put(Dialect.LOGIN_READ_TIMEOUT, text);
    }
  }

  /** Limits a connection that is set up; zero: it is, and has the user's limit from now on. */
  void set(Connection raw, Duration limit) throws SQLException {
    int millis = limit.isZero() ? 0 : LoginLimit.toMillis(limit);
    boolean users = millis == 0 || (usersMillis > 0 && usersMillis < millis);
    raw.setNetworkTimeout(CallerRuns.INSTANCE, users ? usersMillis : millis);
  }
}
