package dev.sluice.proxy;

import static dev.sluice.proxy.SimMessages.bytes;

import dev.sluice.pgwire.Replies;
import dev.sluice.proxy.SimMessages.Message;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How a session at a server of a simulation finds out who has come. */
final class SimGate {
  private final SimSession session;
  private final SimAccounts accounts;
  private @Nullable SimScram exchange;
  private boolean challenged;

  SimGate(SimSession session, SimAccounts accounts) {
    this.session = session;
    this.accounts = accounts;
  }

  /** Somebody has come; returns whether that is enough. */
  boolean opens() {
    if (accounts.isTrusting()) {
      return true;
    }
    send(10, bytes("SCRAM-SHA-256\0\0"));
    return false;
  }

  private void send(int code, byte[] payload) {
    session.send(SimMessages.of(out -> Replies.authentication(out, code, payload)));
  }

  /** A message of the login; returns whether it was the last one, and proves it. */
  boolean isOpenedBy(Message message) {
    if (message.type() != 'p') {
      session.time.fault("a server got " + message.type() + " in a login");
      return false;
    }
    if (!challenged) {
      challenged = true;
      int at = message.text(0).length() + 1 + 4;
      String first =
          new String(message.body(), at, message.body().length - at, StandardCharsets.UTF_8);
      SimScram mine = new SimScram(session.user, SimAccounts.password(session.user));
      exchange = mine;
      send(11, bytes(mine.challenge(first, "server" + session.time.random.nextInt())));
      return false;
    }
    SimScram mine = exchange;
    String proved =
        mine == null ? "" : mine.last(new String(message.body(), StandardCharsets.UTF_8));
    if (proved.isEmpty()) {
      String text = "password authentication failed for user \"" + session.user + '"';
      session.time.say("server " + session.process + " refuses " + session.user);
      session.time.fault("the sidecar proves to be " + session.user + " and is not");
      session.send(SimMessages.error("FATAL", "28P01", text));
      session.end();
      return false;
    }
    send(12, bytes(proved));
    return true;
  }
}
