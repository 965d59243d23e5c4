package dev.sluice.spring.boot;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Leaves Boot's configuration of R2DBC out of an application that it would end: one with {@code
 * spring.r2dbc.pool.*} and without r2dbc-pool. Boot fails while it reads that configuration's
 * conditions, whatever beans there are, so no bean can prevent it. {@link
 * R2dbcStandInAutoConfiguration} takes its place.
 */
final class R2dbcPoolFilter
    implements AutoConfigurationImportFilter, EnvironmentAware, BeanClassLoaderAware {
  private static final Set<String> BOOTS =
      Set.of(
          "org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration",
          "org.springframework.boot.autoconfigure.r2dbc.R2dbcAutoConfiguration");

  private @Nullable Environment environment;
  private @Nullable ClassLoader loader;

  @Override
  public void setEnvironment(Environment environment) {
    this.environment = environment;
  }

  @Override
  public void setBeanClassLoader(ClassLoader loader) {
    this.loader = loader;
  }

  @Override
  public boolean[] match(
      @Nullable String[] classNames, AutoConfigurationMetadata autoConfigurationMetadata) {
    boolean drop = environment != null && isNeeded(environment, loader);
    boolean[] keep = new boolean[classNames.length];
    for (int i = 0; i < classNames.length; i++) {
      String name = classNames[i];
      keep[i] = !drop || name == null || !BOOTS.contains(name);
    }
    return keep;
  }

  /**
   * Whether Boot's configuration must be replaced. If the URL asks for a pool too, Boot's
   * explanation of that contradiction is right.
   */
  static boolean isNeeded(Environment environment, @Nullable ClassLoader loader) {
    return environment.getProperty(DefaultPool.ENABLED, Boolean.class, true)
        && ClassUtils.isPresent("dev.sluice.r2dbc.SluiceConnectionFactory", loader)
        && !ClassUtils.isPresent("io.r2dbc.pool.ConnectionPool", loader)
        && R2dbcKeys.areGiven(environment)
        && !R2dbcKeys.hasPoolUrl(environment);
  }
}
