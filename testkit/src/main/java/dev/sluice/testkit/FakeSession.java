package dev.sluice.testkit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FakeConnection}'s session remembers, and what SQL does to it. Guarded by the
 * connection's lock.
 */
final class FakeSession {
  private final FakeDatabase database;
  private final FakeConnection connection;

  boolean autoCommit = true;
  boolean readOnly;
  int isolation = Connection.TRANSACTION_READ_COMMITTED;
  String catalog = "fake";
  String schema = "public";
  final Map<String, String> clientInfo = new LinkedHashMap<>();
  Map<String, Class<?>> typeMap = Map.of();
  int holdability = ResultSet.HOLD_CURSORS_OVER_COMMIT;
  boolean inTransaction;
  boolean spoiled;
  @Nullable SQLWarning warnings;
  int openStatements;

  private final List<String> uncommitted = new ArrayList<>();
  private final Map<String, String> variables = new LinkedHashMap<>();
  private final Set<String> serverObjects = new TreeSet<>();

  /** What a statement brought: rows, or else a count. */
  record Answer(@Nullable List<Object> rows, long count) {}

  FakeSession(FakeDatabase database, FakeConnection connection) {
    this.database = database;
    this.connection = connection;
  }

  SessionState state(int networkTimeoutMillis) {
    return new SessionState(
        autoCommit,
        readOnly,
        isolation,
        catalog,
        schema,
        Map.copyOf(clientInfo),
        Map.copyOf(typeMap),
        holdability,
        networkTimeoutMillis,
        inTransaction,
        List.copyOf(uncommitted),
        warningCount(),
        openStatements,
        Map.copyOf(variables),
        Set.copyOf(serverObjects));
  }

  private int warningCount() {
    int n = 0;
    for (SQLWarning w = warnings; w != null; w = w.getNextWarning()) {
      n++;
    }
    return n;
  }

  void discardWork() {
    if (!uncommitted.isEmpty()) {
      database.lost(uncommitted);
    }
    uncommitted.clear();
    inTransaction = false;
  }

  Answer run(String sql) throws SQLException {
    String text = sql.strip();
    String[] words = text.split("\\s+");
    String verb = words[0].toUpperCase(Locale.ROOT);
    if (spoiled && !verb.equals("ROLLBACK") && !verb.equals("COMMIT")) {
      throw new SQLException("Current transaction is aborted", "25P02");
    }
    try {
      return run(verb, text, words);
    } catch (SQLException e) {
      spoiled = inTransaction;
      throw e;
    }
  }

  private Answer run(String verb, String text, String[] words) throws SQLException {
    switch (verb) {
      case "SELECT", "VALUES", "SHOW", "WITH" -> {
        touchTransaction();
        return new Answer(List.of(select(text)), -1);
      }
      case "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "DROP", "ALTER", "TRUNCATE" -> {
        touchTransaction();
        write(text);
        return new Answer(null, 1);
      }
      case "BEGIN", "START" -> inTransaction = true;
      case "COMMIT" -> endTransaction(true);
      case "ROLLBACK" -> endTransaction(false);
      default -> {
        touchTransaction();
        special(verb, text, words);
      }
    }
    return new Answer(null, 0);
  }

  private void touchTransaction() {
    if (!autoCommit) {
      inTransaction = true;
    }
  }

  private Object select(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("pg_is_in_recovery")) {
      return database.isReadOnly();
    }
    if (lower.contains("transaction_read_only") || lower.contains("read_only")) {
      return database.isReadOnly() || readOnly ? "on" : "off";
    }
    if (lower.contains("pg_advisory_lock")) {
      serverObjects.add("lock " + text);
    }
    if (lower.matches("select \\d+")) {
      return (int) Long.parseLong(lower.substring("select ".length()));
    }
    return lower.contains("count(") ? database.committed().size() + uncommitted.size() : 1;
  }

  private void write(String text) throws SQLException {
    if (text.toUpperCase(Locale.ROOT).startsWith("CREATE TEMP")) {
      serverObjects.add(text);
      return;
    }
    if (database.isReadOnly() || readOnly) {
      throw new SQLException("Cannot execute this in a read-only transaction", "25006");
    }
    if (inTransaction) {
      uncommitted.add(text);
    } else {
      database.commit(List.of(text));
    }
  }

  private void special(String verb, String text, String[] words) throws SQLException {
    switch (verb) {
      case "SET" -> set(words);
      case "RESET" -> reset(words);
      case "DISCARD" -> {
        variables.clear();
        serverObjects.clear();
      }
      case "LISTEN", "PREPARE" -> serverObjects.add(text);
      case "UNLISTEN", "DEALLOCATE" -> serverObjects.clear();
      case "FAIL" ->
          throw new SQLException(
              "Failure on request", words[1], words.length > 2 ? Integer.parseInt(words[2]) : 0);
      case "SLEEP" -> connection.pauses().unlocked(Duration.ofMillis(Long.parseLong(words[1])));
      case "WARN" -> warn(text);
      default -> {} // the rest has no effect that a pool could see
    }
  }

  private void set(String[] words) {
    List<String> rest = new ArrayList<>(List.of(words).subList(1, words.length));
    if (rest.get(0).equalsIgnoreCase("SESSION")) {
      rest.remove(0);
    }
    String all = String.join(" ", rest);
    String[] parts = all.split("\\s*=\\s*|\\s+(?i:TO)\\s+", 2);
    variables.put(parts[0], parts.length > 1 ? parts[1] : "");
  }

  private void reset(String[] words) {
    if (words[1].equalsIgnoreCase("ALL")) {
      variables.clear();
    } else {
      variables.remove(words[1]);
    }
  }

  private void warn(String text) {
    SQLWarning warning = new SQLWarning(text, "01000");
    if (warnings == null) {
      warnings = warning;
    } else {
      warnings.setNextWarning(warning);
    }
  }

  void endTransaction(boolean commit) {
    if (commit && !spoiled) {
      database.commit(uncommitted);
    } else if (!uncommitted.isEmpty()) {
      database.rolledBack(uncommitted);
    }
    uncommitted.clear();
    inTransaction = false;
    spoiled = false;
  }
}
