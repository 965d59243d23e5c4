package dev.sluice.bench;

import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;

/** What one run of one scenario measured of one pool. */
final class Sample {
  private final Map<Metric, Double> values = new EnumMap<>(Metric.class);

  /** Records a value and returns this sample. */
  Sample with(Metric metric, double value) {
    values.put(metric, value);
    return this;
  }

  /** Records a whole number, such as nanoseconds, and returns this sample. */
  Sample with(Metric metric, long value) {
    return with(metric, (double) value);
  }

  double get(Metric metric) {
    Double value = values.get(metric);
    if (value == null) {
      throw new IllegalArgumentException("The sample has no " + metric + ": " + values);
    }
    return value;
  }

  Properties toProperties() {
    Properties properties = new Properties();
    values.forEach((metric, value) -> properties.setProperty(metric.name(), value.toString()));
    return properties;
  }

  static Sample of(Properties properties) {
    Sample sample = new Sample();
    for (String name : properties.stringPropertyNames()) {
      sample.with(Metric.valueOf(name), Double.parseDouble(properties.getProperty(name)));
    }
    return sample;
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
