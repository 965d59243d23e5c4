package dev.sluice.spring.boot;

import static dev.sluice.spring.boot.Keys.squeeze;

import dev.sluice.jdbc.SluiceDataSourceBean;
import java.beans.PropertyDescriptor;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.BeanUtils;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The environment of the process belongs to others too: Kubernetes sets {@code SLUICE_PORT} for a
 * Service called sluice, and a launcher {@code SLUICE_OPTS}. What names no option there is none.
 */
final class EnvironmentVariables {
  private static final Log LOG = LogFactory.getLog("dev.sluice");
  private static final String PREFIX = "SLUICE_";

  /** What a named pool has beside the options of every pool. */
  private static final Set<String> OF_A_BEAN = Set.of("primary", "sslbundle");

  private EnvironmentVariables() {}

  /** Leaves out the keys that come from variables and name no option, and logs them. */
  static void dropStrangers(Environment environment, Map<String, String> keys) {
    Set<String> variables = squeezedNames(environment);
    Set<String> options = options();
    keys.keySet()
        .removeIf(
            key -> {
              boolean stranger = variables.contains(squeeze(key)) && !isOption(options, key);
              if (stranger) {
                LOG.info("an environment variable for sluice." + key + " names no option: ignored");
              }
              return stranger;
            });
  }

  private static boolean isOption(Set<String> options, String key) {
    String list = Keys.listOf(key);
    return options.contains(squeeze(key)) || (list != null && options.contains(squeeze(list)));
  }

  /** Whether these words of a variable name an option of a named pool, or one of its driver. */
  static boolean isOptionOfAPool(List<String> words) {
    return (Keys.isTable(words.get(0)) && words.size() > 1)
        || OF_A_BEAN.contains(squeeze(String.join("", words)))
        || isOption(options(), String.join("-", words));
  }

  private static Set<String> options() {
    Set<String> names = new HashSet<>();
    for (PropertyDescriptor property :
        BeanUtils.getPropertyDescriptors(SluiceDataSourceBean.class)) {
      if (property.getWriteMethod() != null) {
        names.add(property.getName().toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  private static Set<String> squeezedNames(Environment environment) {
    Set<String> names = new HashSet<>();
    if (environment instanceof ConfigurableEnvironment configurable) {
      for (PropertySource<?> source : configurable.getPropertySources()) {
        if (source instanceof SystemEnvironmentPropertySource variables) {
          addSqueezed(variables, names);
        }
      }
    }
    return names;
  }

  private static void addSqueezed(SystemEnvironmentPropertySource variables, Set<String> names) {
    for (String name : variables.getPropertyNames()) {
      if (name.toUpperCase(Locale.ROOT).startsWith(PREFIX)) {
        names.add(squeeze(name.substring(PREFIX.length())));
      }
    }
  }
}
