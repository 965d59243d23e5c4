package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluiceDataSourceBean;
import dev.sluice.jdbc.SluicePool;
import java.lang.reflect.Method;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.env.Environment;

/**
 * Lets beans have Boot's pool injected by its type, although Boot declares it as a data source.
 * That takes no second bean: a pool is a data source too, and much of Boot steps back from an
 * application with two.
 */
final class MainPool {
  private static final String BEAN = "dataSource";
  private static final String MADE_BY = ".DataSourceConfiguration$Generic";

  private MainPool() {}

  /** Whether Boot's branch for data sources of any type made a bean by this method. */
  static boolean isMadeBy(Method factory) {
    return factory.getDeclaringClass().getName().endsWith(MADE_BY);
  }

  static void injectInto(ConfigurableListableBeanFactory beans, Environment environment) {
    if (!beans.containsBeanDefinition(BEAN)) {
      return;
    }
    BeanDefinition definition = beans.getBeanDefinition(BEAN);
    if (!String.valueOf(definition.getFactoryBeanName()).endsWith(MADE_BY)) {
      return;
    }
    if (isWrapped(environment)) {
      // Injection takes what is registered here for any qualifier, so other pools exclude it.
      if (PoolRegistrar.names(environment, PoolRegistrar.PREFIX).isEmpty()) {
        beans.registerResolvableDependency(
            SluicePool.class, (ObjectFactory<SluicePool>) () -> behind(beans));
      }
    } else if (definition instanceof RootBeanDefinition root && !routes(environment)) {
      root.setTargetType(SluiceDataSourceBean.class);
    }
  }

  /** Whether Boot wraps the bean, so that it is no pool itself. */
  private static boolean isWrapped(Environment environment) {
    return "lazy".equalsIgnoreCase(environment.getProperty("spring.datasource.connection-fetch"));
  }

  private static boolean routes(Environment environment) {
    return !PoolRegistrar.names(environment, PoolSettings.REPLICAS).isEmpty();
  }

  private static SluicePool behind(BeanFactory beans) {
    DataSource dataSource = beans.getBean(BEAN, DataSource.class);
    List<SluicePool> pools = SluicePools.of(dataSource);
    if (pools.isEmpty()) {
      throw new NoSuchBeanDefinitionException(
          SluicePool.class, "the data source is a " + dataSource.getClass().getName());
    }
    return pools.get(0); // a routing data source begins with its primary
  }
}
