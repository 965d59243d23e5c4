package dev.sluice.spring.boot;

import dev.sluice.jdbc.PoolStartException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a pool that could not open its first connection for another reason than a failure. */
final class StartFailureAnalyzer extends AbstractFailureAnalyzer<PoolStartException> {
  @Override
  protected FailureAnalysis analyze(Throwable root, PoolStartException cause) {
    return new FailureAnalysis(
        "The connection pool could not open its first connection. " + cause.getMessage(),
        "Make the database answer sooner, give it longer with sluice.open-timeout and"
            + " sluice.start-retry, or let the application start without it with"
            + " sluice.start-policy=background.",
        cause);
  }
}
