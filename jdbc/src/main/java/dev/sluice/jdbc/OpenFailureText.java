package dev.sluice.jdbc;

import java.sql.SQLException;

/** Describes a failure to connect: the driver's message, the root cause, and the location. */
final class OpenFailureText {
  private static final int CHAIN_MAX = 16;

  private OpenFailureText() {}

  /**
   * Returns one line.
   *
   * @param place the URL without secrets, empty if there is none
   */
  static String of(Throwable failure, String place) {
    StringBuilder text = new StringBuilder(words(failure));
    if (failure.getCause() != null) {
      Throwable root = root(failure.getCause());
      String words = words(root);
      if (text.indexOf(words) < 0) {
        text.append(" Cause: ").append(name(root)).append(words);
      }
    }
    if (failure instanceof SQLException e && e.getSQLState() != null) {
      text.append(" SQLSTATE ").append(e.getSQLState());
    }
    if (!place.isEmpty()) {
      text.append(" At ").append(place);
    }
    return text.toString();
  }

  private static String words(Throwable e) {
    String message = e.getMessage();
    if (message == null || message.isBlank()) {
      return e.getClass().getSimpleName() + ".";
    }
    String line = message.strip().replace('\n', ' ');
    return line.endsWith(".") ? line : line + ".";
  }

  /**
   * The exception's class and message, because {@code UnknownHostException: db.internal} says more
   * than the host name alone.
   */
  private static String name(Throwable e) {
    return e instanceof SQLException ? "" : e.getClass().getSimpleName() + ": ";
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    for (int i = 0; i < CHAIN_MAX && root.getCause() != null; i++) {
      root = root.getCause();
    }
    return root;
  }
}
