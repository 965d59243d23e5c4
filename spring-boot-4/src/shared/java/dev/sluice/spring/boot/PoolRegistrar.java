package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluiceDataSourceBean;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
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
    for (String name : names(environment, PREFIX)) {
      boolean primary =
          environment.getProperty(PREFIX + "." + name + ".primary", Boolean.class, false);
      RootBeanDefinition definition = new RootBeanDefinition(SluiceDataSourceBean.class);
      definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
      definition.setPrimary(primary);
      definition.setDefaultCandidate(primary);
      definition.setDestroyMethodName("close");
      registry.registerBeanDefinition(name + SUFFIX, definition);
    }
  }

  /** The first words under a prefix. */
  static Set<String> names(Environment environment, String prefix) {
    Set<String> names = new TreeSet<>();
    Binder.get(environment)
        .bind(prefix, Bindable.mapOf(String.class, String.class))
        .ifBound(
            keys ->
                keys.keySet()
                    .forEach(key -> names.add(key.substring(0, (key + ".").indexOf('.')))));
    return names;
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
