package dev.sluice.spring.boot;

import dev.sluice.jdbc.RoutingBuilder;
import dev.sluice.jdbc.RoutingDataSource;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceConfig;
import dev.sluice.jdbc.SluiceDataSourceBean;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.env.Environment;

/**
 * Configures the data source that Boot made, from {@code spring.datasource.name}, then {@code
 * spring.datasource.hikari.*}, then {@code sluice.*}, then the beans of the application; and those
 * of {@code sluice.pools}. Later ones win. Where a service connection (Testcontainers, Docker
 * Compose) says where the database is, no property does.
 */
final class PoolSettings implements DestructionAwareBeanPostProcessor {
  private static final Log LOG = LogFactory.getLog("dev.sluice");
  static final String REPLICAS = "sluice.replicas";

  private final ConfigurableListableBeanFactory beans;
  private final Environment environment;

  /** What took the place of a bean, by the bean's name; Spring itself ends only the bean. */
  private final Map<String, RoutingDataSource> replacements = new ConcurrentHashMap<>();

  PoolSettings(ConfigurableListableBeanFactory beans, Environment environment) {
    this.beans = beans;
    this.environment = environment;
  }

  @Override
  public Object postProcessBeforeInitialization(Object bean, String beanName) {
    if (!(bean instanceof SluiceDataSourceBean made) || !beans.containsBeanDefinition(beanName)) {
      return bean;
    }
    if (isBoots(beanName)) {
      configureBoots(made, beanName);
      return routed(made, beanName);
    }
    String pool = PoolRegistrar.nameOf(environment, beanName);
    if (!pool.isEmpty()) {
      configureNamed(made, beanName, pool);
    }
    return bean;
  }

  @Override
  public void postProcessBeforeDestruction(Object bean, String beanName) {
    RoutingDataSource replacement = replacements.remove(beanName);
    if (replacement != null) {
      replacement.close();
    }
  }

  @Override
  public boolean requiresDestruction(Object bean) {
    return bean instanceof SluiceDataSourceBean;
  }

  private boolean isBoots(String beanName) {
    if (!(beans.getMergedBeanDefinition(beanName) instanceof RootBeanDefinition definition)) {
      return false;
    }
    Method factory = definition.getResolvedFactoryMethod();
    return factory != null && MainPool.isMadeBy(factory);
  }

  private void configureBoots(SluiceDataSourceBean made, String beanName) {
    boolean service = ServiceConnection.isIn(beans);
    HikariKeys all = HikariKeys.of(environment);
    HikariKeys hikari = service ? all.withoutLocation() : all;
    SluiceKeys given = SluiceKeys.of(environment, SluiceKeys.PREFIX);
    SluiceKeys own = service ? given.withoutLocation() : given;
    NamedDataSource source = hikari.dataSource();
    configure(
        made,
        builder -> {
          String name = environment.getProperty("spring.datasource.name", "");
          if (!name.isBlank()) {
            builder.name(name);
          }
          if (hikari.has("jdbcurl") || source.isGiven()) {
            builder.driverClassName(environment.getProperty("spring.datasource.driver-class-name"));
          }
          hikari.applyTo(builder).forEach(LOG::warn);
          secure(builder, SluiceKeys.PREFIX, made.getUrl());
          own.applyTo(builder);
          if (source.isGiven()) {
            builder
                .driverClassName(null)
                .url(null)
                .dataSource(source.create(beans.getBeanClassLoader()));
          }
          PoolBeans.applyTo(builder, beans, beanName);
        });
  }

  private void configureNamed(SluiceDataSourceBean made, String beanName, String pool) {
    String prefix = PoolRegistrar.PREFIX + "." + pool;
    NamedKeys pools = NamedKeys.of(environment, PoolRegistrar.PREFIX);
    SluiceKeys keys = SluiceKeys.of(pools, PoolRegistrar.PREFIX, pool);
    configure(
        made,
        builder -> {
          secure(builder, prefix, pools.of(pool).get("url"));
          keys.applyTo(builder.name(pool));
          PoolBeans.applyTo(builder, beans, beanName);
        });
  }

  private void secure(SluiceBuilder builder, String prefix, @Nullable String url) {
    BundleSettings.applyTo(builder, environment, prefix, url == null ? "" : url, beans);
  }

  private static void configure(SluiceDataSourceBean bean, Consumer<SluiceBuilder> change) {
    bean.configure(
        builder -> {
          change.accept(builder);
          return builder;
        });
  }

  /** The bean itself, or a data source that routes reads to the replicas that there are. */
  private DataSource routed(SluiceDataSourceBean made, String beanName) {
    NamedKeys replicas = NamedKeys.of(environment, REPLICAS);
    replicas.warnOfStrangers();
    if (replicas.names().isEmpty()) {
      return made;
    }
    SluiceConfig primary = made.config().toBuilder().toConfig();
    RoutingBuilder routing = RoutingDataSource.builder().name(primary.pool().name());
    routing.primary(primary);
    for (String name : replicas.names()) {
      SluiceBuilder replica = primary.toBuilder().name(primary.pool().name() + "-" + name);
      SluiceKeys.of(replicas, REPLICAS, name).applyTo(replica);
      routing.replica(replica);
    }
    RoutingDataSource built = routing.build();
    replacements.put(beanName, built);
    made.close();
    return built;
  }
}
