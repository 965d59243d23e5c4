package dev.sluice.proxy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL's session makes of SQL commands: the settings, channels, temporary tables,
 * cursors, locks and prepared statements that it keeps, and the transactions that undo some of
 * them. Answers are words, as {@link SimClient} describes messages.
 *
 * <p>Each server has one, and each client has one of its own, which says what a session that nobody
 * else uses would answer. So any difference that a pooler makes is found.
 */
final class SimSql {
  static final Map<String, String> DEFAULTS =
      Map.of(
          "client_encoding", "UTF8",
          "DateStyle", "ISO, MDY",
          "TimeZone", "UTC",
          "standard_conforming_strings", "on",
          "application_name", "");

  /** What a rollback undoes. */
  private static final class State {
    final TreeMap<String, String> settings = new TreeMap<>();
    final TreeSet<String> channels = new TreeSet<>();
    final TreeSet<String> tables = new TreeSet<>();
    final TreeSet<String> cursors = new TreeSet<>();
    final List<String> listens = new ArrayList<>();
    final List<String> notices = new ArrayList<>();

    State copy() {
      State copy = new State();
      copy.settings.putAll(settings);
      copy.channels.addAll(channels);
      copy.tables.addAll(tables);
      copy.cursors.addAll(cursors);
      copy.listens.addAll(listens);
      copy.notices.addAll(notices);
      return copy;
    }
  }

  private record Savepoint(String name, State state) {}

  /** Learns of commits. */
  interface Commits {
    /**
     * A transaction has committed.
     *
     * @param listens the channels, or {@code *}; with a minus if nobody listens any more
     * @param notices {@code channel:payload} each
     */
    void committed(List<String> listens, List<String> notices);
  }

  /** What is prepared, by its name. */
  final Map<String, String> statements = new TreeMap<>();

  /** I, T or E. */
  char status = 'I';

  private final Commits commits;
  private final Map<String, Integer> locks = new TreeMap<>();
  private final Deque<Savepoint> savepoints = new ArrayDeque<>();
  private State state = new State();
  private State before = state.copy();
  private boolean failed;

  SimSql(Commits commits) {
    this.commits = commits;
  }

  String setting(String name) {
    return state.settings.getOrDefault(name, DEFAULTS.getOrDefault(name, "none"));
  }

  /** Those settings of which clients learn, and which a pooler tracks. */
  Map<String, String> tracked() {
    Map<String, String> all = new TreeMap<>(DEFAULTS);
    all.replaceAll((name, value) -> setting(name));
    return all;
  }

  void set(String name, String value) {
    state.settings.put(name, value);
    before.settings.put(name, value);
  }

  /** The channels that count: those of transactions that have committed. */
  Set<String> channels() {
    return before.channels;
  }

  /** What one client must not leave to another; empty if nothing. */
  String leftovers() {
    Map<String, String> settings = new TreeMap<>(state.settings);
    settings.keySet().removeAll(DEFAULTS.keySet());
    String channels = String.join(",", state.channels);
    return describe(settings, state) + (channels.isEmpty() ? "" : " channels " + channels);
  }

  private String describe(Map<String, String> settings, State now) {
    StringBuilder text = new StringBuilder();
    add(text, "settings", settings.isEmpty() ? "" : settings.toString());
    add(text, "tables", String.join(",", now.tables));
    add(text, "cursors", String.join(",", now.cursors));
    add(text, "locks", locks.isEmpty() ? "" : locks.toString());
    return text.toString();
  }

  private static void add(StringBuilder text, String what, String values) {
    if (!values.isEmpty()) {
      text.append(' ').append(what).append(' ').append(values);
    }
  }

  // ---- transactions

  /** BEGIN; returns its tag. */
  String begin() {
    status = 'T';
    return "BEGIN";
  }

  /** COMMIT or ROLLBACK; returns the tag. */
  String end(String command) {
    boolean commit = command.equals("COMMIT") && status != 'E';
    status = 'I';
    savepoints.clear();
    over(commit);
    return commit ? "COMMIT" : "ROLLBACK";
  }

  private void over(boolean commit) {
    if (commit) {
      List<String> listens = List.copyOf(state.listens);
      List<String> notices = List.copyOf(state.notices);
      state.listens.clear();
      state.notices.clear();
      before = state.copy();
      commits.committed(listens, notices);
    } else {
      state = before.copy();
    }
  }

  /** A command failed. */
  void failed() {
    failed = true;
    if (status == 'T') {
      status = 'E';
    }
  }

  /** A query, or a batch up to its Sync, is over; what has no transaction of its own ends. */
  void ready() {
    if (status == 'I') {
      over(!failed);
    }
    failed = false;
  }

  // ---- queries

  /** Runs a query of one or more commands; returns the answers, but for ReadyForQuery. */
  List<String> query(String text) {
    List<String> answers = new ArrayList<>();
    for (String command : text.split(";", -1)) {
      if (!command.isBlank() && !failed) {
        answers.addAll(run(command.strip(), true));
      }
    }
    ready();
    return answers;
  }

  /** Runs one command; its rows are described if the protocol is the simple one. */
  List<String> run(String command, boolean simple) {
    List<String> answers = new ArrayList<>();
    boolean ends = List.of("COMMIT", "ROLLBACK").contains(command);
    if (status == 'E' && !ends && !command.startsWith("ROLLBACK TO ")) {
      return fail("25P02 aborted");
    }
    String error = run(command, answers);
    if (error != null) {
      return fail(error);
    }
    if (!simple) {
      answers.remove("T");
    }
    return answers;
  }

  private List<String> fail(String error) {
    failed();
    return List.of("E " + error);
  }

  /** Returns an error, or null. */
  private @Nullable String run(String command, List<String> out) {
    String[] words = command.split(" ", 3);
    String name = words.length > 1 ? words[1].replace("\"", "") : "";
    switch (words[0]) {
      case "BEGIN" -> out.add("C " + begin());
      case "COMMIT" -> out.add("C " + end("COMMIT"));
      case "ROLLBACK" -> {
        return words.length == 1 ? ended(out) : rollBackTo(words[2], out);
      }
      case "SAVEPOINT" -> {
        savepoints.push(new Savepoint(name, state.copy()));
        out.add("C SAVEPOINT");
      }
      case "RELEASE" -> {
        return release(name, out);
      }
      case "PREPARE" -> {
        return prepare(name, words[2], out);
      }
      case "EXECUTE" -> {
        return execute(command.substring("EXECUTE ".length()), out);
      }
      case "DEALLOCATE" -> {
        return deallocate(name, out);
      }
      case "DISCARD" -> {
        return discard(name, out);
      }
      case "LISTEN" -> {
        state.channels.add(name);
        state.listens.add(name);
        out.add("C LISTEN");
      }
      case "UNLISTEN" -> {
        state.channels.removeIf(channel -> name.equals("*") || name.equals(channel));
        state.listens.add("-" + name);
        out.add("C UNLISTEN");
      }
      case "NOTIFY" -> {
        state.notices.add(name.replace(",", "") + ":" + words[2].replace("'", ""));
        out.add("C NOTIFY");
      }
      default -> {
        return more(words, name, command, out);
      }
    }
    return null;
  }

  private @Nullable String more(String[] words, String name, String command, List<String> out) {
    switch (words[0]) {
      case "SET" -> {
        String[] pair = command.substring("SET ".length()).split("=", 2);
        state.settings.put(pair[0].strip(), pair[1].strip().replaceAll("^'|'$", ""));
        out.add("C SET");
      }
      case "RESET" -> {
        state.settings.keySet().removeIf(each -> name.equals("ALL") || name.equals(each));
        out.add("C RESET");
      }
      case "SHOW" -> row(setting(name), "SHOW", out);
      case "CREATE" -> { // CREATE TEMP TABLE
        String table = words[2].substring("TABLE ".length());
        if (!state.tables.add(table)) {
          return "42P07 relation \"" + table + "\" already exists";
        }
        out.add("C CREATE TABLE");
      }
      case "DECLARE" -> {
        if (!state.cursors.add(name)) {
          return "42P03 cursor \"" + name + "\" already exists";
        }
        out.add("C DECLARE CURSOR");
      }
      case "CLOSE" -> {
        if (!state.cursors.remove(name)) {
          return "34000 cursor \"" + name + "\" does not exist";
        }
        out.add("C CLOSE CURSOR");
      }
      case "SELECT" -> function(command.substring("SELECT ".length()), out);
      default -> throw new AssertionError("nobody knows " + command);
    }
    return null;
  }

  private static void row(String content, String tag, List<String> out) {
    out.addAll(List.of("T", "D " + content, "C " + tag));
  }

  private void function(String call, List<String> out) {
    String key = call.substring(call.indexOf('(') + 1, call.indexOf(')'));
    String result = "";
    switch (call.substring(0, call.indexOf('('))) {
      case "pg_advisory_lock" -> locks.merge(key, 1, Integer::sum);
      case "pg_advisory_unlock" -> {
        result = locks.containsKey(key) ? "t" : "f";
        locks.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
      }
      case "pg_advisory_unlock_all" -> locks.clear();
      case "1" -> result = "1";
      case "state" -> {
        Map<String, String> settings = new TreeMap<>(state.settings);
        settings.keySet().removeAll(DEFAULTS.keySet());
        result = describe(settings, state);
      }
      default -> throw new AssertionError("nobody knows " + call);
    }
    row(result, "SELECT 1", out);
  }

  private @Nullable String ended(List<String> out) {
    out.add("C " + end("ROLLBACK"));
    return null;
  }

  private @Nullable String rollBackTo(String name, List<String> out) {
    for (Iterator<Savepoint> all = savepoints.iterator(); all.hasNext(); ) {
      if (all.next().name.equals(name)) {
        while (!savepoints.element().name.equals(name)) {
          savepoints.pop();
        }
        state = savepoints.element().state.copy();
        status = 'T';
        out.add("C ROLLBACK");
        return null;
      }
    }
    return "3B001 savepoint \"" + name + "\" does not exist";
  }

  private @Nullable String release(String name, List<String> out) {
    for (Savepoint each : savepoints) {
      if (each.name.equals(name)) {
        while (!savepoints.pop().name.equals(name)) {}
        out.add("C RELEASE");
        return null;
      }
    }
    return "3B001 savepoint \"" + name + "\" does not exist";
  }

  // ---- prepared statements, of which no rollback knows

  private @Nullable String prepare(String name, String asText, List<String> out) {
    String text = asText.substring("AS ".length());
    if (text.startsWith("BAD")) {
      return "42601 " + text;
    }
    if (statements.putIfAbsent(name, text) != null) {
      return "42P05 prepared statement \"" + name + "\" already exists";
    }
    out.add("C PREPARE");
    return null;
  }

  private @Nullable String execute(String call, List<String> out) {
    String name = call.substring(0, call.indexOf('(')).replace("\"", "");
    String text = statements.get(name);
    if (text == null) {
      return "26000 prepared statement \"" + name + "\" does not exist";
    }
    String[] words = call.substring(call.indexOf('\'') + 1, call.lastIndexOf('\'')).split(" ", -1);
    if (text.startsWith("FAIL")) {
      return "22012 " + words[0] + ":" + words[1];
    }
    out.add("T");
    rows(text, words, out);
    return null;
  }

  /** The rows of a prepared statement: of whom, which, and of what. */
  static void rows(String text, String[] words, List<String> out) {
    int count = Integer.parseInt(words[2]);
    for (int i = 0; i < count; i++) {
      out.add("D " + words[0] + ":" + words[1] + ":" + i + " of " + text.strip());
    }
    out.add("C SELECT " + count);
  }

  private @Nullable String deallocate(String name, List<String> out) {
    if (name.equals("ALL")) {
      forget();
      out.add("C DEALLOCATE ALL");
    } else if (statements.remove(name) == null) {
      return "26000 prepared statement \"" + name + "\" does not exist";
    } else {
      out.add("C DEALLOCATE");
    }
    return null;
  }

  private void forget() {
    statements.keySet().removeIf(name -> !name.isEmpty());
  }

  private @Nullable String discard(String what, List<String> out) {
    if (what.equals("TEMP")) {
      state.tables.clear();
      out.add("C DISCARD TEMP");
      return null;
    }
    if (status != 'I') {
      return "25001 DISCARD ALL cannot run inside a transaction block";
    }
    forget();
    locks.clear();
    state = new State(); // it is alone in its transaction
    state.listens.add("-*");
    out.add("C DISCARD ALL");
    return null;
  }
}
