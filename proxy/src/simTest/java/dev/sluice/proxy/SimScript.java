package dev.sluice.proxy;

import static dev.sluice.proxy.SimMessages.join;
import static dev.sluice.proxy.SimMessages.message;

import dev.sluice.pgwire.Requests;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a client of a simulation asks, by chance, and what it must get. */
final class SimScript {
  /**
   * Something that a client sends, and the answers to it.
   *
   * @param sleeps whether it may be cancelled instead
   * @param rows what follows when the server takes rows; empty if it asks for none
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares steps
  record Step(byte[] request, List<String> answers, boolean sleeps, byte[] rows) {
    Step(byte[] request, List<String> answers) {
      this(request, answers, false, new byte[0]);
    }
  }

  static final int NAMES = 3;

  private final SimTime time;
  private final String secret;
  private final SimCommands.Allowed allowed;
  private final SimCommands commands;

  /** What a session that nobody else uses would be like after all that was sent. */
  private final SimSql sql = new SimSql((listens, notices) -> {});

  private final Map<String, String> statements = sql.statements;
  private int tags;

  SimScript(SimTime time, String secret, SimCommands.Allowed allowed, SimNotices notices) {
    this.time = time;
    this.secret = secret;
    this.allowed = allowed;
    this.commands = new SimCommands(time, secret, allowed, notices);
    sql.set("application_name", secret);
  }

  /** Where the client's transaction stands after what it has sent. */
  char status() {
    return sql.status;
  }

  /** What was sent last was cancelled. */
  void cancelled() {
    failed();
  }

  /** What the client sends next, in one go. */
  List<Step> next() {
    List<Step> steps = new ArrayList<>();
    int count = time.chance(0.3) ? time.between(2, 6) : 1;
    for (int i = 0; i < count; i++) {
      Step step = step(count == 1);
      steps.add(step);
    }
    return steps;
  }

  private Step step(boolean alone) {
    if (sql.status == 'E') {
      return time.chance(0.3) ? aborted() : time.chance(0.3) ? sql() : ends("ROLLBACK");
    }
    if (sql.status == 'T' && time.chance(0.35)) {
      return ends(time.one("COMMIT", "ROLLBACK"));
    }
    int kind = time.below(alone ? 14 : 9) - (time.chance(0.4) ? 20 : 0);
    if (kind < 0) {
      return time.chance(0.7) ? sql() : sqlByProtocol();
    }
    return switch (kind) {
      case 0 -> allowed.transactions() && sql.status == 'I' ? begins() : echo();
      case 1 -> fail();
      case 2, 3, 4, 5 -> batch();
      case 6 -> copyOut();
      case 7, 8, 9 -> echo();
      case 10, 11 -> sleep();
      case 12 -> copyIn("COPYIN");
      default -> copyIn("COPYBAD");
    };
  }

  private String tag() {
    return "t" + tags++;
  }

  private static byte[] query(String text) {
    return SimMessages.of(out -> Requests.query(out, text));
  }

  private String ready() {
    return "Z " + sql.status;
  }

  private void failed() {
    sql.failed();
    sql.ready();
  }

  // ---- simple queries

  private Step begins() {
    sql.begin();
    return new Step(query("BEGIN " + secret), List.of("C BEGIN", "Z T"));
  }

  private Step ends(String command) {
    String tag = sql.end(command);
    return new Step(query(command + " " + secret), List.of("C " + tag, "Z I"));
  }

  private Step aborted() {
    return new Step(
        query("ECHO " + secret + " " + tag() + " 1"), List.of("E 25P02 aborted", "Z E"));
  }

  private Step echo() {
    String tag = tag();
    int rows = rows();
    List<String> answers = new ArrayList<>(List.of("T"));
    addRows(answers, tag, rows);
    answers.add(ready());
    return new Step(query("ECHO " + secret + " " + tag + " " + rows), answers);
  }

  private int rows() {
    return time.chance(0.1) ? time.between(50, 300) : time.below(4);
  }

  private void addRows(List<String> answers, String tag, int rows) {
    for (int i = 0; i < rows; i++) {
      answers.add("D " + secret + ":" + tag + ":" + i);
    }
    answers.add("C SELECT " + rows);
  }

  private Step fail() {
    String tag = tag();
    failed();
    return new Step(
        query("FAIL " + secret + " " + tag), List.of("E 22012 " + secret + ":" + tag, ready()));
  }

  private Step sleep() {
    String tag = tag();
    List<String> answers = new ArrayList<>(List.of("T"));
    addRows(answers, tag, 1);
    answers.add(ready());
    byte[] request = query("SLEEP " + secret + " " + tag + " " + time.between(5, 400));
    return new Step(request, answers, true, new byte[0]);
  }

  private Step copyOut() {
    String tag = tag();
    int rows = rows();
    List<String> answers = new ArrayList<>(List.of("H"));
    for (int i = 0; i < rows; i++) {
      answers.add("d " + secret + ":" + tag + ":" + i);
    }
    answers.addAll(List.of("c", "C COPY " + rows, ready()));
    return new Step(query("COPYOUT " + secret + " " + tag + " " + rows), answers);
  }

  private Step copyIn(String command) {
    String tag = tag();
    boolean bad = command.equals("COPYBAD");
    boolean gives = !bad && time.chance(0.2);
    int rows = bad ? 1 + rows() : rows();
    List<byte[]> parts = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      parts.add(message('d', (secret + ":" + tag + ":" + i).getBytes(StandardCharsets.UTF_8)));
    }
    parts.add(gives ? message('f', "gives up") : message('c'));
    List<String> answers = new ArrayList<>(List.of("G"));
    if (gives || bad) {
      failed();
      answers.add(bad ? "E 22P04 " + secret + ":" + tag : "E 57014 copy failed");
    } else {
      answers.add("C COPY " + rows);
    }
    answers.add(ready());
    byte[] all = join(parts.toArray(byte[][]::new));
    return new Step(query(command + " " + secret + " " + tag), answers, false, all);
  }

  private Step sql() {
    String text = String.join("; ", commands.some(sql.status != 'I', true));
    List<String> answers = sql.query(text);
    answers.add(ready());
    return new Step(query("/*" + secret + "*/ " + text), answers);
  }

  // ---- the extended protocol

  /** SQL commands in one batch, each prepared without a name. */
  private Step sqlByProtocol() {
    List<byte[]> parts = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    boolean failed = false;
    for (String command : commands.some(sql.status != 'I', false)) {
      parts.add(message('P', "", "/*" + secret + "*/ " + command, (short) 0));
      parts.add(message('B', "", "", (short) 0, (short) 0, (short) 0));
      parts.add(message('E', "", 0));
      if (!failed) {
        List<String> own = sql.run(command, false);
        answers.addAll(List.of("1", "2"));
        answers.addAll(own);
        failed = own.get(0).startsWith("E ");
      }
    }
    sql.ready();
    parts.add(message('S'));
    answers.add(ready());
    return new Step(join(parts.toArray(byte[][]::new)), answers);
  }

  /** One batch, up to its Sync; what comes after an error in it is skipped. */
  private Step batch() {
    List<byte[]> parts = new ArrayList<>();
    List<String> answers = new ArrayList<>();
    boolean failed = false;
    Map<String, String> kept = new TreeMap<>();
    for (int i = time.between(1, 3); i > 0; i--) {
      if (part(parts, answers, failed)) {
        kept = failed ? kept : new TreeMap<>(statements);
        kept.values().removeIf(text -> text.startsWith("BAD"));
        failed = true;
      }
    }
    if (failed) { // what was skipped counts for nothing
      statements.clear();
      statements.putAll(kept);
    }
    if (failed) {
      failed();
    }
    parts.add(message('S'));
    answers.add(ready());
    return new Step(join(parts.toArray(byte[][]::new)), answers);
  }

  /** Appends a part of a batch; returns whether it fails. */
  private boolean part(List<byte[]> parts, List<String> answers, boolean skipped) {
    List<String> own = new ArrayList<>();
    boolean fails = false;
    switch (time.below(10)) {
      case 0 -> fails = badParse(parts, own);
      case 1 -> closes(parts, own);
      case 2 -> fails = executes(parts, own, "FAIL");
      case 3 -> weaves(parts, own);
      default -> fails = executes(parts, own, "ECHO");
    }
    if (!skipped) {
      answers.addAll(own);
    }
    return fails;
  }

  private String name() {
    return "s" + time.below(NAMES);
  }

  private boolean badParse(List<byte[]> parts, List<String> answers) {
    String name = name();
    if (statements.containsKey(name)) {
      name = "";
    }
    String text = "BAD " + secret + " " + tag();
    if (!name.isEmpty()) {
      statements.put(name, text);
    }
    parts.add(message('P', name, text, (short) 0));
    answers.add("E 42601 " + text);
    return true;
  }

  private void closes(List<byte[]> parts, List<String> answers) {
    String name = name();
    parts.add(message('C', 'S', name));
    answers.add("3");
    statements.remove(name);
  }

  private boolean executes(List<byte[]> parts, List<String> answers, String command) {
    String name = time.chance(0.3) ? "" : name();
    String text = time.chance(0.5) ? command + "/" + time.below(3) : command + "/of " + secret;
    String known = statements.get(name);
    if (known == null) {
      parts.add(message('P', name, text, (short) 0));
      answers.add("1");
      if (!name.isEmpty()) {
        statements.put(name, text);
      }
    } else {
      text = known;
    }
    if (!name.isEmpty() && time.chance(0.2)) {
      parts.add(message('D', 'S', name));
      answers.addAll(List.of("t", "T"));
    }
    String tag = tag();
    int rows = rows();
    byte[] words = (secret + " " + tag + " " + rows).getBytes(StandardCharsets.UTF_8);
    parts.add(message('B', "", name, (short) 0, (short) 1, words.length, words, (short) 0));
    answers.add("2");
    if (time.chance(0.5)) {
      parts.add(message('D', 'P', ""));
      answers.add("T");
    }
    if (time.chance(0.1)) {
      parts.add(message('H'));
    }
    parts.add(message('E', "", 0));
    if (text.startsWith("FAIL")) {
      answers.add("E 22012 " + secret + ":" + tag);
      return true;
    }
    SimSql.rows(text, new String[] {secret, tag, String.valueOf(rows)}, answers);
    return false;
  }

  /** A named statement between Parse and Execute of the unnamed one, which must not suffer. */
  private void weaves(List<byte[]> parts, List<String> answers) {
    String other = name();
    String text = statements.get(other);
    if (text == null || !text.startsWith("ECHO")) {
      other = "";
    }
    String unnamed = "ECHO/" + time.below(3);
    String[] first = {secret, tag(), "1"};
    String[] second = {secret, tag(), "1"};
    parts.add(message('P', "", unnamed, (short) 0));
    bind(parts, other.isEmpty() ? "" : "other", other, second);
    bind(parts, "", "", first);
    parts.add(message('E', "", 0));
    answers.addAll(List.of("1", "2", "2"));
    SimSql.rows(unnamed, first, answers);
    if (!other.isEmpty()) {
      parts.add(message('E', "other", 0));
      SimSql.rows(String.valueOf(text), second, answers);
    }
  }

  private static void bind(List<byte[]> parts, String portal, String statement, String[] words) {
    byte[] value = SimMessages.bytes(String.join(" ", words));
    parts.add(
        message('B', portal, statement, (short) 0, (short) 1, value.length, value, (short) 0));
  }
}
