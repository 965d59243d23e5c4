package dev.sluice.spring.boot;

import static dev.sluice.spring.boot.Keys.squeeze;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The keys under {@code sluice.pools} or {@code sluice.replicas}, by the name with which they
 * begin. As everywhere in Boot, {@code order-history}, {@code orderHistory} and {@code
 * SLUICE_POOLS_ORDER_HISTORY_URL} mean the same name; the first source outside the process's
 * environment decides how it is spelt.
 */
final class NamedKeys {
  private static final Log LOG = LogFactory.getLog("dev.sluice");
  private static final Bindable<Map<String, String>> TEXTS =
      Bindable.mapOf(String.class, String.class);

  /** The spelling of each name, by the name without separators. */
  private final Map<String, String> spellings = new LinkedHashMap<>();

  /** All keys, those of stronger sources first. */
  private final Map<String, String> keys;

  private final String prefix;
  private final List<String> strangers = new ArrayList<>();

  private NamedKeys(String prefix, Map<String, String> keys) {
    this.prefix = prefix;
    this.keys = keys;
    keys.keySet().forEach(key -> spellings.putIfAbsent(squeeze(first(key)), first(key)));
  }

  /** Reads the keys under a prefix. */
  static NamedKeys of(Environment environment, String prefix) {
    if (!(environment instanceof ConfigurableEnvironment configurable)) {
      return new NamedKeys(prefix, Binder.get(environment).bind(prefix, TEXTS).orElseGet(Map::of));
    }
    List<PropertySource<?>> declared = new ArrayList<>();
    for (PropertySource<?> source : configurable.getPropertySources()) {
      if (!(source instanceof SystemEnvironmentPropertySource)) {
        declared.add(source);
      }
    }
    Map<String, String> spellings = bound(environment, declared, prefix).spellings;
    List<PropertySource<?>> sources = new ArrayList<>();
    List<String> strangers = new ArrayList<>();
    for (PropertySource<?> source : configurable.getPropertySources()) {
      if (source instanceof SystemEnvironmentPropertySource variables) {
        NamedVariables read = new NamedVariables(variables, prefix, spellings);
        strangers.addAll(read.strangers());
        sources.add(new MapPropertySource(source.getName(), read.byKey()));
      } else {
        sources.add(source);
      }
    }
    NamedKeys all = bound(environment, sources, prefix);
    all.strangers.addAll(strangers);
    return all;
  }

  private static NamedKeys bound(
      Environment environment, List<PropertySource<?>> sources, String prefix) {
    Iterable<ConfigurationPropertySource> adapted = ConfigurationPropertySources.from(sources);
    Binder binder = new Binder(adapted, new PropertySourcesPlaceholdersResolver(environment));
    return new NamedKeys(prefix, binder.bind(prefix, TEXTS).orElseGet(Map::of));
  }

  private static String first(String key) {
    return key.substring(0, (key + ".").indexOf('.'));
  }

  /** Logs the environment variables under the prefix that mean nothing. */
  void warnOfStrangers() {
    for (String variable : strangers) {
      LOG.warn(
          "the environment variable "
              + variable
              + " names no option of "
              + prefix
              + ", and no other source declares its pool: ignored");
    }
  }

  /** The names, as they are spelt. */
  Set<String> names() {
    return new TreeSet<>(spellings.values());
  }

  /** The options of a name, in the order of the sources. */
  Map<String, String> of(String name) {
    Map<String, String> found = new LinkedHashMap<>();
    keys.forEach(
        (key, value) -> {
          String first = first(key);
          if (key.length() > first.length() && squeeze(first).equals(squeeze(name))) {
            found.putIfAbsent(key.substring(first.length() + 1), value);
          }
        });
    return Keys.named(found);
  }
}
