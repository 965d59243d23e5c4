package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluiceDataSourceBean;
import java.util.Set;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Declares a data source for each {@code sluice.pools.NAME}, with the qualifier NAME. It is
 * injected only where the qualifier asks for it, so that it does not displace Boot's own data
 * source, unless it says {@code primary=true}.
 */
final class PoolRegistrar implements ImportBeanDefinitionRegistrar {
  static final String PREFIX = "sluice.pools";
  private static final String SUFFIX = "DataSource";

  private final Environment environment;

  PoolRegistrar(Environment environment) {
    this.environment = environment;
  }

  @Override
  public void registerBeanDefinitions(
      AnnotationMetadata importing, BeanDefinitionRegistry registry) {
    NamedKeys pools = NamedKeys.of(environment, PREFIX);
    pools.warnOfStrangers();
    for (String name : pools.names()) {
      boolean primary =
          Boolean.parseBoolean(pools.of(name).getOrDefault("primary", "false").trim());
      RootBeanDefinition definition = new RootBeanDefinition(SluiceDataSourceBean.class);
      definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
      definition.setPrimary(primary);
      definition.setDefaultCandidate(primary);
      definition.setDestroyMethodName("close");
      registry.registerBeanDefinition(name + SUFFIX, definition);
    }
  }

  /** The names under a prefix. */
  static Set<String> names(Environment environment, String prefix) {
    return NamedKeys.of(environment, prefix).names();
  }

  /** The name of the pool that a bean has; empty if it is not one of these. */
  static String nameOf(Environment environment, String beanName) {
    if (!beanName.endsWith(SUFFIX)) {
      return "";
    }
    String name = beanName.substring(0, beanName.length() - SUFFIX.length());
    return names(environment, PREFIX).contains(name) ? name : "";
  }
}
