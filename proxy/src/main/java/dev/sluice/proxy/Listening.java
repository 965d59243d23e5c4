package dev.sluice.proxy;

import dev.sluice.pgwire.SqlCommand;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * The channels on which a client listens although it changes servers, and the notifications that it
 * has not got yet. Runs on the client's loop.
 *
 * <p><b>States of a channel and legal moves.</b>
 *
 * <pre>
 *   NONE → ASKED      LISTEN came; the client is held until the listener hears the channel
 *   ASKED → HEARD     from now on notifications are kept; LISTEN goes to the client's server
 *   HEARD → ACTIVE    the transaction with LISTEN has committed: what was kept is for the client
 *   HEARD → NONE      it was rolled back, or LISTEN was, to a savepoint
 *   ACTIVE → NONE     a transaction with UNLISTEN or DISCARD ALL has committed
 * </pre>
 *
 * <ul>
 *   <li>L1: each notification of a transaction that commits after the client's LISTEN did, reaches
 *       the client, once and in the order of commits, or the client is closed with an error.
 *   <li>L2: the client gets notifications only outside transactions and between answers.
 * </ul>
 */
final class Listening {
  /** A client that has not taken so many is closed. */
  private static final int MOST_KEPT = 10_000;

  private static final class Notification {
    final String channel;
    final byte[] message;

    Notification(String channel, byte[] message) {
      this.channel = channel;
      this.message = message;
    }
  }

  private final ClientConnection client;
  private final Listener listener;
  private final Runnable resume;
  private final SqlWatch.Ending ending;

  private final Set<String> asked = new HashSet<>();
  private final Set<String> heard = new HashSet<>();
  private final Set<String> active = new HashSet<>();
  private final UncommittedListens uncommitted = new UncommittedListens();

  /** Whether the transaction has had a command about channels, be it undone. */
  private boolean changed;

  private final Deque<Notification> kept = new ArrayDeque<>();

  /** Begins, with no channel. */
  Listening(ClientConnection client, Listener listener, Runnable resume, SqlWatch.Ending ending) {
    this.client = client;
    this.listener = listener;
    this.resume = resume;
    this.ending = ending;
  }

  /**
   * Whether the client is held: until the listener hears its channels, and after each request of a
   * transaction that has changed them, so that it is plain which requests the end of it belongs to.
   */
  boolean waits(ServerConnection server) {
    return !asked.isEmpty() || (changed && server.outstanding.awaitsReady());
  }

  /** Whether commands may go to the server; else {@code resume} runs when they may. */
  boolean isReadyFor(List<SqlCommand> commands) {
    for (SqlCommand command : commands) {
      if (command.kind() == SqlCommand.Kind.LISTEN
          && !heard.contains(command.name())
          && asked.add(command.name())) {
        listener.subscribe(command.name(), this);
      }
    }
    return asked.isEmpty();
  }

  /** Commands went to a server, which will listen too until it is cleaned up. */
  void sent(ServerConnection server, List<SqlCommand> commands) {
    for (SqlCommand command : commands) {
      switch (command.kind()) {
        case LISTEN -> {
          changed = true;
          uncommitted.add(command);
          server.cleanUp = "UNLISTEN *";
        }
        case UNLISTEN, UNLISTEN_ALL, DISCARD_ALL -> {
          changed = true;
          uncommitted.add(command);
        }
        case SAVEPOINT -> uncommitted.savepoint(command.name());
        case RELEASE -> uncommitted.release(command.name());
        case ROLLBACK_TO -> uncommitted.rollBackTo(command.name());
        default -> {}
      }
    }
  }

  /** A transaction is over. */
  void ended(boolean committed) {
    for (SqlCommand command : uncommitted.commands()) {
      if (committed) {
        switch (command.kind()) {
          case LISTEN -> active.add(command.name());
          case UNLISTEN -> active.remove(command.name());
          default -> active.clear();
        }
      }
    }
    uncommitted.clear();
    if (!changed) {
      return;
    }
    changed = false;
    for (Iterator<String> all = heard.iterator(); all.hasNext(); ) {
      String channel = all.next();
      if (!active.contains(channel)) {
        all.remove();
        listener.unsubscribe(channel, this);
      }
    }
    kept.removeIf(notification -> !active.contains(notification.channel));
  }

  /** Brings the client what is kept. The caller has looked that this cuts through no answer. */
  void drain() {
    if (kept.isEmpty() || changed || !client.channel.isWritable()) {
      return;
    }
    ByteBuf out = client.channel.alloc().buffer();
    for (Iterator<Notification> all = kept.iterator(); all.hasNext(); ) {
      Notification next = all.next();
      if (active.contains(next.channel)) {
        out.writeBytes(next.message);
        all.remove();
      }
    }
    client.channel.writeAndFlush(out);
  }

  /** The client has gone. */
  void gone() {
    if (!heard.isEmpty() || !asked.isEmpty()) {
      listener.unsubscribeAll(this);
    }
    asked.clear();
    heard.clear();
    active.clear();
    kept.clear();
  }

  // ---- from the listener, in its order

  /** The listener hears a channel that was asked for. */
  void hears(String channel) {
    client.channel.eventLoop().execute(() -> heard(channel));
  }

  private void heard(String channel) {
    if (asked.remove(channel)) {
      heard.add(channel);
      if (asked.isEmpty()) {
        resume.run();
      }
    }
  }

  /** A notification came; the message as it is. */
  void notifies(String channel, byte[] message) {
    client.channel.eventLoop().execute(() -> notified(channel, message));
  }

  private void notified(String channel, byte[] message) {
    if (!heard.contains(channel)) {
      return;
    }
    kept.add(new Notification(channel, message));
    if (kept.size() > MOST_KEPT) {
      ending.end("53400", "the client does not take its notifications: " + MOST_KEPT + " wait");
    } else {
      resume.run(); // which brings them, if that may be
    }
  }

  /** Notifications may be lost from now on. */
  void loses(String why) {
    client.channel.eventLoop().execute(() -> lost(why));
  }

  private void lost(String why) {
    if (!asked.isEmpty() || !heard.isEmpty()) {
      ending.end("08006", "the server connection that listens for this client has ended: " + why);
    }
  }
}
