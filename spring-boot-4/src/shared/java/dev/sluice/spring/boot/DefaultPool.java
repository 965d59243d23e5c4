package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluiceDataSourceBean;
import java.util.Map;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Makes Sluice the pool of Boot's own data source, unless the application names another. */
final class DefaultPool {
  static final String TYPE = "spring.datasource.type";
  static final String ENABLED = "sluice.enabled";

  private DefaultPool() {}

  /**
   * Adds the type as the last source, so that every source of the application's own wins. Boot then
   * takes its branch for data sources of any type, in which test slices, connection details and
   * lazy connections work as for the pools that it knows.
   */
  static void addTo(ConfigurableEnvironment environment) {
    boolean enabled = environment.getProperty(ENABLED, Boolean.class, true);
    if (enabled && !environment.containsProperty(TYPE)) {
      environment
          .getPropertySources()
          .addLast(
              new MapPropertySource("sluice", Map.of(TYPE, SluiceDataSourceBean.class.getName())));
    }
  }
}
