package dev.sluice.proxy;

import dev.sluice.pgwire.Requests;
import dev.sluice.pgwire.StartupPacket;
import dev.sluice.proxy.SimMessages.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A client of a simulation. It has a secret of its own, knows each answer that it must get, and
 * reports any other, and any that does not come in time.
 */
final class SimClient implements SimPeer {
  /** Longer than all limits on time together. */
  private static final long PATIENCE = 60 * SimTime.SECONDS;

  /** For as long the sidecar tries to bring a client the end of what was under way. */
  private static final long LAST_WORDS = 6 * SimTime.SECONDS;

  private static final long UNDER_WAY = 100 * SimTime.MILLIS;

  /** After these answers, others must follow at once. */
  private static final String AMID = "TDdHGct";

  /** After these, a notification from a server apart may come: the sidecar gives 1 and 3 itself. */
  private static final List<String> BETWEEN = List.of("Z I", "1", "3");

  final String secret;
  final String database;

  /** Whether it replicates, and so has a server of its own. */
  final boolean replicates;

  /** As whom it comes. */
  String user = "";

  /** Whether it does not know the password, or there is no such user. */
  private boolean intrudes;

  private final SidecarSimulation run;
  private final SimTime time;
  private final SimChannel channel;
  private final SimScript script;
  private @Nullable SimProof proof;
  private final SimMessages incoming = new SimMessages(false);
  private final Deque<String> expected = new ArrayDeque<>();
  private final Deque<SimScript.Step> copies = new ArrayDeque<>();
  private boolean loggedIn;

  /** Whether its database was disabled when it came. */
  private boolean refused;

  private long loggedInAt = Long.MAX_VALUE;
  private long endedAt = Long.MAX_VALUE;
  private long closedAt = Long.MAX_VALUE;
  private long killedAt = Long.MAX_VALUE;
  private boolean sleeps;
  private boolean leaves;
  private boolean over;
  private int steps;
  private long waits;
  private String last = "Z I";
  private long answeredAt;

  /** The key of its cancel requests; empty before the login. */
  byte[] cancelKey = new byte[0];

  /** How many cancel requests were sent for it. */
  int cancels;

  SimClient(SidecarSimulation run, SimChannel channel, String secret, String database, int steps) {
    this.replicates = run.time.chance(run.replicating);
    this.run = run;
    this.time = run.time;
    this.channel = channel;
    this.secret = secret;
    this.database = database;
    this.steps = steps;
    this.script = new SimScript(time, secret, run.allowed(replicates), run.database.notices);
  }

  /** Whether it has ended, by itself or not. */
  boolean isOver() {
    return over;
  }

  /** Whether it has logged in, and does not leave. */
  boolean isIn() {
    return loggedIn && !leaves;
  }

  /** An operator has ended it: nothing but what is under way may come. */
  void killed() {
    killedAt = time.now();
  }

  /** Whether it has been in since then. */
  boolean isThere(long from) {
    return loggedInAt < from && endedAt == Long.MAX_VALUE;
  }

  /** Whether it was there at some time since then. */
  boolean wasThere(long from) {
    return closedAt > from;
  }

  void begin(String who) {
    refused = run.operator.isDisabled(database);
    boolean proves = !run.database.accounts.isTrusting();
    boolean ghost = proves && time.chance(0.05);
    boolean wrong = proves && time.chance(0.1);
    user = ghost ? "ghost" : who;
    intrudes = ghost || wrong;
    proof = new SimProof(time, channel, user, wrong ? "a guess" : SimAccounts.password(user));
    Map<String, String> parameters = new TreeMap<>();
    parameters.put("user", user);
    parameters.put("database", database);
    parameters.put("application_name", secret);
    if (replicates) {
      parameters.put("replication", "database");
    }
    channel.send(
        SimMessages.of(out -> Requests.startup(out, StartupPacket.VERSION_3_0, parameters)));
    await();
  }

  private void await() {
    long mine = ++waits;
    time.after(
        PATIENCE,
        () -> {
          if (waits == mine && !over) {
            time.fault(secret + " waits for ever for " + expected.peek() + missing());
          }
        });
  }

  private String missing() {
    return ", must be notified of " + run.database.notices.missing(secret);
  }

  private void think() {
    time.after(
        (time.chance(0.1) ? 50_000 : 10) * (1 + time.below(20)) * SimTime.MICROS, this::next);
  }

  private void next() {
    if (over) {
      return;
    }
    boolean inside = script.status() != 'I';
    if (steps <= 0 && !inside) {
      if (run.database.notices.isSatisfied(secret)) {
        leave();
      } else {
        await(); // for what it must be notified of
      }
      return;
    }
    steps--;
    List<SimScript.Step> all = script.next();
    byte[] request =
        SimMessages.join(all.stream().map(SimScript.Step::request).toArray(byte[][]::new));
    if (time.chance(run.vanishing)) {
      vanish(request);
      return;
    }
    for (SimScript.Step step : all) {
      expected.addAll(step.answers());
      if (step.rows().length > 0) {
        copies.add(step);
      }
    }
    sleeps = all.get(0).sleeps();
    if (sleeps && time.chance(0.4)) {
      time.after(time.below(300_000) * SimTime.MICROS, () -> run.cancel(this));
    }
    time.say(secret + " expects " + expected);
    channel.send(request);
    await();
  }

  private void leave() {
    leaves();
    channel.send(SimMessages.of(Requests::terminate));
    if (time.chance(0.5)) {
      channel.hangUp();
    }
    await();
  }

  /** Breaks off in the middle of a message. */
  private void vanish(byte[] request) {
    time.say(secret + " vanishes");
    leaves();
    channel.send(Arrays.copyOf(request, time.below(request.length + 1)));
    if (time.chance(0.5)) {
      channel.hangUp();
    } else {
      channel.reset();
    }
    await();
  }

  // ---- answers

  @Override
  public void received(byte[] bytes) {
    incoming.add(bytes);
    for (Message next = incoming.next(); next != null; next = incoming.next()) {
      if (!over) {
        take(next);
      }
    }
  }

  private void take(Message message) {
    if (leaves || message.type() == 'N' || message.type() == 'S') {
      return;
    }
    String said = describe(message);
    if (channel.slowness == 0 && time.now() - UNDER_WAY > killedAt) {
      time.fault(secret + " got " + said + " after KILL");
    }
    if (said.startsWith("FATAL")) {
      ended(said);
    } else if (!loggedIn) {
      logIn(message, said);
    } else if (message.type() == 'A') {
      notified(message);
    } else {
      answer(said);
      last = said;
      answeredAt = time.now();
    }
  }

  private void notified(Message message) {
    String channelName = message.text(4);
    String payload = message.text(4 + channelName.length() + 1);
    boolean amid =
        (run.listensApart() && !replicates)
            ? !BETWEEN.contains(last)
            : AMID.indexOf(last.charAt(0)) >= 0;
    if (amid) {
      time.fault(secret + " was notified after " + last);
    }
    run.database.notices.received(secret, channelName + ":" + payload);
    if (expected.isEmpty() && steps <= 0 && run.database.notices.isSatisfied(secret)) {
      waits++;
      think();
    }
  }

  private void logIn(Message message, String said) {
    switch (message.type()) {
      case 'R' -> {
        if (proof != null) {
          proof.answer(message);
        }
      }
      case 'K' -> cancelKey = message.body();
      case 'Z' -> {
        loggedIn = true;
        loggedInAt = time.now();
        if (intrudes) {
          time.fault(secret + " got in as " + user + " without the password");
        }
        if (refused && run.operator.isDisabled(database)) {
          time.fault(secret + " got in to " + database + ", which is disabled");
        }
        waits++;
        think();
      }
      default -> time.fault(secret + " got " + said + " in its login");
    }
  }

  private void answer(String said) {
    String wanted = expected.poll();
    if (said.equals("E 57014 cancelled") && sleeps && "T".equals(wanted)) {
      cancelled();
    } else if (!said.equals(wanted)) {
      time.fault(secret + " got " + said + " instead of " + wanted);
    } else if (said.equals("G")) {
      channel.send(copies.remove().rows());
    }
    if (expected.isEmpty()) {
      waits++;
      if (script.status() == 'I') {
        run.database.notices.settled(secret);
      }
      sleeps = false;
      think();
    }
  }

  private void cancelled() {
    int hits = run.database.cancelled.getOrDefault(secret, 0);
    if (hits > cancels) {
      time.fault(secret + " was cancelled " + hits + " times, by " + cancels + " requests");
    }
    script.cancelled();
    expected.clear();
    expected.add("Z " + script.status());
  }

  /** The sidecar ends this client, and says why. */
  private void ended(String why) {
    time.say(secret + " ended: " + why);
    boolean refusal = why.contains("authentication failed") || why.contains("no such user");
    if (refusal && !intrudes) {
      time.fault(secret + " was refused as " + user + ": " + why);
    } else if (!refusal || !intrudes) {
      run.ended(this, why);
    }
    isGone();
    channel.hangUp();
  }

  private void leaves() {
    leaves = true;
    endedAt = Math.min(endedAt, time.now());
  }

  private void isGone() {
    over = true;
    endedAt = Math.min(endedAt, time.now());
    run.database.notices.gone(secret);
  }

  @Override
  public void closed() {
    closedAt = time.now();
    boolean amid = // an error would have cut through a message, which has come since
        incoming.isAmid() || !expected.isEmpty() || time.now() - answeredAt < LAST_WORDS;
    if (!over && !leaves && (!amid || !loggedIn)) {
      time.fault(secret + " was closed without a word");
    }
    isGone();
    waits++;
  }

  private static String describe(Message message) {
    byte[] body = message.body();
    return switch (message.type()) {
      case 'D' -> "D " + new String(body, 6, body.length - 6, StandardCharsets.UTF_8);
      case 'd' -> "d " + new String(body, StandardCharsets.UTF_8);
      case 'C' -> "C " + message.text(0);
      case 'Z' -> "Z " + (char) body[0];
      case 'E' -> SimMessages.errorText(message);
      default -> String.valueOf(message.type());
    };
  }
}
