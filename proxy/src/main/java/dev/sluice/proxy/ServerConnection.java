package dev.sluice.proxy;

import dev.sluice.pgwire.Outstanding;
import dev.sluice.pgwire.Requests;
import dev.sluice.pgwire.ServerStatements;
import dev.sluice.pgwire.SessionParameters;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A session at the server. Whoever owns it, on the event loop of that owner, may touch its state;
 * the loop of its channel only moves bytes. What arrives goes to the owner of the moment.
 *
 * <p><b>States.</b>
 *
 * <pre>
 *   IDLE ⇄ COMMAND          the pool checks or cleans it
 *   IDLE ⇄ ACTIVE           a client uses it
 *   any  → CLOSED           the socket has ended; for ever
 * </pre>
 *
 * The owner changes on the loop of the owner that lets go, when nothing is outstanding. So bytes
 * that arrive later are of no request: a notice, a changed setting, or the reason for its end.
 */
final class ServerConnection extends ChannelInboundHandlerAdapter {
  final long id;
  final Channel channel;
  final ServerPool pool;
  final Origin origin;
  final long connectedAt;

  /** Its process at the server. */
  final int remoteProcess;

  /** With it, its query can be cancelled. */
  final byte[] cancelKey;

  final SessionParameters parameters;
  final ServerStatements statements;
  final Outstanding outstanding = new Outstanding();
  final ServerStream stream;

  /** When it was last given to somebody; by the nanosecond clock. */
  volatile long requestedAt;

  /** Why it must not be used again; null while it may be. */
  volatile @Nullable String closeReason;

  /** Whether an operator wants it replaced, or the configuration; the console shows it. */
  volatile boolean obsolete;

  /**
   * What its last client has left behind is undone by this, before others get it; null: nothing.
   */
  volatile @Nullable String cleanUp;

  /** Cancel requests that are under way for it; its owner's loop counts. */
  int cancelsUnderWay;

  /** What to do when none is under way any more. */
  @Nullable Runnable whenUncancelled;

  private final IdleServer idle;
  private volatile ServerOwner owner;
  private volatile boolean closed;

  /** Pieces that are on their way to an owner on another loop. */
  private final AtomicInteger underWay = new AtomicInteger();

  ServerConnection(
      long id,
      Channel channel,
      ServerPool pool,
      Origin origin,
      int remoteProcess,
      byte[] cancelKey,
      SessionParameters parameters) {
    this.id = id;
    this.channel = channel;
    this.pool = pool;
    this.origin = origin;
    this.connectedAt = pool.core.clock.getAsLong();
    this.requestedAt = connectedAt;
    this.remoteProcess = remoteProcess;
    this.cancelKey = cancelKey;
    this.parameters = parameters;
    this.statements = new ServerStatements(pool.core.statements);
    this.stream = new ServerStream(channel.alloc());
    this.idle = new IdleServer(this, channel.eventLoop());
    this.owner = idle;
  }

  // ---- owners

  /** The owner of the moment. */
  ServerOwner owner() {
    return owner;
  }

  boolean isIdle() {
    return owner == idle;
  }

  /** Gives it to somebody. Runs on the loop of its channel, where {@link #idle} lives. */
  void own(ServerOwner newOwner) {
    requestedAt = pool.core.clock.getAsLong();
    owner = newOwner;
  }

  /** Gives it to somebody, on whose loop this runs; {@code then} runs there when that is so. */
  void giveTo(ServerOwner newOwner, Runnable then) {
    EventExecutor theirs = channel.eventLoop();
    if (theirs.inEventLoop()) {
      own(newOwner);
      then.run();
    } else {
      theirs.execute(
          () -> {
            own(newOwner);
            newOwner.loop().execute(then);
          });
    }
  }

  /**
   * Nobody owns it any more. Runs on the owner's loop.
   *
   * @param then runs when that is so, and all that was on its way to the owner has arrived
   */
  void letGo(Runnable then) {
    if (channel.eventLoop().inEventLoop()) {
      letGoHere(then);
    } else {
      channel.eventLoop().execute(() -> letGoHere(then));
    }
  }

  /** Runs on the loop of the channel, so nothing can set out for the owner meanwhile. */
  private void letGoHere(Runnable then) {
    if (underWay.get() > 0) {
      channel.eventLoop().execute(() -> letGoHere(then));
      return;
    }
    owner = idle;
    then.run();
  }

  /** Handles bytes that are of no request: its owner is on the way in or out. */
  void readIdle(ByteBuf bytes) {
    idle.serverRead(this, bytes);
  }

  /** Lets go what a session that has ended keeps. Runs on the owner's loop. */
  void release() {
    stream.release();
    statements.clear();
  }

  /** Reads what comes, or leaves it to the kernel. Sets that only on a change: it costs a fence. */
  void readAutomatically(boolean wanted) {
    if (channel.config().isAutoRead() != wanted) {
      channel.config().setAutoRead(wanted);
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** It must be replaced as soon as nobody uses it. */
  void retire(String reason) {
    obsolete = true;
    if (closeReason == null) {
      closeReason = reason;
    }
  }

  /** Ends the session at once. */
  void close(String reason) {
    if (closeReason == null) {
      closeReason = reason;
    }
    channel.close();
  }

  /** Ends the session as PostgreSQL likes it. */
  void terminate(String reason) {
    if (closeReason == null) {
      closeReason = reason;
    }
    ByteBuf bye = channel.alloc().buffer(5);
    Requests.terminate(bye);
    channel.writeAndFlush(bye).addListener(done -> channel.close());
  }

  // ---- what the channel has to say, on its own loop

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    deliver((ByteBuf) message);
  }

  /** Passes bytes to the owner, who may have changed by the time its loop gets to it. */
  private void deliver(ByteBuf bytes) {
    ServerOwner now = owner;
    EventExecutor loop = now.loop();
    if (loop.inEventLoop()) {
      now.serverRead(this, bytes);
    } else {
      underWay.incrementAndGet();
      loop.execute(
          () -> {
            deliver(bytes);
            underWay.decrementAndGet();
          });
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    tell(ServerOwner::serverReadComplete);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    tell(ServerOwner::serverWritabilityChanged);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closed = true;
    tell(ServerOwner::serverClosed);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    pool.core.log.write(SidecarLog.Level.DEBUG, this + " " + cause);
    close("server conn crashed?");
  }

  private interface Event {
    void happenedTo(ServerOwner owner, ServerConnection server);
  }

  private void tell(Event event) {
    ServerOwner now = owner;
    EventExecutor loop = now.loop();
    if (loop.inEventLoop()) {
      event.happenedTo(now, this);
    } else {
      loop.execute(() -> tell(event));
    }
  }

  /** As the log has it. */
  @Override
  public String toString() {
    return name(id, pool.key, origin);
  }

  /** What the log calls a server with this number. */
  static String name(long id, PoolKey key, Object where) {
    return "S-" + SocketTables.pointer(id) + ": " + key + "@" + where;
  }
}
