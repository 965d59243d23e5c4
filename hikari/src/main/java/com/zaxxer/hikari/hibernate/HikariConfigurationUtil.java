package com.zaxxer.hikari.hibernate;

import com.zaxxer.hikari.HikariConfig;
import java.util.Map;
import java.util.Properties;

/** Reads a configuration from Hibernate's settings. */
public class HikariConfigurationUtil {
  /** Before the name of every property of {@link HikariConfig}. */
  public static final String CONFIG_PREFIX = "hibernate.hikari.";

  /** Before the name of every property of the driver's data source. */
  public static final String CONFIG_PREFIX_DATASOURCE = "hibernate.hikari.dataSource.";

  private static final Map<String, String> GENERAL =
      Map.of(
          "hibernate.connection.isolation", "transactionIsolation",
          "hibernate.connection.autocommit", "autoCommit",
          "hibernate.connection.driver_class", "driverClassName",
          "hibernate.connection.url", "jdbcUrl",
          "hibernate.connection.username", "username",
          "hibernate.connection.password", "password");

  /** Has only a static method; HikariCP's can be made, too. */
  public HikariConfigurationUtil() {}

  /**
   * Translates Hibernate's settings. One below {@value #CONFIG_PREFIX} wins over a general one.
   *
   * @throws RuntimeException if there is no property of a name
   */
  public static HikariConfig loadConfiguration(Map<?, ?> props) {
    Properties found = new Properties();
    GENERAL.forEach(
        (theirs, ours) -> {
          Object value = props.get(theirs);
          if (value != null) {
            found.setProperty(ours, value.toString());
          }
        });
    props.forEach(
        (name, value) -> {
          if (name instanceof String text && text.startsWith(CONFIG_PREFIX) && value != null) {
            found.setProperty(text.substring(CONFIG_PREFIX.length()), value.toString());
          }
        });
    return new HikariConfig(found);
  }
}
