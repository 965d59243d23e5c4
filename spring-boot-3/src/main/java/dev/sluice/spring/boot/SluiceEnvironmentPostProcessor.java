package dev.sluice.spring.boot;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/** Makes Sluice the default pool, after the application's own properties were read. */
final class SluiceEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {
  private final Log log;

  /** For Boot, which shows what is logged here as soon as logging is set up. */
  SluiceEnvironmentPostProcessor(DeferredLogFactory logs) {
    log = logs.getLog(LogFactory.getLog("dev.sluice"));
  }

  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    new DefaultPool(environment, application.getClassLoader(), log).choose();
  }
}
