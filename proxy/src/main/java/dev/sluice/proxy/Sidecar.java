package dev.sluice.proxy;

import dev.sluice.proxy.config.ConfigException;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.config.Settings;
import dev.sluice.proxy.tls.TlsContexts;
import dev.sluice.proxy.tls.TlsException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.PeerCredentials;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running sidecar: listens where its configuration says, and serves clients until it is closed.
 * Thread-safe.
 */
public final class Sidecar implements AutoCloseable {
  private static final long TICK_MILLIS = 100;
  private static final long CLOSE_LIMIT_MILLIS = 1_000;

  private final ProxyCore core;
  private final List<Channel> listeners = new ArrayList<>();
  private @Nullable Metrics metrics;

  /** Makes one that does not listen, and begins nothing yet. */
  Sidecar(ProxyCore core) {
    this.core = core;
  }

  /**
   * Starts one.
   *
   * @param console where the log goes, beside the logfile
   * @param loops event loops, at least one
   * @throws IOException if it cannot listen at one of the addresses, or use a certificate; then it
   *     does not run
   */
  public static Sidecar start(ProxyConfig config, PrintStream console, int loops)
      throws IOException {
    return start(config, OwnConfig.NONE, console, loops);
  }

  /** Starts one with Sluice's own settings. */
  static Sidecar start(ProxyConfig config, OwnConfig own, PrintStream console, int loops)
      throws IOException {
    return start(config, own, new SidecarLog(console), loops, own.settings().metricsAddress());
  }

  /** Starts one as a process: with the options of its command line. */
  static Sidecar start(ProxyConfig config, OwnConfig own, PrintStream console, ServeOptions options)
      throws IOException {
    SidecarLog log = new SidecarLog(console, options.processId());
    log.quiet(options.quiet());
    log.atLeast(options.verbose());
    LibraryLog.into(log);
    Optional<InetSocketAddress> metrics =
        options.metricsAddress().or(() -> own.settings().metricsAddress());
    return start(config, own, log, options.eventLoops(), metrics);
  }

  private static Sidecar start(
      ProxyConfig config,
      OwnConfig own,
      SidecarLog log,
      int loops,
      Optional<InetSocketAddress> metrics)
      throws IOException {
    log.reopen(config.settings().logfile().orElse(null));
    log.verbose(config.settings().verbose());
    config.warnings().forEach(log::warning);
    TlsContexts tls = tls(config.settings());
    Sidecar sidecar = new Sidecar(new ProxyCore(config, own, log, loops));
    sidecar.core.tls(tls);
    try {
      sidecar.core.hosts.begin();
      sidecar.listen();
      if (metrics.isPresent()) {
        sidecar.metrics = Metrics.start(sidecar.core, metrics.get());
      }
    } catch (IOException | RuntimeException e) {
      sidecar.close();
      throw e;
    }
    log.log("process up: " + SidecarVersion.line() + ", transport " + sidecar.core.transport);
    return sidecar;
  }

  private static TlsContexts tls(Settings settings) throws IOException {
    try {
      return TlsContexts.load(settings);
    } catch (TlsException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private void listen() throws IOException {
    Settings settings = core.config().settings();
    for (String address : settings.listenAddr()) {
      InetSocketAddress where =
          address.equals("*")
              ? new InetSocketAddress(settings.listenPort())
              : new InetSocketAddress(address, settings.listenPort());
      bind(where, false);
    }
    if (settings.unixSocketDir().isPresent()) {
      Path socket = settings.unixSocketDir().get().resolve(".s.PGSQL." + settings.listenPort());
      Files.deleteIfExists(socket);
      bind(core.unixAddress(socket.toString()), true);
      if (!socket.toString().startsWith("@")) {
        SocketOptions.protect(socket, settings);
      }
    }
    core.operations.onStopListening(this::stopListening);
    begin();
  }

  /** Begins what a sidecar does by itself. */
  void begin() {
    core.pools.keepMinimums();
    core.loops
        .next()
        .scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    core.loops.forEach(
        loop ->
            loop.scheduleAtFixedRate(
                () -> tick((EventLoop) loop), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS));
  }

  private void tick() {
    try {
      core.operations.tick();
      long now = core.clock.getAsLong();
      core.stats.tick(now);
      core.pools.tick(now);
      core.hosts.tick(now);
    } catch (RuntimeException e) { // it must run again
      core.log.error("internal error: " + e);
    }
  }

  /** Takes no more clients over TCP. */
  private void stopListening() {
    for (Channel listener : listeners) {
      if (listener.localAddress() instanceof InetSocketAddress) {
        listener.close();
      }
    }
  }

  private void tick(EventLoop loop) {
    long now = core.clock.getAsLong();
    for (ClientSession session : core.clients.sessions()) {
      if (session.loop() == loop) {
        try {
          session.tick(now);
        } catch (RuntimeException e) { // else no limit would hold on this loop any more
          core.log.error(session.client + " internal error: " + e);
        }
      }
    }
  }

  private void bind(SocketAddress where, boolean unix) throws IOException {
    Settings settings = core.config().settings();
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(core.loops)
            .channel(unix ? core.transport.unixListener : core.transport.tcpListener)
            .option(ChannelOption.SO_BACKLOG, settings.listenBacklog())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                });
    if (!unix) {
      bootstrap.option(ChannelOption.SO_REUSEADDR, true);
      SocketOptions.share(bootstrap, core.transport, settings);
    }
    var binding = bootstrap.bind(where).awaitUninterruptibly();
    if (!binding.isSuccess()) {
      throw new IOException("cannot listen on " + where + ": " + binding.cause().getMessage());
    }
    listeners.add(binding.channel());
    core.log.log("listening on " + binding.channel().localAddress());
  }

  /** Takes a client that has connected. */
  void accept(Channel channel) {
    SocketOptions.set(channel, core.config().settings());
    ClientConnection client =
        new ClientConnection(
            core.ids.incrementAndGet(), core, channel, origin(channel), local(channel));
    core.clients.add(client);
    channel.pipeline().addLast(new StartupHandler(client));
  }

  private Origin origin(Channel channel) {
    if (channel.remoteAddress() instanceof InetSocketAddress inet) {
      return Origin.tcp(inet.getAddress(), inet.getPort());
    }
    int port = core.config().settings().listenPort();
    if (channel instanceof EpollDomainSocketChannel unix) {
      try {
        PeerCredentials peer = unix.peerCredentials();
        return new Origin(null, port, peer.pid(), peer.uid());
      } catch (IOException e) {
        core.log.warning("peer credentials: " + e.getMessage());
      }
    }
    return new Origin(null, port, 0, -1);
  }

  private Origin local(Channel channel) {
    return channel.localAddress() instanceof InetSocketAddress inet
        ? Origin.tcp(inet.getAddress(), inet.getPort())
        : new Origin(null, core.config().settings().listenPort(), 0, -1);
  }

  /** The TCP port that it listens on; for a configuration with port 0. */
  public int port() {
    for (Channel listener : listeners) {
      if (listener.localAddress() instanceof InetSocketAddress inet) {
        return inet.getPort();
      }
    }
    return core.config().settings().listenPort();
  }

  /** Completes when an operator has ended it; then it must be closed. */
  public CompletionStage<Void> ended() {
    return core.operations.ended().minimalCompletionStage();
  }

  /** Serves metrics at this port of the loopback address; 0: at any. */
  Metrics metrics(int port) throws IOException {
    return Metrics.start(core, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  // ---- signals

  SidecarLog log() {
    return core.log;
  }

  /** Reads the configuration again, and opens the log file anew. */
  void reload() {
    try {
      core.configChange.reload();
    } catch (ConfigException e) {
      core.log.error("RELOAD failed: the configuration stays as it was"); // it has the problems
    }
  }

  void pause() {
    try {
      core.operations.pause();
    } catch (ConsoleException e) {
      core.log.warning("got SIGUSR1: " + e.getMessage() + ", ignoring");
    }
  }

  void resume() {
    if (core.operations.end() != Operations.End.NO) {
      core.log.log("got SIGUSR2 while shutting down, ignoring");
      return;
    }
    try {
      core.operations.resume();
    } catch (ConsoleException e) {
      core.log.warning("got SIGUSR2: " + e.getMessage() + ", ignoring");
    }
  }

  /**
   * Ends when the servers are not in use any more, or when the clients have gone. The second time
   * ends at once.
   */
  void end(boolean servers) {
    boolean first = core.operations.end() == Operations.End.NO;
    Operations.End how = servers ? Operations.End.SERVERS : Operations.End.CLIENTS;
    core.operations.end(first ? how : Operations.End.NOW);
  }

  /** Prepared statements that some client or some server has. */
  int statements() {
    return core.statements.size();
  }

  /** Clients that wait for a server at this moment. */
  int waiting() {
    int waiting = 0;
    for (ClientConnection client : core.clients.all()) {
      if (client.state == ClientConnection.State.WAITING) {
        waiting++;
      }
    }
    return waiting;
  }

  /** What {@code /metrics} says at this moment. */
  String metricsText() {
    return new MetricsText(core).all();
  }

  /** Ends at once: clients and servers are disconnected. */
  @Override
  public void close() {
    Metrics http = metrics;
    if (http != null) {
      http.close();
    }
    listeners.forEach(listener -> listener.close().awaitUninterruptibly());
    for (Channel listener : listeners) {
      if (listener.localAddress() instanceof DomainSocketAddress unix) {
        deleteQuietly(Path.of(unix.path()));
      }
    }
    core.pools.close("server shutting down");
    core.users.close("server shutting down");
    closeClients("server shutting down");
    core.close();
  }

  /** Ends the clients that no pool has: those of the console, and those that log in. */
  private void closeClients(String why) {
    for (ClientConnection client : core.clients.all()) {
      client.channel.eventLoop().execute(() -> client.close(why));
      client.channel.closeFuture().awaitUninterruptibly(CLOSE_LIMIT_MILLIS);
    }
  }

  private void deleteQuietly(Path socket) {
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      core.log.warning("cannot delete " + socket + ": " + e.getMessage());
    }
  }
}
