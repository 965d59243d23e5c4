package dev.sluice.spring.boot;

import dev.sluice.r2dbc.SluiceConnectionFactoryBuilder;

/**
 * Changes the configuration of the reactive pool in code. Declare a bean of this type; it is called
 * after Boot's properties were read. Several are called in the order of {@link
 * org.springframework.core.annotation.Order}.
 */
@FunctionalInterface
public interface SluiceR2dbcBuilderCustomizer {
  /**
   * Changes options.
   *
   * @param builder the options as the properties set them
   */
  void customize(SluiceConnectionFactoryBuilder builder);
}
