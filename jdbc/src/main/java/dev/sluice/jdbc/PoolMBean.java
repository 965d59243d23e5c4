package dev.sluice.jdbc;

import dev.sluice.pool.Distribution;
import dev.sluice.pool.PoolMetric;
import dev.sluice.pool.PoolStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.ReflectionException;

/**
 * A pool as JMX sees it. The attributes are those of {@link PoolMetric}, {@code TimeoutCount} for
 * instance; a timer has five, such as {@code WaitTimeP99Seconds}.
 */
final class PoolMBean implements DynamicMBean {
  private static final Map<String, Function<PoolStats, Number>> ATTRIBUTES = attributes();

  private final SluiceDataSource ds;

  PoolMBean(SluiceDataSource ds) {
    this.ds = ds;
  }

  private static Map<String, Function<PoolStats, Number>> attributes() {
    Map<String, Function<PoolStats, Number>> all = new LinkedHashMap<>();
    for (PoolMetric metric : PoolMetric.values()) {
      String name = camel(metric);
      if (metric.kind() == PoolMetric.Kind.TIMER) {
        all.put(name + "Count", stats -> metric.times(stats).count());
        putTime(all, name + "MeanSeconds", metric, Distribution::mean);
        putTime(all, name + "P50Seconds", metric, Distribution::p50);
        putTime(all, name + "P99Seconds", metric, Distribution::p99);
        putTime(all, name + "MaxSeconds", metric, Distribution::max);
      } else {
        all.put(name, stats -> (long) metric.value(stats));
      }
    }
    return all;
  }

  private static void putTime(
      Map<String, Function<PoolStats, Number>> all,
      String name,
      PoolMetric metric,
      Function<Distribution, Duration> time) {
    all.put(name, stats -> time.apply(metric.times(stats)).toNanos() / 1e9);
  }

  private static String camel(PoolMetric metric) {
    StringBuilder camel = new StringBuilder();
    for (String word : metric.name().split("_", -1)) {
      camel.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return camel.toString();
  }

  @Override
  public Object getAttribute(String name) throws AttributeNotFoundException {
    Function<PoolStats, Number> attribute = ATTRIBUTES.get(name);
    if (attribute == null) {
      throw new AttributeNotFoundException(name);
    }
    return attribute.apply(ds.stats());
  }

  /** All of them from one snapshot. */
  @Override
  public AttributeList getAttributes(String[] names) {
    PoolStats stats = ds.stats();
    AttributeList list = new AttributeList();
    for (String name : names) {
      Function<PoolStats, Number> attribute = ATTRIBUTES.get(name);
      if (attribute != null) {
        list.add(new Attribute(name, attribute.apply(stats)));
      }
    }
    return list;
  }

  @Override
  public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
    throw new AttributeNotFoundException(attribute.getName() + " cannot be set; use resize");
  }

  @Override
  public AttributeList setAttributes(AttributeList attributes) {
    return new AttributeList();
  }

  @Override
  public Object invoke(String operation, Object[] parameters, String[] signature)
      throws MBeanException, ReflectionException {
    try {
      return perform(operation, parameters);
    } catch (IllegalArgumentException e) {
      // JMX clients have no class of ours
      throw new MBeanException(new IllegalArgumentException(e.getMessage()));
    }
  }

  private String perform(String operation, Object[] parameters) throws ReflectionException {
    switch (operation) {
      case "resize" -> ds.resize((int) parameters[0], (int) parameters[1]);
      case "refresh" -> ds.refresh();
      case "suspend" -> ds.suspend();
      case "resume" -> ds.resume();
      case "evictIdle" -> {
        return ds.evictIdle(connection -> true) + " are being closed";
      }
      case "dump" -> {
        return ds.dump();
      }
      default -> throw new ReflectionException(new NoSuchMethodException(operation));
    }
    return ds.toString();
  }

  @Override
  public MBeanInfo getMBeanInfo() {
    List<MBeanAttributeInfo> attributes = new ArrayList<>();
    for (String name : ATTRIBUTES.keySet()) {
      String type = name.endsWith("Seconds") ? "java.lang.Double" : "java.lang.Long";
      attributes.add(new MBeanAttributeInfo(name, type, name, true, false, false));
    }
    MBeanOperationInfo[] operations = {
      operation(
          "resize",
          "Changes the sizes.",
          new MBeanParameterInfo("minSize", "int", "the minimum"),
          new MBeanParameterInfo("maxSize", "int", "the maximum")),
      operation("refresh", "Replaces all connections, those in use when they come back."),
      operation("evictIdle", "Closes all idle connections."),
      operation("suspend", "Suspends lending: callers wait."),
      operation("resume", "Resumes lending."),
      operation("dump", "Tells the sizes, and each connection in use.")
    };
    return new MBeanInfo(
        PoolMBean.class.getName(),
        "The pool '" + ds.name() + "'",
        attributes.toArray(new MBeanAttributeInfo[0]),
        null,
        operations,
        null);
  }

  private static MBeanOperationInfo operation(
      String name, String about, MBeanParameterInfo... parameters) {
    return new MBeanOperationInfo(
        name, about, parameters, "java.lang.String", MBeanOperationInfo.ACTION);
  }
}
