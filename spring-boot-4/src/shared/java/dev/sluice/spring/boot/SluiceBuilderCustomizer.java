package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluiceBuilder;

/**
 * Changes the configuration of a pool in code. Declare a bean of this type; it is called for each
 * pool that Boot's properties configure, after the properties. Several are called in the order of
 * {@link org.springframework.core.annotation.Order}.
 */
@FunctionalInterface
public interface SluiceBuilderCustomizer {
  /**
   * Changes options.
   *
   * @param beanName the data source's bean name, {@code dataSource} for Boot's own
   * @param builder the options as the properties set them
   */
  void customize(String beanName, SluiceBuilder builder);
}
