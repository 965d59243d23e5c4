package dev.sluice.spring.boot;

import dev.sluice.jdbc.DatabaseUnavailableException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Explains why the application could not start without its database. */
final class DatabaseFailureAnalyzer extends AbstractFailureAnalyzer<DatabaseUnavailableException> {
  private final Environment environment;

  DatabaseFailureAnalyzer(Environment environment) {
    this.environment = environment;
  }

  @Override
  protected FailureAnalysis analyze(Throwable root, DatabaseUnavailableException cause) {
    String url = environment.getProperty("spring.datasource.url", "the configured URL");
    return new FailureAnalysis(
        "The application needs its database to start. " + cause.getMessage(),
        advice(String.valueOf(cause.getSQLState()), withoutParameters(url)),
        cause);
  }

  private static String advice(String state, String url) {
    if (state.startsWith("28")) {
      return "Correct spring.datasource.username and spring.datasource.password: the database"
          + " refuses this login.";
    }
    if (state.equals("3D000")) {
      return "Create the database, or correct its name in spring.datasource.url.";
    }
    return "Check that the database runs and that this host reaches it at "
        + url
        + ". If the database may start later than the application, set sluice.start-retry=60s.";
  }

  /** The URL up to its parameters, among which there may be a password. */
  private static String withoutParameters(String url) {
    int end = url.length();
    for (char mark : new char[] {'?', ';', '@'}) {
      int at = url.indexOf(mark);
      end = at < 0 ? end : Math.min(end, at);
    }
    return url.substring(0, end);
  }
}
