package dev.sluice.cli;

import dev.sluice.embedded.EmbeddedServerException;
import dev.sluice.jdbc.SluiceConfigException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.regex.Pattern;

/** Puts a failure into one sentence, for a person at a terminal. */
final class Sentence {
  private static final Pattern SENTENCE_END = Pattern.compile("\\.(\\s+|$)");

  private Sentence() {}

  /** The sentence for any failure. */
  static String of(Throwable failure) {
    if (failure instanceof CommandFailure
        || failure instanceof EmbeddedServerException
        || failure instanceof SluiceConfigException) {
      return Objects.toString(failure.getMessage());
    }
    return failure instanceof SQLException e
        ? "The database refused: " + said(e) + "."
        : "Something went wrong that should not have (" + failure + "). With --verbose, more.";
  }

  /** The sentence for a database that cannot be had. */
  static CommandFailure unreachable(String url, String user, SQLException e) {
    String state = Objects.toString(e.getSQLState(), "");
    return new CommandFailure(unreachableSentence(url, user, e, state), e);
  }

  private static String unreachableSentence(String url, String user, SQLException e, String state) {
    if (Objects.toString(e.getMessage()).startsWith("No suitable driver")) {
      return "There is no JDBC driver for "
          + url
          + " here; the drivers at hand are those of PostgreSQL, MariaDB, MySQL, and H2.";
    }
    if (state.startsWith("28") || state.equals("08004")) {
      return "The database at "
          + url
          + " does not let "
          + (user.isEmpty() ? "us" : "user '" + user + "'")
          + " in: "
          + said(e)
          + ". User and password are given with --user and --password, or SLUICE_PASSWORD.";
    }
    if (state.startsWith("08")) {
      return "The database at " + url + " cannot be reached: " + said(e) + ".";
    }
    return "The database at " + url + " gives no connection: " + said(e) + ".";
  }

  /** The first sentence of what the driver said, with the SQLSTATE. */
  static String said(SQLException e) {
    String message = Objects.toString(e.getMessage(), e.getClass().getSimpleName());
    String line = message.strip().lines().findFirst().orElse("").strip();
    String text = SENTENCE_END.split(line, 2)[0];
    return e.getSQLState() == null ? text : text + " (SQLSTATE " + e.getSQLState() + ")";
  }
}
