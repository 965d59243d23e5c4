package dev.sluice.proxy;

import dev.sluice.pgwire.Requests;
import dev.sluice.pgwire.StartupPacket;
import dev.sluice.pgwire.auth.ServerLogin;
import dev.sluice.pgwire.auth.ServerSession;
import dev.sluice.pgwire.auth.ServerTerms;
import dev.sluice.proxy.config.DatabaseEntry;
import dev.sluice.proxy.config.PeerEntry;
import dev.sluice.proxy.tls.ServerTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Opens sessions at servers, and sends cancel requests. Thread-safe. */
final class ServerOpener {
  /** How long a cancel request may take if the configuration sets no limit. */
  private static final long CANCEL_LIMIT = 60_000;

  private final ProxyCore core;

  ServerOpener(ProxyCore core) {
    this.core = core;
  }

  /** Where a server is, and how to get there. */
  private record Target(SocketAddress address, Origin origin, String host) {
    boolean isUnix() {
      return origin.isUnix();
    }
  }

  /**
   * Opens a session for a pool. May look up a name, so it must not run on an event loop.
   *
   * @return completes when the server is ready for queries; exceptionally with a {@link
   *     ServerFailure}. Cancelling it closes what was begun
   */
  CompletableFuture<ServerConnection> open(ServerPool pool) throws ServerFailure {
    long id = core.ids.incrementAndGet();
    ServerHosts.Choice choice = ServerHosts.choose(pool);
    Target target;
    try {
      target = target(pool.limits().database().port(), choice);
    } catch (ServerFailure e) {
      ServerHosts.failed(pool, choice);
      failed(ServerConnection.name(id, pool.key, choice.host()), e);
      throw e;
    }
    CompletableFuture<ServerConnection> opening = new CompletableFuture<>();
    ChannelFuture connecting =
        pool.loops.begin(
            loop -> bootstrap(target, loop).handler(new Tuning()).connect(target.address()));
    connecting.addListener(
        done -> {
          if (!done.isSuccess()) {
            opening.completeExceptionally(
                new ServerFailure("connect failed: " + reason(done.cause())));
          } else {
            encrypt(
                connecting.channel(),
                target,
                core.tls().servers(),
                channel -> logIn(pool, id, target, channel, opening),
                opening::completeExceptionally);
          }
        });
    opening.whenComplete(
        (server, failure) -> {
          if (failure != null) {
            connecting.cancel(false);
            connecting.channel().close();
            ServerHosts.failed(pool, choice);
            failed(ServerConnection.name(id, pool.key, target.origin()), failure);
          }
        });
    return opening;
  }

  /** Netty's exceptions may have a name and no message. */
  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  /** Sets the options of the socket before it is connected. */
  private final class Tuning extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      SocketOptions.set(channel, core.config().settings());
    }
  }

  private void failed(String server, Throwable failure) {
    if (core.config().settings().logDisconnections()) {
      core.log.log(server + " closing because: " + failure.getMessage() + " (age=0s)");
    }
  }

  /** Goes on when the channel is encrypted, or is known to stay in clear text. */
  private static void encrypt(
      Channel channel,
      Target target,
      Optional<ServerTls> tls,
      Consumer<Channel> next,
      Consumer<Throwable> failed) {
    if (tls.isEmpty() || target.isUnix()) {
      next.accept(channel);
    } else {
      new ServerTlsStart(tls.get(), target.host(), target.origin().port(), next, failed)
          .ask(channel);
    }
  }

  private void logIn(
      ServerPool pool,
      long id,
      Target target,
      Channel channel,
      CompletableFuture<ServerConnection> opening) {
    ServerLogin login =
        new ServerLogin(pool.serverUser(), pool.secret(), terms(channel), core.random);
    channel
        .pipeline()
        .addLast(
            new ServerLoginHandler(
                core,
                login,
                pool.kind.replicates(),
                session -> opening.complete(ready(pool, id, target, channel, session)),
                opening::completeExceptionally));
    start(pool, channel);
  }

  private static ServerTerms terms(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    return tls == null
        ? ServerTerms.DEFAULT
        : new ServerTerms(
            ServerTls.binding(tls.engine().getSession()),
            false,
            ServerLogin.DEFAULT_MAX_ITERATIONS,
            0);
  }

  private void start(ServerPool pool, Channel channel) {
    Map<String, String> parameters = new LinkedHashMap<>();
    DatabaseEntry database = pool.limits().database();
    parameters.put("user", pool.serverUser());
    parameters.put("database", database.serverDatabase());
    if (pool.kind.replicates()) {
      parameters.putAll(pool.kind.startup());
    } else {
      ofEntry(database, parameters);
    }
    ByteBuf startup = channel.alloc().buffer();
    Requests.startup(startup, StartupPacket.VERSION_3_0, parameters);
    channel.writeAndFlush(startup);
  }

  private static void ofEntry(DatabaseEntry database, Map<String, String> parameters) {
    database.clientEncoding().ifPresent(value -> parameters.put("client_encoding", value));
    database.datestyle().ifPresent(value -> parameters.put("datestyle", value));
    database.timezone().ifPresent(value -> parameters.put("timezone", value));
    database.applicationName().ifPresent(value -> parameters.put("application_name", value));
  }

  private ServerConnection ready(
      ServerPool pool, long id, Target target, Channel channel, ServerSession session) {
    dev.sluice.pgwire.SessionParameters parameters =
        new dev.sluice.pgwire.SessionParameters(core.tracked);
    session.parameters().forEach(parameters::set);
    byte[] processAndKey = new byte[4 + session.cancelKeyBytes().length];
    java.nio.ByteBuffer.wrap(processAndKey)
        .putInt(session.processId())
        .put(session.cancelKeyBytes());
    ServerConnection server =
        new ServerConnection(
            id, channel, pool, target.origin(), session.processId(), processAndKey, parameters);
    channel.pipeline().addLast(server);
    pool.welcomed(session.parameters());
    core.log.log(server + " new connection to server" + from(channel));
    String tls = ServerTlsStart.describe(channel);
    if (!tls.isEmpty()) {
      core.log.log(server + " SSL established: " + tls);
    }
    return server;
  }

  private static String from(Channel channel) {
    return channel.localAddress() instanceof InetSocketAddress local
        ? " (from " + Origin.tcp(local.getAddress(), local.getPort()) + ")"
        : "";
  }

  private Bootstrap bootstrap(Target target, EventLoop loop) {
    return new Bootstrap()
        .group(loop)
        .channelFactory(core.machine.channels(target.isUnix()))
        .disableResolver(); // addresses have been looked up
  }

  private Target target(int port, ServerHosts.Choice choice) throws ServerFailure {
    String host = choice.host();
    if (host.isEmpty()) {
      host = core.config().settings().unixSocketDir().map(Object::toString).orElse("127.0.0.1");
    }
    if (host.startsWith("/") || host.startsWith("@")) {
      String path = host + "/.s.PGSQL." + port;
      return new Target(core.unixAddress(path), new Origin(null, port, 0, -1), host);
    }
    try {
      List<InetAddress> all = core.hosts.all(host);
      InetAddress address = all.get(Math.floorMod(choice.turn(), all.size()));
      return new Target(new InetSocketAddress(address, port), Origin.tcp(address, port), host);
    } catch (UnknownHostException e) {
      throw new ServerFailure("server DNS lookup failed");
    }
  }

  /** Sends a cancel request for what a server does; completes when the server has dealt with it. */
  CompletableFuture<Void> cancel(ServerConnection server) {
    SslHandler encrypted = server.channel.pipeline().get(SslHandler.class);
    String host = encrypted == null ? "" : String.valueOf(encrypted.engine().getPeerHost());
    Target target = new Target(server.channel.remoteAddress(), server.origin, host);
    Optional<ServerTls> tls = encrypted == null ? Optional.empty() : core.tls().servers();
    return cancel(target, server.channel.eventLoop(), tls, server.cancelKey);
  }

  /** Passes a cancel request on to a peer; completes when the peer has dealt with it. */
  CompletableFuture<Void> cancel(PeerEntry peer, long key, byte[] rest) {
    byte[] bytes = ByteBuffer.allocate(Long.BYTES + rest.length).putLong(key).put(rest).array();
    return CompletableFuture.supplyAsync(() -> target(peer), core.workers) // it may look up a name
        .thenCompose(target -> cancel(target, core.loops.next(), core.tls().servers(), bytes));
  }

  private Target target(PeerEntry peer) {
    try {
      return target(peer.port(), new ServerHosts.Choice(peer.host(), 0));
    } catch (ServerFailure e) {
      core.log.warning("peer " + peer.id() + ": " + e.getMessage());
      throw new CompletionException(e);
    }
  }

  private CompletableFuture<Void> cancel(
      Target target, EventLoop loop, Optional<ServerTls> tls, byte[] key) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    ChannelFuture connecting =
        bootstrap(target, loop)
            .handler(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void channelInactive(ChannelHandlerContext context) {
                    done.complete(null);
                  }
                })
            .connect(target.address());
    Duration limit = core.config().settings().cancelWaitTimeout();
    ScheduledFuture<?> late =
        loop.schedule(
            () -> done.completeExceptionally(new TimeoutException("cancel_wait_timeout")),
            limit.isZero() ? CANCEL_LIMIT : limit.toMillis(),
            TimeUnit.MILLISECONDS);
    done.whenComplete(
        (ended, failure) -> {
          late.cancel(false);
          connecting.channel().close();
        });
    connecting.addListener(
        connected -> {
          if (!connected.isSuccess()) {
            done.complete(null);
            return;
          }
          encrypt(
              connecting.channel(),
              target,
              tls,
              channel -> {
                ByteBuf request = channel.alloc().buffer();
                Requests.cancel(request, key);
                channel.writeAndFlush(request);
              },
              failure -> done.complete(null));
        });
    return done;
  }
}
