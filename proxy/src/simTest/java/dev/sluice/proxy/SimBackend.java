package dev.sluice.proxy;

import static dev.sluice.proxy.SimMessages.message;
import static dev.sluice.proxy.SimMessages.row;

import dev.sluice.pgwire.Replies;
import dev.sluice.pgwire.TransactionStatus;
import dev.sluice.proxy.SimMessages.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a session of a server does. It knows a handful of commands, each of which names its client's
 * secret, and checks what a pooler must never mix up: whose transaction, whose batch and whose
 * settings these are, and what the client before has left behind.
 *
 * <pre>
 *   ECHO secret tag rows     rows that contain both
 *   SLEEP secret tag millis  the same after a while, unless it is cancelled
 *   FAIL secret tag          an error
 *   COPYIN secret tag        takes rows; COPYBAD fails after the first
 *   COPYOUT secret tag rows  sends rows
 *   BEGIN, COMMIT, ROLLBACK, each with the secret
 *   /*secret*&#47; and SQL       as {@link SimSql} has it
 * </pre>
 */
final class SimBackend {
  private final SimSession session;
  private final SimDatabase home;
  private final SimTime time;
  private final SimSql sql;
  private final Map<String, String> portals = new HashMap<>();
  private Map<String, String> reported = new TreeMap<>(SimSql.DEFAULTS);
  private boolean skipping;

  /** Whose transaction, or whose batch without a Sync, this is. */
  private @Nullable String owner;

  /** Who had the session before. */
  private @Nullable String last;

  private boolean batch;
  private @Nullable String sleeping;
  private int sleeps;
  private @Nullable String copying;
  private int copied;
  private final List<byte[]> notices = new ArrayList<>();

  SimBackend(SimSession session) {
    this.session = session;
    this.home = session.home;
    this.time = session.time;
    this.sql = new SimSql(this::committed);
  }

  /** The session begins with these parameters. */
  void started(Map<String, String> parameters) {
    parameters.forEach(
        (name, value) -> {
          if (SimSql.DEFAULTS.containsKey(name)) {
            sql.set(name, value);
          }
        });
    reported = sql.tracked();
  }

  Map<String, String> settings() {
    return sql.tracked();
  }

  /** Whether it is in nobody's transaction. */
  boolean isFree() {
    return owner == null;
  }

  private void send(byte[]... messages) {
    session.send(messages);
  }

  private void fault(String what) {
    time.fault("server " + session.process + what);
  }

  // ---- messages

  void handle(Message message) {
    if (copying != null) {
      copy(message);
      return;
    }
    if (message.type() == 'X') {
      session.end();
      return;
    }
    if (skipping && message.type() != 'S') {
      return;
    }
    switch (message.type()) {
      case 'Q' -> query(message.text(0));
      case 'P' -> parse(message.text(0), message.text(message.text(0).length() + 1));
      case 'B' -> bind(message);
      case 'D' -> describe(message);
      case 'E' -> execute(message.text(0));
      case 'C' -> {
        (message.body()[0] == 'S' ? sql.statements : portals).remove(message.text(1));
        send(message('3'));
        opensBatch(null);
      }
      case 'S' -> sync();
      case 'H', 'd', 'c', 'f' -> {} // answers have gone already; rows of a COPY that failed
      default -> fault(" got " + message.type());
    }
  }

  private void query(String text) {
    if (batch) {
      fault(" got a query amid the batch of " + owner + ": " + text);
    }
    if (text.startsWith("/*")) {
      claim(secret(text));
      time.say("server " + session.process + " runs " + text);
      answer(sql.query(text.substring(text.indexOf("*/") + 2)), true);
      send(ready());
      return;
    }
    String[] words = text.split(" ", -1);
    if (!isOfClient(words[0])) {
      own(text);
      return;
    }
    claim(words[1]);
    time.say("server " + session.process + " runs " + text);
    if (words[0].equals("SLEEP") && sql.status != 'E') {
      sleep(words);
      return;
    }
    run(words, true, "");
    if (copying == null) {
      sql.ready();
      send(ready());
    }
  }

  private static String secret(String text) {
    return text.substring(2, text.indexOf("*/"));
  }

  private static boolean isOfClient(String command) {
    return List.of(
            "ECHO", "SLEEP", "FAIL", "COPYIN", "COPYBAD", "COPYOUT", "BEGIN", "COMMIT", "ROLLBACK")
        .contains(command);
  }

  /** What the pooler itself asks: all but statements only between its clients' transactions. */
  private void own(String text) {
    time.say("server " + session.process + " runs the pooler's " + text);
    boolean ofStatements = text.startsWith("PREPARE ") || text.startsWith("DEALLOCATE ");
    if (!ofStatements && (sql.status != 'I' || owner != null)) {
      fault(" got the pooler's " + text + " in the transaction of " + owner);
    }
    answer(sql.query(text.equals("select 1") ? "SELECT 1()" : text), true);
    send(ready());
  }

  /** A command of a client comes; nobody else's may be under way, and its settings are in force. */
  private void claim(String secret) {
    String before = owner;
    if (before == null) {
      begins(secret);
    } else if (!before.equals(secret)) {
      fault(" got " + secret + " in the transaction of " + before);
    }
    owner = secret;
  }

  private void begins(String secret) {
    String wrong = home.isFor(session, secret, last);
    if (!wrong.isEmpty()) {
      fault(" got " + secret + ", " + wrong);
    }
    home.begins(session, secret, last);
    Map<String, String> wanted = home.settingsOf(secret);
    if (!wanted.equals(sql.tracked())) {
      fault(" got " + secret + " with the settings " + sql.tracked() + " instead of " + wanted);
    }
    String left = sql.leftovers();
    if (!secret.equals(last) && !left.isEmpty()) {
      fault(" got " + secret + " with what " + last + " has left:" + left);
    }
    last = secret;
  }

  private void run(String[] words, boolean simple, String text) {
    if (sql.status == 'E' && !words[0].equals("ROLLBACK") && !words[0].equals("COMMIT")) {
      fail("25P02", "aborted", simple);
      return;
    }
    String secret = words[1];
    switch (words[0]) {
      case "BEGIN" -> send(complete(sql.begin()));
      case "COMMIT", "ROLLBACK" -> send(complete(sql.end(words[0])));
      case "ECHO", "SLEEP" -> rows(words, simple, text);
      case "FAIL" -> fail("22012", secret + ":" + words[2], simple);
      case "COPYOUT" -> {
        send(message('H', '\0', (short) 0));
        for (int i = 0; i < Integer.parseInt(words[3]); i++) {
          send(message('d', SimMessages.bytes(secret + ":" + words[2] + ":" + i)));
        }
        send(message('c'), complete("COPY " + words[3]));
      }
      case "COPYIN", "COPYBAD" -> {
        copying = words[0] + " " + secret + ":" + words[2];
        copied = 0;
        send(message('G', '\0', (short) 0));
      }
      default -> fault(" got " + String.join(" ", words));
    }
  }

  private void rows(String[] words, boolean simple, String text) {
    if (simple) {
      send(message('T', (short) 0));
    }
    if (!text.isEmpty()) {
      List<String> answers = new ArrayList<>();
      SimSql.rows(text, List.of(words).subList(1, 4).toArray(String[]::new), answers);
      answer(answers, false);
      return;
    }
    int count = words[0].equals("SLEEP") ? 1 : Integer.parseInt(words[3]);
    for (int i = 0; i < count; i++) {
      send(row(words[1] + ":" + words[2] + ":" + i));
    }
    send(complete("SELECT " + count));
  }

  private void fail(String code, String text, boolean simple) {
    sql.failed();
    skipping = !simple;
    send(SimMessages.error("ERROR", code, text));
  }

  private void sleep(String[] words) {
    session.busy(true);
    String mine = words[1];
    sleeping = mine;
    int number = ++sleeps;
    time.after(
        Integer.parseInt(words[3]) * SimTime.MILLIS,
        () -> {
          if (number == sleeps && mine.equals(sleeping) && !session.isGone()) {
            wake(() -> run(words, true, ""));
          }
        });
  }

  private void wake(Runnable answer) {
    sleeping = null;
    answer.run();
    sql.ready();
    send(ready());
    session.busy(false);
  }

  /** A cancel request has come. */
  void cancel() {
    String secret = sleeping;
    if (secret != null) {
      time.say("server " + session.process + " cancels " + secret);
      home.cancelled.merge(secret, 1, Integer::sum);
      wake(() -> fail("57014", "cancelled", true));
    }
  }

  private void copy(Message message) {
    String what = String.valueOf(copying);
    String expected = what.substring(what.indexOf(' ') + 1);
    switch (message.type()) {
      case 'd' -> {
        String content = new String(message.body(), StandardCharsets.UTF_8);
        if (!content.startsWith(expected)) {
          fault(" got the row " + content + " in " + what);
        }
        copied++;
        if (what.startsWith("COPYBAD")) {
          fail("22P04", expected, true);
          copied();
        }
      }
      case 'c' -> {
        send(complete("COPY " + copied));
        copied();
      }
      case 'f' -> {
        fail("57014", "copy failed", true);
        copied();
      }
      default -> fault(" got " + message.type() + " in " + what);
    }
  }

  private void copied() {
    copying = null;
    sql.ready();
    send(ready());
  }

  // ---- the extended protocol

  private void opensBatch(@Nullable String secret) {
    batch = true;
    if (secret != null) {
      claim(secret);
    }
  }

  private void parse(String name, String text) {
    opensBatch(null);
    if (text.startsWith("BAD")) {
      fail("42601", text, false);
    } else if (!name.isEmpty() && sql.statements.containsKey(name)) {
      fail("42P05", "statement " + name + " exists", false);
    } else {
      sql.statements.put(name, text);
      send(message('1'));
    }
  }

  private void bind(Message message) {
    String portal = message.text(0);
    int at = portal.length() + 1;
    String statement = message.text(at);
    at += statement.getBytes(StandardCharsets.UTF_8).length + 1 + 2; // no formats
    int parameters = message.shortNumber(at);
    String text = sql.statements.get(statement);
    if (parameters == 0) {
      opensBatch(text != null && text.startsWith("/*") ? secret(text) : null);
    } else {
      int length = message.number(at + 2);
      String words = new String(message.body(), at + 6, length, StandardCharsets.UTF_8);
      boolean asks = SimAccounts.QUERY_TEXT.equals(text);
      opensBatch(asks ? null : words.split(" ", 2)[0]);
      text = text == null ? null : text + "\n" + words;
    }
    if (text == null) {
      fail("26000", "statement " + statement + " does not exist", false);
      return;
    }
    portals.put(portal, text);
    send(message('2'));
  }

  private void describe(Message message) {
    opensBatch(null);
    if (message.body()[0] == 'S') {
      if (!sql.statements.containsKey(message.text(1))) {
        fail("26000", "statement " + message.text(1) + " does not exist", false);
        return;
      }
      send(message('t', (short) 0));
    }
    send(message('T', (short) 0));
  }

  private void execute(String portal) {
    String text = portals.get(portal);
    if (text == null) {
      fail("34000", "portal " + portal + " does not exist", false);
      return;
    }
    time.say("server " + session.process + " executes " + text.replace('\n', ' '));
    int cut = text.indexOf('\n');
    if (cut < 0) {
      String command = text.startsWith("/*") ? text.substring(text.indexOf("*/") + 2) : text;
      answer(sql.run(command.strip(), false), false);
      return;
    }
    String definition = text.substring(0, cut);
    if (definition.equals(SimAccounts.QUERY_TEXT)) {
      tells(text.substring(cut + 1));
      return;
    }
    String[] words = (definition.split("/", 2)[0] + " " + text.substring(cut + 1)).split(" ", -1);
    claim(words[1]);
    run(words, false, definition);
  }

  /** Somebody asks for what is known of a user. */
  private void tells(String user) {
    if (!session.user.equals(SimAccounts.ASKER) || owner != null) {
      fault(" is asked about " + user + " by " + session.user + ", amid " + owner);
    }
    byte[] name = SimMessages.bytes(user);
    byte[] verifier = SimMessages.bytes(home.accounts.verifier(user));
    if (verifier.length > 0) {
      send(message('D', (short) 2, name.length, name, verifier.length, verifier));
    }
    send(complete("SELECT " + (verifier.length > 0 ? 1 : 0)));
  }

  private void sync() {
    skipping = false;
    batch = false;
    portals.clear();
    sql.ready();
    send(ready());
  }

  // ---- answers

  private void answer(List<String> answers, boolean simple) {
    for (String each : answers) {
      if (each.startsWith("E ")) {
        skipping = !simple;
      }
      send(SimMessages.answer(each));
    }
  }

  byte[] ready() {
    byte[] said = changes();
    if (sql.status == 'I') {
      if (owner != null) {
        home.ends(owner, sql.tracked());
      }
      owner = null;
      notices.add(0, said);
      said = SimMessages.join(notices.toArray(byte[][]::new));
      notices.clear();
    }
    TransactionStatus now =
        switch (sql.status) {
          case 'I' -> TransactionStatus.IDLE;
          case 'T' -> TransactionStatus.ACTIVE;
          default -> TransactionStatus.FAILED;
        };
    return SimMessages.join(said, SimMessages.of(out -> Replies.ready(out, now)));
  }

  /** Tells of settings that have other values than before. */
  private byte[] changes() {
    Map<String, String> now = sql.tracked();
    byte[] all =
        SimMessages.of(
            out ->
                now.forEach(
                    (name, value) -> {
                      if (!value.equals(reported.get(name))) {
                        Replies.parameterStatus(out, name, value);
                      }
                    }));
    reported = now;
    return all;
  }

  private static byte[] complete(String tag) {
    return message('C', tag);
  }

  // ---- notifications

  private void committed(List<String> listens, List<String> said) {
    home.committed(session, owner, listens, said);
  }

  /** A channel was notified, perhaps one on which this session listens. */
  void notified(int notifier, String channel, String payload) {
    if (!sql.channels().contains(channel)) {
      return;
    }
    notices.add(message('A', notifier, channel, payload));
    if (owner == null && sql.status == 'I' && !batch && sleeping == null) {
      notices.forEach(this::send);
      notices.clear();
    }
  }
}
