package dev.sluice.spring.boot;

import dev.sluice.jdbc.DatabaseUnavailableException;
import java.util.List;
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
    return new FailureAnalysis(
        "The application needs its database to start. " + cause.getMessage(),
        advice(String.valueOf(cause.getSQLState()), keysOf(cause)),
        cause);
  }

  /** What configures the pool that failed. */
  private PoolKeys keysOf(DatabaseUnavailableException cause) {
    NamedKeys pools = NamedKeys.of(environment, PoolRegistrar.PREFIX);
    for (String name : pools.names()) {
      if (String.valueOf(cause.getMessage()).contains("'" + name + "'")) {
        String prefix = PoolRegistrar.PREFIX + "." + name;
        return new PoolKeys(prefix + ".url", prefix + ".user", prefix + ".password", prefix);
      }
    }
    String url = "spring.datasource.url";
    for (String other : List.of("sluice.url", "spring.datasource.hikari.jdbc-url")) {
      url = environment.containsProperty(other) ? other : url;
    }
    return new PoolKeys(url, "spring.datasource.username", "spring.datasource.password", "sluice");
  }

  private String advice(String state, PoolKeys keys) {
    if (state.startsWith("28")) {
      return "Correct "
          + keys.user
          + " and "
          + keys.password
          + ": the database refuses this login.";
    }
    if (state.equals("3D000")) {
      return "Create the database, or correct its name in " + keys.url + ".";
    }
    return "Check that the database runs and that this host reaches it at "
        + withoutParameters(environment.getProperty(keys.url, "the configured URL"))
        + ". If the database may start later than the application, set "
        + keys.prefix
        + ".start-retry=60s.";
  }

  /** The names of properties. */
  private record PoolKeys(String url, String user, String password, String prefix) {}

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
