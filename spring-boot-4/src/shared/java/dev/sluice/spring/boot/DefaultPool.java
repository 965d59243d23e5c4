package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluiceDataSourceBean;
import java.util.Map;
import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.ClassUtils;

/** Makes Sluice the pool of Boot's own data source, unless the application names another. */
final class DefaultPool {
  static final String TYPE = "spring.datasource.type";
  static final String ENABLED = "sluice.enabled";
  private static final String SOURCE = "sluice";
  private static final String HIKARI = "com.zaxxer.hikari.HikariDataSource";

  /** A class of HikariCP that the module with its names over Sluice does not have. */
  private static final String HIKARI_ALONE = "com.zaxxer.hikari.util.ConcurrentBag";

  private final ConfigurableEnvironment environment;
  private final @Nullable ClassLoader loader;
  private final Log log;

  DefaultPool(ConfigurableEnvironment environment, @Nullable ClassLoader loader, Log log) {
    this.environment = environment;
    this.loader = loader;
    this.log = log;
  }

  /**
   * Adds the type as the last source, so that every source of the application's own wins. Boot then
   * takes its branch for data sources of any type, in which test slices, connection details and
   * lazy connections work as for the pools that it knows.
   */
  void choose() {
    if (!environment.getProperty(ENABLED, Boolean.class, true)) {
      return;
    }
    String type = environment.getProperty(TYPE);
    if (type == null) {
      environment.getPropertySources().addLast(sluice());
    } else if (type.trim().equals(HIKARI)) {
      replaceHikariCp();
    }
  }

  /**
   * Many applications name HikariCP although it is the default. Where its jar was taken away for
   * Sluice, that name would stop the application; where it is still there, the name wins, and says
   * so, because somebody added Sluice and would not notice.
   */
  private void replaceHikariCp() {
    if (!ClassUtils.isPresent(HIKARI, loader)) {
      environment.getPropertySources().addFirst(sluice());
      log.info(TYPE + " names HikariCP, which is not on the class path: Sluice takes its place");
    } else if (ClassUtils.isPresent(HIKARI_ALONE, loader)) {
      log.warn(
          TYPE
              + " names HikariCP, so HikariCP is the pool and Sluice is not."
              + " To use Sluice, remove that key or exclude the dependency com.zaxxer:HikariCP;"
              + " to keep HikariCP without this warning, set "
              + ENABLED
              + "=false");
    }
  }

  private static MapPropertySource sluice() {
    return new MapPropertySource(SOURCE, Map.of(TYPE, SluiceDataSourceBean.class.getName()));
  }
}
