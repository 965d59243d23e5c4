package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluicePool;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/** Configures the pools of an application, and tells Boot about them. */
@AutoConfiguration(
    beforeName = {
      "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
      "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration"
    })
@ConditionalOnProperty(name = DefaultPool.ENABLED, matchIfMissing = true)
@Import(PoolRegistrar.class)
public class SluiceAutoConfiguration {
  @Bean
  static PoolSettings sluicePoolSettings(
      ConfigurableListableBeanFactory beans, Environment environment) {
    return new PoolSettings(beans, environment);
  }

  @Bean
  SluicePools sluicePools(ListableBeanFactory beans) {
    return new SluicePools(beans);
  }

  @Bean
  DataSourcePoolMetadataProvider sluicePoolMetadataProvider() {
    return dataSource -> {
      List<SluicePool> pools = SluicePools.of(dataSource);
      return pools.isEmpty() ? null : new SluicePoolMetadata(pools);
    };
  }

  @Bean
  @ConditionalOnMissingBean
  PoolLifecycle sluicePoolLifecycle(SluicePools pools, ApplicationContext context) {
    boolean crac = ClassUtils.isPresent("org.crac.Resource", context.getClassLoader());
    return new PoolLifecycle(pools::all, context, crac);
  }

  /** Lets beans have Boot's pool injected by the type {@link SluicePool}. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(
      name = DefaultPool.TYPE,
      havingValue = "dev.sluice.jdbc.SluiceDataSourceBean")
  static class Injection {
    @Bean
    static BeanFactoryPostProcessor sluicePoolInjection(Environment environment) {
      return beans -> MainPool.injectInto(beans, environment);
    }
  }
}
