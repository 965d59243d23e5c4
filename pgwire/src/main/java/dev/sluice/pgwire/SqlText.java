package dev.sluice.pgwire;

import dev.sluice.pgwire.SessionTrace.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Recognises the commands of a query that a pooler must know, because they speak of prepared
 * statements or channels, or leave something behind in the session. It sees what stands in the
 * text, and nothing of what functions do.
 */
public final class SqlText {
  /** PostgreSQL cuts names to so many bytes. */
  private static final int LONGEST_NAME = 63;

  private static final List<SessionTrace> EVERYTHING = everything();

  private final String text;
  private final SqlTokens tokens;
  private final SqlTokens.Run run;
  private final List<SqlCommand> commands = new ArrayList<>(1);
  private final List<SessionTrace> leaves = new ArrayList<>();
  private final List<SessionTrace> cleans = new ArrayList<>();
  private SqlCommand.Kind kind = SqlCommand.Kind.OTHER;
  private int named = -1;

  private SqlText(String text, boolean escapes) {
    this.text = text;
    this.tokens = new SqlTokens(text, escapes);
    this.run = new SqlTokens.Run(text);
  }

  private static List<SessionTrace> everything() {
    List<SessionTrace> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      all.add(new SessionTrace(kind, SessionTrace.ALL));
    }
    return List.copyOf(all);
  }

  /**
   * The commands of a query, in their order. If a quote or a comment does not end, the whole is one
   * command that leaves nobody knows what.
   *
   * @param text one character for each byte of the query
   * @param escapes whether a backslash escapes in ordinary strings: standard_conforming_strings is
   *     off
   */
  public static List<SqlCommand> commands(String text, boolean escapes) {
    return new SqlText(text, escapes).all();
  }

  /** What nobody has looked at. */
  public static List<SqlCommand> unread(int length) {
    return List.of(
        new SqlCommand(
            SqlCommand.Kind.OTHER,
            "",
            0,
            0,
            0,
            length,
            List.of(new SessionTrace(Kind.UNREAD, "")),
            List.of()));
  }

  private List<SqlCommand> all() {
    int parentheses = 0;
    int blocks = 0;
    for (byte type = tokens.next(); type != SqlTokens.END; type = tokens.next()) {
      char first = type == SqlTokens.SIGN ? text.charAt(tokens.from) : 0;
      if (first == ';' && parentheses <= 0 && blocks == 0) {
        end(tokens.from);
        continue;
      }
      parentheses += first == '(' ? 1 : first == ')' ? -1 : 0;
      run.add(type, tokens.from, tokens.to());
      if (type == SqlTokens.WORD && isRoutine()) {
        blocks = Math.max(0, blocks + block(blocks));
      }
    }
    end(text.length());
    return tokens.unended ? unread(text.length()) : commands;
  }

  /** Whether the command creates a function, whose body may have semicolons of its own. */
  private boolean isRoutine() {
    if (!run.is(0, "create")) {
      return false;
    }
    int at = run.is(1, "or") ? 3 : 1;
    return run.is(at, "function") || run.is(at, "procedure");
  }

  private int block(int depth) {
    int last = run.size() - 1;
    if (run.is(last, "begin") || (depth > 0 && run.is(last, "case"))) {
      return 1;
    }
    return run.is(last, "end") ? -1 : 0;
  }

  private void end(int to) {
    if (run.size() > 0) {
      judge();
      int from = run.from(0);
      int nameFrom = named < 0 ? from : run.from(named);
      int nameTo = named < 0 ? from : run.to(named);
      commands.add(
          new SqlCommand(
              kind,
              named < 0 ? "" : name(named),
              from,
              nameFrom,
              nameTo,
              to,
              List.copyOf(leaves),
              List.copyOf(cleans)));
    }
    run.clear();
    leaves.clear();
    cleans.clear();
    kind = SqlCommand.Kind.OTHER;
    named = -1;
  }

  // ---- one command

  private void judge() {
    if (run.type(0) != SqlTokens.WORD) {
      functions();
      return;
    }
    switch (word(0)) {
      case "prepare" -> prepare();
      case "execute" -> named(SqlCommand.Kind.EXECUTE, 1);
      case "deallocate" -> deallocate();
      case "discard" -> discard();
      case "listen" -> {
        named(SqlCommand.Kind.LISTEN, 1);
        leave(Kind.LISTEN, named < 0 ? "" : name(named));
      }
      case "unlisten" -> unlisten();
      case "set" -> set();
      case "reset" -> reset(1);
      case "declare" -> declare();
      case "close" -> clean(Kind.HOLD_CURSOR, run.is(1, "all") ? SessionTrace.ALL : name(1));
      case "begin", "start", "commit", "end", "abort" -> kind = SqlCommand.Kind.TRANSACTION;
      case "rollback" -> rollback();
      case "savepoint" -> savepoint(SqlCommand.Kind.SAVEPOINT, 1);
      case "release" -> savepoint(SqlCommand.Kind.RELEASE, 1);
      case "explain" -> {
        int execute = run.find(1, "execute");
        if (execute > 0) {
          named(SqlCommand.Kind.EXECUTE, execute + 1);
        }
        functions();
      }
      case "create" -> create();
      default -> {
        int into = run.find(0, "into"); // SELECT … INTO
        if (into > 1 && (run.is(into + 1, "temp") || run.is(into + 1, "temporary"))) {
          leave(Kind.TEMPORARY, "");
        }
        functions();
      }
    }
  }

  private void leave(Kind what, String name) {
    leaves.add(new SessionTrace(what, name));
  }

  private void clean(Kind what, String name) {
    cleans.add(new SessionTrace(what, name));
  }

  private void named(SqlCommand.Kind what, int at) {
    if (run.type(at) == SqlTokens.WORD || run.type(at) == SqlTokens.NAME) {
      kind = what;
      named = at;
    }
  }

  private void rollback() {
    kind = SqlCommand.Kind.TRANSACTION;
    int to = run.is(1, "work") || run.is(1, "transaction") ? 2 : 1;
    if (run.is(to, "to")) {
      savepoint(SqlCommand.Kind.ROLLBACK_TO, to + 1);
    }
  }

  /** The word SAVEPOINT may stand before the name, or be it. */
  private void savepoint(SqlCommand.Kind what, int at) {
    kind = SqlCommand.Kind.TRANSACTION;
    named(what, run.is(at, "savepoint") && run.size() > at + 1 ? at + 1 : at);
  }

  private void prepare() {
    if (run.is(1, "transaction") && run.type(2) == SqlTokens.STRING) {
      kind = SqlCommand.Kind.TRANSACTION;
      return;
    }
    named(SqlCommand.Kind.PREPARE, 1);
    leave(Kind.PREPARED, named < 0 ? "" : name(named));
  }

  private void deallocate() {
    int at = run.is(1, "prepare") && run.size() > 2 ? 2 : 1;
    if (run.is(at, "all")) {
      kind = SqlCommand.Kind.DEALLOCATE_ALL;
      clean(Kind.PREPARED, SessionTrace.ALL);
    } else {
      named(SqlCommand.Kind.DEALLOCATE, at);
      clean(Kind.PREPARED, named < 0 ? "" : name(named));
    }
  }

  private void discard() {
    if (run.is(1, "all")) {
      kind = SqlCommand.Kind.DISCARD_ALL;
      cleans.addAll(EVERYTHING);
    } else if (run.is(1, "temp") || run.is(1, "temporary")) {
      clean(Kind.TEMPORARY, SessionTrace.ALL);
    }
  }

  private void unlisten() {
    if (run.is(1, SessionTrace.ALL)) {
      kind = SqlCommand.Kind.UNLISTEN_ALL;
      clean(Kind.LISTEN, SessionTrace.ALL);
    } else {
      named(SqlCommand.Kind.UNLISTEN, 1);
      clean(Kind.LISTEN, named < 0 ? "" : name(named));
    }
  }

  private void set() {
    if (run.is(1, "local") || run.is(1, "transaction") || run.is(1, "constraints")) {
      return;
    }
    int at = 1;
    if (run.is(1, "session")) {
      if (run.is(2, "authorization")) {
        user(Kind.AUTHORIZATION, run.is(3, "default"));
        return;
      }
      if (run.is(2, "characteristics")) {
        leave(Kind.SETTING, "session characteristics");
        return;
      }
      at = 2;
    }
    if (run.is(at, "role") && !run.is(at + 1, "=")) {
      user(Kind.ROLE, run.is(at + 1, "none"));
      return;
    }
    String name = setting(at);
    boolean undoes = run.is(run.size() - 1, "default");
    (undoes ? cleans : leaves).add(new SessionTrace(Kind.SETTING, name));
  }

  private void user(Kind what, boolean undoes) {
    (undoes ? cleans : leaves).add(new SessionTrace(what, ""));
    if (undoes && what == Kind.AUTHORIZATION) {
      clean(Kind.ROLE, "");
    }
  }

  private void reset(int at) {
    if (run.is(at, "all")) {
      clean(Kind.SETTING, SessionTrace.ALL);
    } else if (run.is(at, "role")) {
      user(Kind.ROLE, true);
    } else if (run.is(at, "session") && run.is(at + 1, "authorization")) {
      user(Kind.AUTHORIZATION, true);
    } else {
      clean(Kind.SETTING, setting(at));
    }
  }

  /** The name of a setting, in the words that only some of them have too. */
  private String setting(int at) {
    if (run.is(at, "time") && run.is(at + 1, "zone")) {
      return "timezone";
    }
    if (run.is(at, "names")) {
      return "client_encoding";
    }
    if (run.is(at, "schema")) {
      return "search_path";
    }
    StringBuilder name = new StringBuilder(name(at));
    for (int i = at + 1; run.is(i, "."); i += 2) {
      name.append('.').append(name(i + 1));
    }
    return lower(name.toString());
  }

  private void declare() {
    for (int with = run.find(2, "with"); with > 0; with = run.find(with + 1, "with")) {
      if (run.is(with + 1, "hold")) {
        leave(Kind.HOLD_CURSOR, name(1));
        return;
      }
    }
    functions();
  }

  private void create() {
    int at = run.is(1, "or") ? 3 : 1;
    at += run.is(at, "global") || run.is(at, "local") ? 1 : 0;
    boolean temporary =
        run.is(at, "temp") || run.is(at, "temporary") || run.find(at, "pg_temp") > 0;
    int commit = run.find(at, "commit");
    if (temporary && !(run.is(commit - 1, "on") && run.is(commit + 1, "drop"))) {
      leave(Kind.TEMPORARY, "");
    }
    int execute = run.find(1, "execute");
    if (execute > 0 && run.is(execute - 1, "as")) {
      named(SqlCommand.Kind.EXECUTE, execute + 1);
    }
    functions();
  }

  // ---- functions that leave something behind

  private void functions() {
    for (int i = 0; i + 1 < run.size(); i++) {
      if (run.type(i) == SqlTokens.WORD && run.is(i + 1, "(")) {
        String called = word(i);
        switch (called) {
          case "set_config" -> setConfig(i + 2);
          case "pg_advisory_lock",
              "pg_advisory_lock_shared",
              "pg_try_advisory_lock",
              "pg_try_advisory_lock_shared" ->
              leave(Kind.ADVISORY_LOCK, key(i + 2, called.endsWith("_shared")));
          case "pg_advisory_unlock", "pg_advisory_unlock_shared" -> {
            String key = key(i + 2, called.endsWith("_shared"));
            if (!key.isEmpty()) {
              clean(Kind.ADVISORY_LOCK, key);
            }
          }
          case "pg_advisory_unlock_all" -> clean(Kind.ADVISORY_LOCK, SessionTrace.ALL);
          default -> {}
        }
      }
    }
  }

  /** {@code set_config(name, value, is_local)}. */
  private void setConfig(int first) {
    int depth = 1;
    int end = first;
    while (end < run.size() && depth > 0) {
      depth += run.is(end, "(") ? 1 : run.is(end, ")") ? -1 : 0;
      end++;
    }
    if (run.is(end - 2, "true")) {
      return;
    }
    String name = run.type(first) == SqlTokens.STRING ? run.raw(first) : "'something'";
    leave(Kind.SETTING, lower(name.substring(1, Math.max(1, name.length() - 1))));
  }

  /** The key of a lock if it stands there as a number; else empty. */
  private String key(int first, boolean shared) {
    StringBuilder key = new StringBuilder();
    for (int i = first; i < run.size(); i++) {
      if (run.is(i, ")")) {
        return key + (shared ? " shared" : "");
      }
      boolean plain = run.type(i) == SqlTokens.NUMBER && text.charAt(run.from(i)) != '$';
      if (!plain && !run.is(i, ",") && !run.is(i, "-")) {
        return "";
      }
      key.append(run.raw(i));
    }
    return "";
  }

  // ---- names

  private String word(int at) {
    return lower(run.raw(at));
  }

  private String name(int at) {
    if (run.type(at) == SqlTokens.END) {
      return "";
    }
    String raw = run.raw(at);
    String name =
        run.type(at) == SqlTokens.NAME && raw.length() > 1 && raw.startsWith("\"")
            ? raw.substring(1, raw.length() - 1).replace("\"\"", "\"")
            : lower(raw);
    String cut = name.substring(0, Math.min(name.length(), LONGEST_NAME));
    return new String(cut.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** PostgreSQL folds the letters of ASCII. */
  private static String lower(String text) {
    StringBuilder folded = new StringBuilder(text);
    for (int i = 0; i < folded.length(); i++) {
      char c = folded.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        folded.setCharAt(i, (char) (c + 'a' - 'A'));
      }
    }
    return folded.toString();
  }
}
