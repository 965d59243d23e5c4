package dev.sluice.proxy;

import dev.sluice.pgwire.ProtocolException;
import dev.sluice.proxy.ClientConnection.State;
import dev.sluice.proxy.config.PoolMode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * A client that has logged in: brings its requests to a server of its pool, and the answers back.
 * Runs on the client's event loop alone.
 *
 * <p><b>States and legal moves.</b>
 *
 * <pre>
 *   IDLE → WAITING      a message came that needs a server
 *   WAITING → ACTIVE    the pool lent one
 *   ACTIVE → IDLE       the server is idle, by {@link dev.sluice.pgwire.Outstanding#isIdle}, and the mode is not session
 *   any → CLOSED        the client has gone, or was closed
 * </pre>
 *
 * While ACTIVE it may be SETTLING: the server gets the client's settings, and nothing of the client
 * is read until it has them.
 *
 * <ul>
 *   <li>C1: {@code lease} is held exactly while the state is ACTIVE, and given back once.
 *   <li>C2: a server goes back to the pool only if it owes no answer and is outside a transaction;
 *       else it is discarded.
 *   <li>C3: messages of the client are handled in their order, and none while it is WAITING or
 *       SETTLING, or while the server takes no bytes.
 *   <li>C4: what a server sends reaches this client only while this client has it.
 * </ul>
 */
final class ClientSession extends ChannelInboundHandlerAdapter implements ServerOwner {
  /** While a client waits, so much of it is read, to notice that it has gone. */
  private static final int AHEAD = 16 << 10;

  final ClientConnection client;

  private final ProxyCore core;
  private final ServerPool pool;
  private final EventExecutor loop;
  private final ClientStream stream = new ClientStream();
  private final RequestRelay toServer;
  private final AnswerRelay toClient;
  private final StatementRelay relay;
  private final SessionTimes times;
  private final @Nullable SqlWatch watch;

  private State state = State.IDLE;
  private boolean settling;
  private boolean processing;
  private final ServerWait waiting = new ServerWait(new Waiting());
  private @Nullable ServerLease lease;
  private @Nullable ServerConnection server;

  ClientSession(ClientConnection client, ServerPool pool) {
    this.client = client;
    this.core = client.core;
    this.pool = pool;
    this.loop = client.channel.eventLoop();
    this.relay = new StatementRelay(client, pool);
    this.times = new SessionTimes(pool);
    this.watch = SqlWatch.of(client, pool, relay, this::resume, this::refuse);
    this.toServer = new RequestRelay(this, relay, times, watch);
    this.toClient = new AnswerRelay(client, pool, relay, times, watch);
    client.loggedIn();
    move(State.IDLE);
  }

  private void move(State to) {
    state = to;
    client.state = to;
  }

  @Override
  public EventExecutor loop() {
    return loop;
  }

  // ---- the client's channel

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (state == State.CLOSED) {
      bytes.release();
      return;
    }
    pool.stats.received(bytes.readableBytes());
    stream.add(client.channel.alloc(), bytes);
    process();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    ServerConnection mine = server;
    if (mine != null) {
      mine.readAutomatically(client.channel.isWritable());
    }
    if (client.channel.isWritable()) {
      process();
      drain();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    client.failed(cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    client.ends("client unexpected eof");
    boolean inside = stream.isInside();
    move(State.CLOSED);
    waiting.giveUp();
    stream.release();
    client.statements.clear();
    if (watch != null) {
      watch.gone(server);
    }
    leave(inside);
    pool.leave(client);
    core.clients.remove(client);
  }

  /** Gives back or discards the server of a client that has gone (C2). */
  private void leave(boolean inside) {
    ServerConnection mine = server;
    if (mine == null) {
      return;
    }
    if (pool.kind.replicates()) {
      discard("replication client was closed");
    } else if (settling || inside || !mine.outstanding.isIdle() || !mine.stream.isBetween()) {
      discard("client disconnect while server was not ready");
    } else {
      giveBack();
    }
  }

  // ---- requests

  /** Handles what the client has sent, as far as that is possible now (C3). */
  private void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      stream.process(toServer, core.config().settings().maxPacketSize());
    } catch (ProtocolException e) {
      refuse(ProtocolException.SQLSTATE, e.getMessage());
    } finally {
      processing = false;
    }
    ServerConnection mine = server;
    if (mine != null && !settling) {
      mine.channel.flush();
      if (mayGo(mine)) { // what was sent has no answer
        giveBack();
      }
    }
    if (relay.answersWait()) {
      client.channel.flush();
    }
    throttle();
  }

  private void resume() {
    process();
    drain();
  }

  /** Reads from the client as long as it leads somewhere. */
  private void throttle() {
    boolean more = state != State.CLOSED && (toServer.leads() || stream.size() < AHEAD);
    if (client.channel.config().isAutoRead() != more) {
      client.channel.config().setAutoRead(more);
    }
  }

  @Nullable ServerConnection server() {
    return server;
  }

  State state() {
    return state;
  }

  /** Whether its server gets its settings at the moment. */
  boolean isSettling() {
    return settling;
  }

  /** The server that it has for sure. */
  ServerConnection held() {
    ServerConnection mine = server;
    if (mine == null) {
      throw new IllegalStateException(client + " has no server");
    }
    return mine;
  }

  // ---- a server

  /** Waits for a server. */
  void acquire() {
    move(State.WAITING);
    client.requestedAt = times.waits();
    waiting.begin(() -> pool.acquire(loop, client.user));
  }

  private final class Waiting implements ServerWait.Outcome {
    @Override
    public void lent(ServerLease given) {
      guarded(() -> acquired(given));
    }

    @Override
    public void refused(Throwable failure, boolean atOnce) {
      move(State.IDLE);
      client.fail(ServerPool.explain(failure, atOnce));
    }
  }

  private void acquired(ServerLease given) {
    ServerConnection candidate = given.resource();
    if (candidate.isClosed() || candidate.closeReason != null) {
      given.discard("server connection closed while idle");
      acquire();
      return;
    }
    candidate.giveTo(this, () -> guarded(() -> link(given, candidate)));
  }

  /** Runs what nobody would learn of if it failed. */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      broken(e);
    }
  }

  /** A fault of ours: the client and its server end, and the log says why. */
  private void broken(RuntimeException fault) {
    core.log.error(client + " internal error: " + fault);
    refuse("XX000", "internal error of the pooler");
  }

  private void link(ServerLease given, ServerConnection candidate) {
    if (state != State.WAITING) { // it went while the server changed hands
      candidate.letGo(given::close);
      return;
    }
    if (candidate.isClosed()) {
      given.discard("server connection closed while idle");
      acquire();
      return;
    }
    lease = given;
    server = candidate;
    client.server = candidate;
    move(State.ACTIVE);
    times.begins(candidate.requestedAt);
    candidate.readAutomatically(client.channel.isWritable());
    settling = !pool.kind.replicates() && client.settle(candidate);
    if (!settling && !processing) {
      process();
    }
  }

  private void settled(ServerConnection mine) {
    settling = false;
    if (mine.outstanding.ownFailed()) {
      refuse(ProtocolException.SQLSTATE, "invalid server parameter");
      return;
    }
    client.adopt(mine.parameters);
    process();
  }

  /** Ends the client with an error, and its server too: nobody knows what it would say next. */
  private void refuse(String sqlState, String message) {
    discard(message);
    client.fail(sqlState, message);
  }

  /** Gives the server back, clean (C2). */
  private void giveBack() {
    ServerConnection mine = held();
    ServerLease held = lease;
    clearServer();
    times.ends();
    if (held != null) {
      pool.giveBack(mine, held);
    }
    drain();
  }

  private void discard(String why) {
    ServerConnection mine = server;
    ServerLease held = lease;
    if (mine == null || held == null) {
      return;
    }
    clearServer();
    times.ends();
    pool.discard(mine, held, why);
  }

  private void clearServer() {
    ServerConnection mine = server;
    if (mine != null) {
      mine.readAutomatically(true); // to notice its end
    }
    lease = null;
    server = null;
    client.withoutServer();
    settling = false;
    if (state == State.ACTIVE) {
      move(State.IDLE);
    }
    if (watch != null) {
      watch.released();
    }
  }

  // ---- answers

  @Override
  public void serverRead(ServerConnection from, ByteBuf bytes) {
    if (from != server) { // C4: it is on its way to us, or was discarded
      from.readIdle(bytes);
      return;
    }
    pool.stats.sent(bytes.readableBytes());
    boolean wasSettling = settling;
    try {
      from.stream.feed(bytes, toClient.of(from));
    } catch (ProtocolException e) {
      refuse(ProtocolException.SQLSTATE, e.getMessage());
      return;
    } catch (RuntimeException e) {
      broken(e);
      return;
    }
    if (from != server) {
      return;
    }
    if (wasSettling && !from.outstanding.isOwnNext()) {
      settled(from);
      return;
    }
    answered(from);
  }

  /** Looks whether the server has answered all, and may go to others. */
  private void answered(ServerConnection mine) {
    if (mayGo(mine)) {
      client.channel.flush(); // the end of what was read is told to the next owner
      if (mayGo(mine)) { // the flush may have let the client go on
        giveBack();
      }
    }
    if (!stream.isEmpty() && toServer.mayRead()) {
      process();
    }
    drain();
  }

  /** Brings the client what was notified, where that does not cut through an answer. */
  private void drain() {
    if (watch != null) {
      watch.drain(server);
    }
  }

  /**
   * Whether a server may go to others: it owes nothing, and no message is under way to or from it.
   */
  private boolean mayGo(ServerConnection mine) {
    return mine == server
        && pool.mode != PoolMode.SESSION
        && mine.outstanding.isIdle()
        && !settling
        && !stream.isInside()
        && mine.stream.isBetween()
        && (watch == null || !watch.holds());
  }

  @Override
  public void serverReadComplete(ServerConnection from) {
    client.channel.flush();
  }

  @Override
  public void serverWritabilityChanged(ServerConnection from) {
    if (from == server && from.channel.isWritable()) {
      process();
    } else {
      throttle();
    }
  }

  @Override
  public void serverClosed(ServerConnection from) {
    from.release();
    if (from != server) {
      return;
    }
    String reason = from.closeReason;
    discard(reason == null ? "server conn crashed?" : reason);
    client.fail(ProtocolException.SQLSTATE, reason == null ? "server conn crashed?" : reason);
  }

  // ---- from outside, on the loop

  /** Cancels what the server does for the client, if it does anything. */
  void cancel() {
    ServerConnection mine = server;
    if (mine != null && !settling && !mine.outstanding.isIdle()) {
      pool.cancel(mine, loop);
    }
  }

  /** Looks at all limits on time. */
  void tick(long now) {
    if (state == State.WAITING && times.tellsOfTheWait(now)) {
      client.notice("No server connection available in postgres backend, client being queued");
    }
    if (client.closeReason() != null) {
      return;
    }
    times.report(client, server, now);
    String exceeded = times.exceeded(now, server, state);
    if (exceeded != null) {
      refuse(ProtocolException.SQLSTATE, exceeded);
    }
  }
}
