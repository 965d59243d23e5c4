package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Limits how long a driver waits for the server's answer. During the login and the set-up, it waits
 * no longer than the login may take, even if the user's {@code socketTimeout} is longer. That
 * timeout is meant for statements, and a silent first host would use up all the time. Afterwards
 * the user's limit applies, or none.
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
   * Null if there is nothing to limit: the driver has no such property, or the user's value cannot
   * be read.
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

  /** Lowers the user's value in the properties, if any, to the login's limit. */
  void shortenLogin(Properties properties, LoginLimit limit) {
    String text = unit == 1 ? limit.millis() : limit.seconds();
    if (usersMillis == 0 || Long.parseLong(text) * unit < usersMillis) {
      properties.put(Dialect.LOGIN_READ_TIMEOUT, text);
    }
  }

  /** Limits a connection during its set-up. Zero ends the set-up and restores the user's limit. */
  void set(Connection raw, Duration limit) throws SQLException {
    int millis = limit.isZero() ? 0 : LoginLimit.toMillis(limit);
    boolean users = millis == 0 || (usersMillis > 0 && usersMillis < millis);
    raw.setNetworkTimeout(CallerRuns.INSTANCE, users ? usersMillis : millis);
  }
}
