package dev.sluice.proxy;

import dev.sluice.pgwire.Requests;
import dev.sluice.pgwire.StartupPacket;
import dev.sluice.proxy.SimMessages.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection to the console of a simulated sidecar: one command after the other. */
final class SimAdmin implements SimPeer {
  /** Longer than a client may keep a server from a PAUSE, or a silent server from a WAIT_CLOSE. */
  private static final long PATIENCE = 600 * SimTime.SECONDS;

  /**
   * The answer to a command.
   *
   * @param rows each with its values by the columns' names
   * @param error empty if it succeeded
   */
  record Answer(List<Map<String, String>> rows, String tag, String error) {}

  private final SimTime time;
  private final SimChannel channel;
  private final SimMessages incoming = new SimMessages(false);
  private final Runnable onReady;
  private @Nullable SimProof proof;
  private List<String> columns = List.of();
  private List<Map<String, String>> rows = new ArrayList<>();
  private String tag = "";
  private String error = "";
  private @Nullable Consumer<Answer> asked;
  private String command = "the login";
  private boolean loggedIn;
  private boolean leaves;
  private long waits;

  SimAdmin(SimTime time, SimChannel channel, Runnable onReady) {
    this.time = time;
    this.channel = channel;
    this.onReady = onReady;
  }

  void begin(String user) {
    proof = new SimProof(time, channel, user, SimAccounts.password(user));
    channel.send(
        SimMessages.of(
            out ->
                Requests.startup(
                    out,
                    StartupPacket.VERSION_3_0,
                    Map.of("user", user, "database", "pgbouncer"))));
    await();
  }

  /** Whether it may be asked something. */
  boolean isFree() {
    return loggedIn && asked == null && !leaves;
  }

  void ask(String text, Consumer<Answer> then) {
    time.say("console " + text);
    command = text;
    asked = then;
    channel.send(SimMessages.of(out -> Requests.query(out, text)));
    await();
  }

  void leave() {
    leaves = true;
    channel.send(SimMessages.of(Requests::terminate));
    await();
  }

  private void await() {
    long mine = ++waits;
    time.after(
        PATIENCE,
        () -> {
          if (waits == mine) {
            time.fault("the console waits for ever for " + command);
          }
        });
  }

  @Override
  public void received(byte[] bytes) {
    incoming.add(bytes);
    for (Message next = incoming.next(); next != null; next = incoming.next()) {
      take(next);
    }
  }

  private void take(Message message) {
    switch (message.type()) {
      case 'R' -> {
        if (proof != null) {
          proof.answer(message);
        }
      }
      case 'T' -> columns = SimMessages.columns(message);
      case 'D' -> rows.add(SimMessages.values(message, columns));
      case 'C' -> tag = message.text(0);
      case 'E' -> error = SimMessages.errorText(message);
      case 'Z' -> ready();
      default -> {} // notices, and what comes in the login
    }
  }

  private void ready() {
    waits++;
    Consumer<Answer> then = asked;
    if (!loggedIn) {
      loggedIn = true;
      onReady.run();
    } else if (then == null) {
      time.fault("the console got an answer to nothing: " + tag + error);
    } else {
      Answer answer = new Answer(rows, tag, error);
      time.say("console " + command + ": " + tag + error);
      asked = null;
      rows = new ArrayList<>();
      tag = "";
      error = "";
      then.accept(answer);
    }
  }

  @Override
  public void closed() {
    waits++;
    if (!leaves) {
      time.fault("the console was closed: " + error);
    }
  }
}
