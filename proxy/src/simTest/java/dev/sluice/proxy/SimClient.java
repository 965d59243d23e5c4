package dev.sluice.proxy;

import dev.sluice.pgwire.ErrorFields;
import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.Requests;
import dev.sluice.pgwire.StartupPacket;
import dev.sluice.proxy.SimMessages.Message;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * A client of a simulation. It has a secret of its own, knows each answer that it must get, and
 * reports any other, and any that does not come in time.
 */
final class SimClient implements SimPeer {
  /** Longer than all limits on time together. */
  private static final long PATIENCE = 60 * SimTime.SECONDS;

  final String secret;
  private final SidecarSimulation run;
  private final SimTime time;
  private final SimChannel channel;
  private final SimScript script;
  private final SimMessages incoming = new SimMessages(false);
  private final Deque<String> expected = new ArrayDeque<>();
  private final Deque<SimScript.Step> copies = new ArrayDeque<>();
  private boolean loggedIn;
  private boolean sleeps;
  private boolean leaves;
  private boolean over;
  private int steps;
  private long waits;

  /** The key of its cancel requests; empty before the login. */
  byte[] cancelKey = new byte[0];

  /** How many cancel requests were sent for it. */
  int cancels;

  SimClient(SidecarSimulation run, SimChannel channel, String secret, int steps) {
    this.run = run;
    this.time = run.time;
    this.channel = channel;
    this.secret = secret;
    this.steps = steps;
    this.script = new SimScript(time, secret, run.transactions());
  }

  /** Whether it has ended, by itself or not. */
  boolean isOver() {
    return over;
  }

  void begin(String user, String database) {
    channel.send(
        SimMessages.of(
            out ->
                Requests.startup(
                    out,
                    StartupPacket.VERSION_3_0,
                    Map.of("user", user, "database", database, "application_name", secret))));
    await();
  }

  private void await() {
    long mine = ++waits;
    time.after(
        PATIENCE,
        () -> {
          if (waits == mine && !over) {
            time.fault(secret + " waits for ever for " + expected.peek());
          }
        });
  }

  private void think() {
    time.after(
        (time.chance(0.1) ? 50_000 : 10) * (1 + time.below(20)) * SimTime.MICROS, this::next);
  }

  private void next() {
    if (over) {
      return;
    }
    boolean inside = script.status != 'I';
    if (steps <= 0 && !inside) {
      leave();
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
    leaves = true;
    channel.send(SimMessages.of(Requests::terminate));
    if (time.chance(0.5)) {
      channel.hangUp();
    }
    await();
  }

  /** Breaks off in the middle of a message. */
  private void vanish(byte[] request) {
    time.say(secret + " vanishes");
    leaves = true;
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
    if (said.startsWith("FATAL")) {
      ended(said);
    } else if (!loggedIn) {
      logIn(message, said);
    } else {
      answer(said);
    }
  }

  private void logIn(Message message, String said) {
    switch (message.type()) {
      case 'R' -> {}
      case 'K' -> cancelKey = message.body();
      case 'Z' -> {
        loggedIn = true;
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
      sleeps = false;
      think();
    }
  }

  private void cancelled() {
    int hits = run.database.cancelled.getOrDefault(secret, 0);
    if (hits > cancels) {
      time.fault(secret + " was cancelled " + hits + " times, by " + cancels + " requests");
    }
    if (script.status == 'T') {
      script.status = 'E';
    }
    expected.clear();
    expected.add("Z " + script.status);
  }

  /** The sidecar ends this client, and says why. */
  private void ended(String why) {
    time.say(secret + " ended: " + why);
    run.ended(this, why);
    over = true;
    channel.hangUp();
  }

  @Override
  public void closed() {
    if (!over && !leaves && !incoming.isAmid()) { // else an error would cut through a message
      time.fault(secret + " was closed without a word");
    }
    over = true;
    waits++;
  }

  private static String describe(Message message) {
    byte[] body = message.body();
    return switch (message.type()) {
      case 'D' -> "D " + new String(body, 6, body.length - 6, StandardCharsets.UTF_8);
      case 'd' -> "d " + new String(body, StandardCharsets.UTF_8);
      case 'C' -> "C " + message.text(0);
      case 'Z' -> "Z " + (char) body[0];
      case 'E' -> error(body);
      default -> String.valueOf(message.type());
    };
  }

  private static String error(byte[] body) {
    try {
      ErrorFields error = ErrorFields.read(Unpooled.wrappedBuffer(body));
      boolean fatal = error.severity().equals("FATAL");
      return (fatal ? "FATAL " : "E ") + error.sqlState() + " " + error.message();
    } catch (ProtocolException e) {
      throw new AssertionError(e);
    }
  }
}
