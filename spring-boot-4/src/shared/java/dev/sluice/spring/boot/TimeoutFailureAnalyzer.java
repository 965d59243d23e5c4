package dev.sluice.spring.boot;

import dev.sluice.jdbc.AcquireTimeoutException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains why the application could not start with a database that does not answer in time. */
final class TimeoutFailureAnalyzer extends AbstractFailureAnalyzer<AcquireTimeoutException> {
  @Override
  protected FailureAnalysis analyze(Throwable root, AcquireTimeoutException cause) {
    return new FailureAnalysis(
        "The application needs its database to start. " + cause.getMessage(),
        "Make the database answer sooner, give it longer with sluice.acquire-timeout and"
            + " sluice.open-timeout, or let the application start without it: none of its beans may"
            + " need a connection for that.",
        cause);
  }
}
