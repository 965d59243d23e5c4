package dev.sluice.spring.boot;

import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jdbc.datasource.lookup.JndiDataSourceLookup;
import org.springframework.util.ClassUtils;

/**
 * A data source that properties name by its class or in JNDI, in place of a URL.
 *
 * @param className the class, which has a constructor without parameters; empty if none is named
 * @param jndiName the name in JNDI; empty if none is named
 * @param properties the properties of the class
 */
record NamedDataSource(String className, String jndiName, Map<String, String> properties) {
  NamedDataSource {
    properties = Map.copyOf(properties);
  }

  boolean isGiven() {
    return !className.isEmpty() || !jndiName.isEmpty();
  }

  /** Makes the data source, or looks it up. */
  DataSource create(@Nullable ClassLoader loader) {
    if (className.isEmpty()) {
      return new JndiDataSourceLookup().getDataSource(jndiName);
    }
    Class<?> type = ClassUtils.resolveClassName(className, loader);
    DataSource dataSource = (DataSource) BeanUtils.instantiateClass(type);
    new Binder(new MapConfigurationPropertySource(properties))
        .bind(ConfigurationPropertyName.EMPTY, Bindable.ofInstance(dataSource));
    return dataSource;
  }
}
