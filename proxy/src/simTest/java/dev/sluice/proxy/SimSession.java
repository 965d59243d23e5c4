package dev.sluice.proxy;

import static dev.sluice.proxy.SimMessages.error;
import static dev.sluice.proxy.SimMessages.message;
import static dev.sluice.proxy.SimMessages.row;

import dev.sluice.pgwire.Replies;
import dev.sluice.pgwire.StartupPacket;
import dev.sluice.proxy.SimMessages.Message;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * A session at a server of a simulation: its connection, its login, and the faults that befall it.
 * {@link SimBackend} does what it is asked.
 */
final class SimSession implements SimPeer {
  final int process;
  final int key;
  final SimDatabase home;
  final SimTime time;
  private final SimChannel channel;
  private final SimDatabase.Mood mood;
  private final SimMessages incoming = new SimMessages(true);
  private final Deque<Message> queue = new ArrayDeque<>();
  private final SimBackend backend;
  private final SimGate gate;

  /** As whom the sidecar has come. */
  String user = "";

  /** Whether it has come for one client that replicates. */
  boolean replicates;

  private boolean loggedIn;
  private long loggedInAt = Long.MAX_VALUE;
  private long closedAt = Long.MAX_VALUE;
  private boolean busy;
  private boolean silent;
  private boolean gone;

  SimSession(SimDatabase home, SimChannel channel, int process, SimDatabase.Mood mood) {
    this.home = home;
    this.time = home.time;
    this.channel = channel;
    this.process = process;
    this.key = time.random.nextInt();
    this.mood = mood;
    this.backend = new SimBackend(this);
    this.gate = new SimGate(this, home.accounts);
  }

  boolean isLoggedIn() {
    return loggedIn && !gone;
  }

  /** Whether somebody has been logged in since then. */
  boolean wasIn(long from) {
    return loggedInAt < from && !gone;
  }

  /** Whether the sidecar may have thought since then that it was there. */
  boolean wasThere(long from) {
    return closedAt > from;
  }

  boolean isGone() {
    return gone;
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
    closedAt = time.now();
    isOver();
  }

  private void isOver() {
    gone = true;
    home.gone(this);
  }

  void send(byte[]... messages) {
    if (!gone) {
      channel.send(SimMessages.join(messages));
    }
  }

  /** The server ends the session, if it does nothing just now. */
  void endIdle() {
    if (loggedIn && !busy && !gone && backend.isFree() && queue.isEmpty()) {
      time.say("server " + process + " ends its session");
      send(error("FATAL", "57P01", "terminating connection due to administrator command"));
      end();
    }
  }

  void end() {
    isOver();
    channel.hangUp();
  }

  /** Nothing is taken until that is called again with false. */
  void busy(boolean now) {
    busy = now;
    work();
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
    } else if (!loggedIn) {
      if (gate.isOpenedBy(message)) {
        welcome();
      }
    } else if (time.chance(home.silences)) {
      time.say("server " + process + " falls silent");
      silent = true;
    } else if (time.chance(home.deaths)) {
      die();
    } else {
      backend.handle(message);
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
    isOver();
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
      default -> {
        identify(startup);
        if (gate.opens()) {
          welcome();
        }
      }
    }
  }

  private void identify(Message startup) {
    Map<String, String> parameters = new TreeMap<>();
    for (int at = 4; startup.body()[at] != 0; ) {
      String name = startup.text(at);
      at += SimMessages.bytes(name).length + 1;
      String value = startup.text(at);
      at += SimMessages.bytes(value).length + 1;
      parameters.put(name, value);
    }
    user = parameters.getOrDefault("user", "");
    replicates = parameters.containsKey("replication");
    backend.started(parameters);
  }

  private void welcome() {
    loggedIn = true;
    loggedInAt = time.now();
    send(SimMessages.of(out -> Replies.authentication(out, 0, new byte[0])));
    backend
        .settings()
        .forEach(
            (name, value) ->
                send(SimMessages.of(out -> Replies.parameterStatus(out, name, value))));
    send(message('K', process, key), backend.ready());
  }

  /** A cancel request has come. */
  void cancel() {
    backend.cancel();
  }

  /** A transaction has committed in which somebody notified a channel. */
  void notified(int notifier, String channelName, String payload) {
    backend.notified(notifier, channelName, payload);
  }
}
