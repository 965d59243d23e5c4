package dev.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The sidecar's end of a connection, and the network behind it: bytes take their time, arrive in
 * pieces and in order, and no more are under way than the other end takes.
 */
final class SimChannel extends AbstractChannel {
  /** Where channels to servers lead. */
  interface Network {
    /** Calls {@link #connected} or {@link #refused} in its time, or never. */
    void connect(SimChannel channel);
  }

  private static final ChannelMetadata METADATA = new ChannelMetadata(false);
  private static final int FEW = 256;

  private final SimTime time;
  private final Network network;
  private final ChannelConfig config = new Config();
  private final Deque<byte[]> arrived = new ArrayDeque<>();
  private final int window;
  private final InetSocketAddress local;
  private @Nullable InetSocketAddress remote;
  private @Nullable ChannelPromise connecting;
  private @Nullable SimPeer peer;
  private boolean open = true;
  private boolean active;
  private boolean ended;
  private boolean readPending;
  private boolean stuck;
  private int underWay;
  private long lastOut;
  private long lastIn;

  /** How much longer than others the other end takes to read, at most; nanoseconds. */
  long slowness;

  private final class Config extends DefaultChannelConfig {
    Config() {
      super(SimChannel.this);
    }

    @Override
    protected void autoReadCleared() {
      readPending = false;
    }
  }

  SimChannel(SimTime time, Network network, ByteBufAllocator allocator, InetSocketAddress local) {
    super(null);
    this.time = time;
    this.network = network;
    this.local = local;
    this.window = time.one(300, 2_000, 64 << 10);
    config.setAllocator(allocator);
    config.setWriteBufferWaterMark(new WriteBufferWaterMark(FEW, window));
  }

  // ---- the network

  /** Begins as the end of a client that has connected. */
  void accepted(SimPeer client, InetSocketAddress from) {
    peer = client;
    remote = from;
    active = true;
  }

  /** A server has taken the connection. */
  void connected(SimPeer server) {
    eventLoop()
        .execute(
            () -> {
              ChannelPromise promise = connecting;
              if (!open || promise == null) {
                time.after(latency(), server::closed);
                return;
              }
              peer = server;
              active = true;
              connecting = null;
              promise.trySuccess();
              pipeline().fireChannelActive();
            });
  }

  /** Nobody listens there. */
  void refused() {
    eventLoop()
        .execute(
            () -> {
              ChannelPromise promise = connecting;
              if (open && promise != null) {
                connecting = null;
                promise.tryFailure(new ConnectException("Connection refused"));
                unsafe().close(voidPromise());
              }
            });
  }

  private long latency() {
    return (20 + time.below(200)) * SimTime.MICROS;
  }

  /** Sends what the other end says. */
  void send(byte[] bytes) {
    int most = time.chance(0.3) ? 1 + time.below(40) : 4_000;
    for (int at = 0; at < bytes.length; ) {
      int to = Math.min(bytes.length, at + 1 + time.below(most));
      byte[] piece = Arrays.copyOfRange(bytes, at, to);
      arrivesInTurn(() -> arrived.add(piece));
      at = to;
    }
  }

  /** The other end says no more, and takes no more. */
  void hangUp() {
    arrivesInTurn(() -> ended = true);
  }

  private void arrivesInTurn(Runnable arrival) {
    lastIn = Math.max(lastIn, time.now() + latency());
    time.at(
        lastIn,
        () -> {
          if (open) {
            arrival.run();
            readSoon();
          }
        });
  }

  /** The other end breaks off; what it said before may be lost. */
  void reset() {
    time.after(
        latency(),
        () -> {
          if (open && isRegistered()) {
            eventLoop().execute(this::brokenOff);
          }
        });
  }

  private void brokenOff() {
    if (open) {
      arrived.clear();
      pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
      unsafe().close(voidPromise());
    }
  }

  // ---- reading

  private void readSoon() {
    if (readPending && isRegistered()) {
      eventLoop().execute(this::read0);
    }
  }

  private void read0() {
    if (!open || !readPending || (arrived.isEmpty() && !ended)) {
      return;
    }
    readPending = false;
    int most = 1 + time.below(4);
    for (int i = 0; i < most && !arrived.isEmpty() && (i == 0 || config.isAutoRead()); i++) {
      byte[] piece = arrived.remove();
      pipeline().fireChannelRead(alloc().buffer(piece.length).writeBytes(piece));
    }
    pipeline().fireChannelReadComplete();
    if (open && ended && arrived.isEmpty()) {
      unsafe().close(voidPromise());
    }
  }

  @Override
  protected void doBeginRead() {
    readPending = true;
    if (!arrived.isEmpty() || ended) {
      readSoon();
    }
  }

  // ---- writing

  @Override
  protected void doWrite(ChannelOutboundBuffer in) {
    stuck = false;
    for (Object next = in.current(); next != null; next = in.current()) {
      ByteBuf bytes = (ByteBuf) next;
      int room = window - underWay;
      if (room <= 0 && bytes.isReadable()) {
        stuck = true;
        return;
      }
      byte[] some = new byte[Math.min(room, bytes.readableBytes())];
      bytes.getBytes(bytes.readerIndex(), some);
      if (some.length == bytes.readableBytes()) {
        in.remove();
      } else {
        in.removeBytes(some.length);
      }
      deliver(some);
    }
  }

  private void deliver(byte[] bytes) {
    SimPeer to = peer;
    underWay += bytes.length;
    long slow = slowness > 0 ? (long) (time.random() * slowness) : 0;
    lastOut = Math.max(lastOut, time.now() + latency() + slow);
    time.at(
        lastOut,
        () -> {
          underWay -= bytes.length;
          if (to != null) {
            to.received(bytes);
          }
          if (stuck && open && underWay < window) {
            eventLoop().execute(((End) unsafe())::more);
          }
        });
  }

  private final class End extends AbstractUnsafe {
    @Override
    public void connect(SocketAddress to, SocketAddress from, ChannelPromise promise) {
      if (ensureOpen(promise)) {
        remote = (InetSocketAddress) to;
        connecting = promise;
        network.connect(SimChannel.this);
      }
    }

    void more() {
      if (open) {
        flush0();
      }
    }
  }

  // ---- the rest of a channel

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new End();
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return loop instanceof SimLoop;
  }

  @Override
  protected SocketAddress localAddress0() {
    return local;
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return remote;
  }

  @Override
  protected void doBind(SocketAddress address) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  @Override
  protected void doClose() {
    boolean was = active;
    open = false;
    active = false;
    arrived.clear();
    ChannelPromise promise = connecting;
    if (promise != null) {
      connecting = null;
      promise.tryFailure(new ClosedChannelException());
    }
    SimPeer to = peer;
    if (was && to != null) {
      lastOut = Math.max(lastOut, time.now() + latency());
      time.at(lastOut, to::closed);
    }
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public boolean isActive() {
    return active;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }
}
