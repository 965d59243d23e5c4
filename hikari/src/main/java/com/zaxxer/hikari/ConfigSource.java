package com.zaxxer.hikari;

import com.zaxxer.hikari.pool.Setters;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** Reads a configuration from properties. */
final class ConfigSource {
  private static final String OF_DATA_SOURCE = "dataSource.";
  private static final String OF_HEALTH_CHECK = "healthCheck.";

  private ConfigSource() {}

  /** The properties of a file on the disk, otherwise of one on the class path. */
  static Properties file(String name) {
    Properties properties = new Properties();
    Path path = Path.of(name);
    try (InputStream in =
        Files.isRegularFile(path)
            ? Files.newInputStream(path)
            : HikariConfig.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("Cannot find property file: " + name);
      }
      properties.load(in);
      return properties;
    } catch (IOException e) {
      throw new RuntimeException("Failed to read property file " + name, e);
    }
  }

  static void apply(Properties properties, HikariConfig config) {
    for (String name : properties.stringPropertyNames()) {
      apply(config, name, properties.getProperty(name));
    }
    properties.forEach(
        (name, value) -> {
          if (!(value instanceof String)) {
            apply(config, name.toString(), value);
          }
        });
  }

  private static void apply(HikariConfig config, String name, Object value) {
    if (name.startsWith(OF_DATA_SOURCE)) {
      config.addDataSourceProperty(name.substring(OF_DATA_SOURCE.length()), value);
    } else if (name.startsWith(OF_HEALTH_CHECK)) {
      config.addHealthCheckProperty(name.substring(OF_HEALTH_CHECK.length()), value.toString());
    } else {
      Setters.set(config, name, value);
    }
  }

  static void warn(String poolName, String message) {
    System.getLogger("com.zaxxer.hikari").log(Level.WARNING, poolName + " - " + message);
  }
}
