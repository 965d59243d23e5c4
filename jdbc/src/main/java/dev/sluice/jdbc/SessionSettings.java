package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Reads and writes all settings of a session, on the servers that list them. */
final class SessionSettings {
  /** Variables of MySQL and MariaDB that are momentary values and not settings. */
  private static final Set<String> NO_SETTINGS =
      Set.of(
          "error_count",
          "external_user",
          "identity",
          "in_transaction",
          "insert_id",
          "last_gtid",
          "last_insert_id",
          "proxy_user",
          "pseudo_thread_id",
          "rand_seed1",
          "rand_seed2",
          "timestamp",
          "warning_count");

  private final boolean postgres;

  SessionSettings(Dialect dialect) {
    this.postgres = dialect == Dialect.POSTGRESQL;
  }

  /** All settings by name, including some clocks with momentary values. */
  Map<String, String> read(Connection raw) throws SQLException {
    Map<String, String> settings = new HashMap<>();
    try (Statement statement = raw.createStatement();
        ResultSet rows =
            statement.executeQuery(
                postgres ? "SELECT name, setting FROM pg_settings" : "SHOW SESSION VARIABLES")) {
      while (rows.next()) {
        settings.put(rows.getString(1), Objects.requireNonNullElse(rows.getString(2), ""));
      }
    }
    settings.keySet().removeAll(NO_SETTINGS);
    return settings;
  }

  /** The SQL that sets one of them, as a part of {@link #writing}. */
  String part(String name, String value) {
    String quoted = quoted(value);
    if (postgres) {
      return "set_config(" + quoted(name) + ", " + quoted + ", false)";
    }
    boolean number = !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
    return "SESSION " + name + " = " + (number ? value : quoted);
  }

  /** Joins several parts into one statement. */
  String writing(List<String> parts) {
    return (postgres ? "SELECT " : "SET ") + String.join(", ", parts);
  }

  private static String quoted(String value) {
    return "'" + value.replace("'", "''") + "'";
  }
}
