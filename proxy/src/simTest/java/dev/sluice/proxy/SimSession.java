package dev.sluice.proxy;

import static dev.sluice.proxy.SimMessages.message;

import dev.sluice.pgwire.ErrorFields;
import dev.sluice.pgwire.Replies;
import dev.sluice.pgwire.StartupPacket;
import dev.sluice.pgwire.TransactionStatus;
import dev.sluice.proxy.SimMessages.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A session at a server of a simulation. It knows a handful of commands, each of which names its
 * client's secret, and checks what a pooler must never mix up: whose transaction, whose batch and
 * whose settings these are.
 *
 * <pre>
 *   ECHO secret tag rows     rows that contain both
 *   SLEEP secret tag millis  the same after a while, unless it is cancelled
 *   FAIL secret tag          an error
 *   COPYIN secret tag        takes rows; COPYBAD fails after the first
 *   COPYOUT secret tag rows  sends rows
 *   BEGIN, COMMIT, ROLLBACK, each with the secret
 * </pre>
 */
final class SimSession implements SimPeer {
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "client_encoding", "UTF8",
          "DateStyle", "ISO, MDY",
          "TimeZone", "UTC",
          "standard_conforming_strings", "on",
          "application_name", "");

  final int process;
  final int key;
  private final SimDatabase home;
  private final SimTime time;
  private final SimChannel channel;
  private final SimDatabase.Mood mood;
  private final SimMessages incoming = new SimMessages(true);
  private final Deque<Message> queue = new ArrayDeque<>();
  private final Map<String, String> settings = new TreeMap<>(DEFAULTS);
  private final Map<String, String> statements = new HashMap<>();
  private final Map<String, String> portals = new HashMap<>();
  private char status = 'I';
  private boolean loggedIn;
  private boolean busy;
  private boolean silent;
  private boolean gone;
  private boolean skipping;

  /** Whose transaction, or whose batch without a Sync, this is. */
  private @Nullable String owner;

  private boolean batch;
  private @Nullable String sleeping;
  private int sleeps;
  private @Nullable String copying;
  private int copied;

  SimSession(SimDatabase home, SimChannel channel, int process, SimDatabase.Mood mood) {
    this.home = home;
    this.time = home.time;
    this.channel = channel;
    this.process = process;
    this.key = time.random.nextInt();
    this.mood = mood;
  }

  boolean isLoggedIn() {
    return loggedIn && !gone;
  }

  // ---- the connection

  @Override
  public void received(byte[] bytes) {
    incoming.add(bytes);
    for (Message next = incoming.next(); next != null; next = incoming.next()) {
      queue.add(next);
    }
    work();
  }

  @Override
  public void closed() {
    gone = true;
    home.gone(this);
  }

  private void send(byte[]... messages) {
    if (!gone) {
      channel.send(SimMessages.join(messages));
    }
  }

  /** The server ends the session, if it does nothing just now. */
  void endIdle() {
    if (loggedIn && !busy && !gone && owner == null && queue.isEmpty()) {
      time.say("server " + process + " ends its session");
      send(error("FATAL", "57P01", "terminating connection due to administrator command"));
      end();
    }
  }

  private void end() {
    gone = true;
    home.gone(this);
    channel.hangUp();
  }

  private void work() {
    if (busy || gone || silent || queue.isEmpty()) {
      return;
    }
    busy = true;
    time.after(
        time.below(300) * SimTime.MICROS,
        () -> {
          busy = false;
          Message next = gone ? null : queue.poll();
          if (next != null) {
            take(next);
            work();
          }
        });
  }

  private void take(Message message) {
    if (message.type() == 0) {
      begin(message);
    } else if (time.chance(home.silences)) {
      time.say("server " + process + " falls silent");
      silent = true;
    } else if (time.chance(home.deaths)) {
      die();
    } else {
      handle(message);
    }
  }

  private void die() {
    time.say("server " + process + " dies");
    switch (time.below(3)) {
      case 0 -> channel.reset();
      case 1 -> {
        byte[] row = row("half");
        send(Arrays.copyOf(row, 1 + time.below(row.length - 1)));
        end();
        return;
      }
      default -> {
        send(error("FATAL", "57P01", "terminating connection due to administrator command"));
        end();
        return;
      }
    }
    gone = true;
    home.gone(this);
  }

  private void begin(Message startup) {
    if (startup.number(0) == StartupPacket.SSL_CODE) {
      send(new byte[] {'N'});
      incoming.restart();
      return;
    }
    if (SimMessages.isCancel(startup)) {
      home.cancel(startup.number(4), startup.number(8));
      end();
      return;
    }
    switch (mood) {
      case STARTS -> {
        send(error("FATAL", "57P03", "the database system is starting up"));
        end();
      }
      case FULL -> {
        send(error("FATAL", "53300", "sorry, too many clients already"));
        end();
      }
      default -> welcome();
    }
  }

  private void welcome() {
    loggedIn = true;
    send(SimMessages.of(out -> Replies.authentication(out, 0, new byte[0])));
    settings.forEach(
        (name, value) -> send(SimMessages.of(out -> Replies.parameterStatus(out, name, value))));
    send(message('K', process, key), ready());
  }

  // ---- messages

  private void handle(Message message) {
    if (copying != null) {
      copy(message);
      return;
    }
    if (message.type() == 'X') {
      end();
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
        statements.remove(message.text(1));
        send(message('3'));
        opensBatch(null);
      }
      case 'S' -> sync();
      case 'H', 'd', 'c', 'f' -> {} // answers have gone already; rows of a COPY that failed
      default -> time.fault("server " + process + " got " + message.type());
    }
  }

  private void query(String text) {
    if (batch) {
      time.fault("a query amid the batch of " + owner + ": " + text);
    }
    String[] words = text.split(" ", -1);
    if (!isOfClient(words[0])) {
      own(text);
      return;
    }
    claim(words[1]);
    time.say("server " + process + " runs " + text);
    if (words[0].equals("SLEEP") && status != 'E') {
      sleep(words);
      return;
    }
    run(words, true);
    if (copying == null) {
      send(ready());
    }
  }

  private static boolean isOfClient(String command) {
    return List.of(
            "ECHO", "SLEEP", "FAIL", "COPYIN", "COPYBAD", "COPYOUT", "BEGIN", "COMMIT", "ROLLBACK")
        .contains(command);
  }

  /** What the pooler itself asks: only between its clients' transactions. */
  private void own(String text) {
    if (status != 'I' || owner != null) {
      time.fault("the pooler says " + text + " in the transaction of " + owner);
    }
    for (String command : text.split(";", -1)) {
      if (command.startsWith("SET ")) {
        String[] pair = command.substring(4).split("=", 2);
        String value = pair[1].replaceAll("^'|'$", "");
        settings.put(pair[0], value);
        send(SimMessages.of(out -> Replies.parameterStatus(out, pair[0], value)));
        send(complete("SET"));
      } else if (command.equalsIgnoreCase("DISCARD ALL")) {
        statements.clear();
        settings.putAll(DEFAULTS);
        String name = "application_name";
        send(SimMessages.of(out -> Replies.parameterStatus(out, name, "")));
        send(complete("DISCARD ALL"));
      } else if (command.equalsIgnoreCase("select 1")) {
        send(row("1"), complete("SELECT 1"));
      } else if (!command.isBlank()) {
        time.fault("server " + process + " got " + text);
      }
    }
    send(ready());
  }

  /** A command of a client comes; nobody else's may be under way, and its settings are in force. */
  private void claim(String secret) {
    String before = owner;
    if (before != null && !before.equals(secret)) {
      time.fault("server " + process + " got " + secret + " in the transaction of " + before);
    }
    String name = settings.get("application_name");
    if (!secret.equals(name)) {
      time.fault("server " + process + " got " + secret + " with the settings of " + name);
    }
    owner = secret;
  }

  private void run(String[] words, boolean simple) {
    if (status == 'E' && !words[0].equals("ROLLBACK") && !words[0].equals("COMMIT")) {
      fail("25P02", "aborted", simple);
      return;
    }
    String secret = words[1];
    switch (words[0]) {
      case "BEGIN" -> {
        status = 'T';
        send(complete("BEGIN"));
      }
      case "COMMIT", "ROLLBACK" -> {
        boolean aborted = status == 'E';
        status = 'I';
        send(complete(aborted ? "ROLLBACK" : words[0]));
      }
      case "ECHO", "SLEEP" -> rows(words, simple);
      case "FAIL" -> fail("22012", secret + ":" + words[2], simple);
      case "COPYOUT" -> {
        send(message('H', '\0', (short) 0));
        for (int i = 0; i < Integer.parseInt(words[3]); i++) {
          send(message('d', bytes(secret + ":" + words[2] + ":" + i)));
        }
        send(message('c'), complete("COPY " + words[3]));
      }
      case "COPYIN", "COPYBAD" -> {
        copying = words[0] + " " + secret + ":" + words[2];
        copied = 0;
        send(message('G', '\0', (short) 0));
      }
      default -> time.fault("server " + process + " got " + String.join(" ", words));
    }
  }

  private void rows(String[] words, boolean described) {
    if (described) {
      send(message('T', (short) 0));
    }
    int count = words[0].equals("SLEEP") ? 1 : Integer.parseInt(words[3]);
    for (int i = 0; i < count; i++) {
      send(row(words[1] + ":" + words[2] + ":" + i));
    }
    send(complete("SELECT " + count));
  }

  private void fail(String code, String text, boolean simple) {
    if (status == 'T') {
      status = 'E';
    }
    skipping = !simple;
    send(error("ERROR", code, text));
  }

  private void sleep(String[] words) {
    busy = true;
    String mine = words[1];
    sleeping = mine;
    int number = ++sleeps;
    time.after(
        Integer.parseInt(words[3]) * SimTime.MILLIS,
        () -> {
          if (number == sleeps && mine.equals(sleeping) && !gone) {
            wake(() -> run(words, true));
          }
        });
  }

  private void wake(Runnable answer) {
    sleeping = null;
    busy = false;
    answer.run();
    send(ready());
    work();
  }

  /** A cancel request has come. */
  void cancel() {
    String secret = sleeping;
    if (secret != null) {
      time.say("server " + process + " cancels " + secret);
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
          time.fault("server " + process + " got the row " + content + " in " + what);
        }
        copied++;
        if (what.startsWith("COPYBAD")) {
          copying = null;
          fail("22P04", expected, true);
          send(ready());
        }
      }
      case 'c' -> {
        copying = null;
        send(complete("COPY " + copied), ready());
      }
      case 'f' -> {
        copying = null;
        fail("57014", "copy failed", true);
        send(ready());
      }
      default -> time.fault("server " + process + " got " + message.type() + " in " + what);
    }
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
    } else if (!name.isEmpty() && statements.containsKey(name)) {
      fail("42P05", "statement " + name + " exists", false);
    } else {
      statements.put(name, text);
      send(message('1'));
    }
  }

  private void bind(Message message) {
    String portal = message.text(0);
    int at = portal.length() + 1;
    String statement = message.text(at);
    at += statement.getBytes(StandardCharsets.UTF_8).length + 1 + 2 + 2; // no formats
    String text = statements.get(statement);
    int length = message.number(at);
    String words = new String(message.body(), at + 4, length, StandardCharsets.UTF_8);
    opensBatch(words.split(" ", 2)[0]);
    if (text == null) {
      fail("26000", "statement " + statement + " does not exist", false);
      return;
    }
    portals.put(portal, text.split("/", 2)[0] + " " + words);
    send(message('2'));
  }

  private void describe(Message message) {
    opensBatch(null);
    if (message.body()[0] == 'S') {
      if (!statements.containsKey(message.text(1))) {
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
    time.say("server " + process + " executes " + text);
    String[] words = text.split(" ", -1);
    claim(words[1]);
    run(words, false);
  }

  private void sync() {
    skipping = false;
    batch = false;
    portals.clear();
    send(ready());
  }

  // ---- answers

  private byte[] ready() {
    if (status == 'I') {
      owner = null;
    }
    TransactionStatus now =
        switch (status) {
          case 'I' -> TransactionStatus.IDLE;
          case 'T' -> TransactionStatus.ACTIVE;
          default -> TransactionStatus.FAILED;
        };
    return SimMessages.of(out -> Replies.ready(out, now));
  }

  private static byte[] complete(String tag) {
    return message('C', tag);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] row(String content) {
    byte[] value = bytes(content);
    return message('D', (short) 1, value.length, value);
  }

  private static byte[] error(String severity, String code, String text) {
    return SimMessages.of(out -> Replies.error(out, ErrorFields.of(severity, code, text)));
  }
}
