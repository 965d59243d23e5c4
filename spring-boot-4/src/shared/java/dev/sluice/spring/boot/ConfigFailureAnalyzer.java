package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluiceConfigException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains an invalid configuration. */
final class ConfigFailureAnalyzer extends AbstractFailureAnalyzer<SluiceConfigException> {
  @Override
  protected FailureAnalysis analyze(Throwable root, SluiceConfigException cause) {
    return new FailureAnalysis(
        "The connection pool cannot be configured. " + cause.getMessage(),
        "Correct these properties, under sluice, spring.datasource or spring.datasource.hikari.",
        cause);
  }
}
