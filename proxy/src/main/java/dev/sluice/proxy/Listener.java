package dev.sluice.proxy;

import dev.sluice.pgwire.Backend;
import dev.sluice.pgwire.ErrorFields;
import dev.sluice.pgwire.ProtocolException;
import dev.sluice.pgwire.Requests;
import dev.sluice.pgwire.Text;
import dev.sluice.pgwire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The dedicated server on which a pool's clients listen, all together. It comes with the first
 * channel and goes with the last. It lives on one event loop; others call the methods that say so.
 *
 * <p><b>States and legal moves.</b>
 *
 * <pre>
 *   CLOSED → OPENING    a client asks for a channel
 *   OPENING → READY     the server has been opened
 *   READY               runs one LISTEN or UNLISTEN after the other
 *   any → CLOSED        no client listens any more, or the server has ended: then all clients that
 *                       listen learn that they may have missed something
 * </pre>
 */
final class Listener implements UnrelayedOwner {
  private enum State {
    CLOSED,
    OPENING,
    READY
  }

  /** Something that the server shall do. */
  private record Step(boolean listen, String channel) {}

  private final ServerPool shared;
  private final Map<String, Set<Listening>> clients = new HashMap<>();

  /** The channels on which the server listens. */
  private final Set<String> heard = new HashSet<>();

  private final Deque<Step> steps = new ArrayDeque<>();
  private @Nullable Step running;
  private @Nullable ErrorFields error;
  private State state = State.CLOSED;
  private @Nullable EventExecutor home;
  private @Nullable ServerLease lease;
  private @Nullable ServerConnection server;

  /** A pool of one, whose server it is; null while CLOSED. */
  private volatile @Nullable ServerPool own;

  Listener(ServerPool shared) {
    this.shared = shared;
  }

  @Override
  public synchronized EventExecutor loop() {
    EventExecutor known = home;
    if (known == null) {
      known = shared.core.loops.next();
      home = known;
    }
    return known;
  }

  // ---- from the clients, on any loop

  /** A client asks for a channel; it learns when the server hears it. */
  void subscribe(String channel, Listening client) {
    loop()
        .execute(
            () -> {
              clients.computeIfAbsent(channel, name -> new LinkedHashSet<>()).add(client);
              steps.add(new Step(true, channel));
              if (state == State.CLOSED) {
                open();
              }
              next();
            });
  }

  /** A client listens no more on a channel. */
  void unsubscribe(String channel, Listening client) {
    loop()
        .execute(
            () -> {
              remove(channel, client);
              next();
            });
  }

  /** A client has gone. */
  void unsubscribeAll(Listening client) {
    loop()
        .execute(
            () -> {
              Set.copyOf(clients.keySet()).forEach(channel -> remove(channel, client));
              next();
            });
  }

  private void remove(String channel, Listening client) {
    Set<Listening> all = clients.get(channel);
    if (all != null && all.remove(client) && all.isEmpty()) {
      clients.remove(channel);
      steps.add(new Step(false, channel));
    }
  }

  /** The pool of one whose server it is, if there is one. */
  Optional<ServerPool> pool() {
    return Optional.ofNullable(own);
  }

  /** How many servers it has: none, or one. */
  int servers() {
    return own == null ? 0 : 1;
  }

  /** Ends the server, if there is one, in the name of an operator; its clients learn of that. */
  void retire(String why) {
    if (own != null) {
      loop().execute(() -> ended(why));
    }
  }

  /** Ends the server: the pool has ended, and its clients with it. */
  void close() {
    ServerPool pool = own;
    if (pool != null) {
      pool.end();
    }
  }

  // ---- the server

  private void open() {
    state = State.OPENING;
    ServerPool pool =
        new ServerPool(
            shared.core, shared.key, shared.limits(), shared.secret(), ServerKind.LISTENING, null);
    own = pool;
    pool.acquire(loop())
        .whenComplete(
            (given, failure) -> {
              if (given == null) {
                if (own == pool) {
                  ended(ServerPool.explain(failure, false).message());
                }
              } else if (own != pool) {
                given.discard("nobody listens any more");
              } else {
                given.resource().giveTo(this, () -> opened(pool, given));
              }
            });
  }

  private void opened(ServerPool pool, ServerLease given) {
    ServerConnection opened = given.resource();
    if (own != pool || opened.isClosed()) {
      given.discard("nobody listens any more");
      if (own == pool) {
        ended("server conn crashed?");
      }
      return;
    }
    lease = given;
    server = opened;
    state = State.READY;
    shared.core.log.log(opened + " listens for clients in transaction mode");
    next();
  }

  /** Does what is to be done next, if the server is free. */
  private void next() {
    ServerConnection mine = server;
    while (state == State.READY && mine != null && running == null) {
      Step step = steps.poll();
      if (step == null) {
        break;
      }
      boolean wanted = clients.containsKey(step.channel);
      if (step.listen && heard.contains(step.channel)) {
        tell(step.channel);
      } else if (step.listen == wanted && (step.listen || heard.remove(step.channel))) {
        running = step;
        error = null;
        mine.outstanding.own();
        ByteBuf query = mine.channel.alloc().buffer();
        String name = '"' + step.channel.replace("\"", "\"\"") + '"';
        Requests.query(query, (step.listen ? "LISTEN " : "UNLISTEN ") + name);
        mine.channel.writeAndFlush(query);
      }
    }
    if (clients.isEmpty() && running == null) {
      shutDown("nobody listens any more");
    }
  }

  private void tell(String channel) {
    clients.getOrDefault(channel, Set.of()).forEach(client -> client.hears(channel));
  }

  private void done(Step step) {
    running = null;
    ErrorFields failure = error;
    if (failure != null) {
      ended(failure.message());
      return;
    }
    if (step.listen) {
      heard.add(step.channel);
      tell(step.channel);
    }
    next();
  }

  /** The server has ended. Its clients may miss notifications from now on, and learn of that. */
  private void ended(String why) {
    Set<Listening> all = new LinkedHashSet<>();
    clients.values().forEach(all::addAll);
    clients.clear();
    all.forEach(client -> client.loses(why));
    shutDown(why);
  }

  private void shutDown(String why) {
    ServerPool pool = own;
    ServerConnection mine = server;
    ServerLease held = lease;
    state = State.CLOSED;
    own = null;
    server = null;
    lease = null;
    running = null;
    heard.clear();
    steps.clear();
    if (pool == null) {
      return;
    }
    if (mine != null && held != null) {
      pool.discard(mine, held, why);
    }
    shared.core.onWorker(pool::end); // its engine waits for its threads
  }

  // ---- what the server says

  @Override
  public void serverRead(ServerConnection from, ByteBuf bytes) {
    try {
      from.stream.feed(bytes, this);
    } catch (ProtocolException e) {
      from.close(e.getMessage());
    }
    Step step = running;
    if (step != null && from == server && from.outstanding.isAnswered()) {
      done(step);
    }
  }

  @Override
  public boolean whole(byte type, ByteBuf body) throws ProtocolException {
    ServerConnection mine = server;
    if (mine == null) {
      return false;
    }
    switch (type) {
      case Backend.READY -> mine.outstanding.ready(TransactionStatus.of(body.readByte()));
      case Backend.PARAMETER_STATUS ->
          mine.parameters.set(Text.read(body, "setting"), Text.read(body, "value"));
      case Backend.NOTIFICATION -> notified(body);
      case Backend.ERROR -> {
        boolean last = mine.outstanding.size() == 0;
        mine.outstanding.answered(type);
        ErrorFields said = ErrorFields.read(body);
        error = said;
        if (last) {
          mine.closeReason = said.message();
        }
      }
      default -> mine.outstanding.answered(type);
    }
    return false;
  }

  private void notified(ByteBuf body) throws ProtocolException {
    byte[] payload = ByteBufUtil.getBytes(body);
    body.skipBytes(Integer.BYTES); // the process that notifies
    String channel = Text.read(body, "channel");
    byte[] message =
        java.nio.ByteBuffer.allocate(ClientStream.HEADER + payload.length)
            .put(Backend.NOTIFICATION)
            .putInt(Integer.BYTES + payload.length)
            .put(payload)
            .array();
    clients.getOrDefault(channel, Set.of()).forEach(client -> client.notifies(channel, message));
  }

  @Override
  public boolean begins(byte type) throws ProtocolException {
    ServerConnection mine = server;
    if (mine != null) {
      mine.outstanding.answered(type);
    }
    return false;
  }

  @Override
  public void serverClosed(ServerConnection from) {
    from.release();
    if (from == server) {
      String reason = from.closeReason;
      ended(reason == null ? "server conn crashed?" : reason);
    }
  }
}
