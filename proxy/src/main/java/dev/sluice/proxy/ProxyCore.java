package dev.sluice.proxy;

import dev.sluice.pgwire.StatementCatalog;
import dev.sluice.pgwire.TrackedParameters;
import dev.sluice.pgwire.auth.Authenticator;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.tls.TlsContexts;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.security.SecureRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** The parts that all of the sidecar shares. Thread-safe. */
final class ProxyCore {
  /** Threads that derive keys from passwords, so that a flood of logins takes no more of them. */
  static final int WORKERS = 2;

  /** What sluice.toml says. */
  final OwnConfig own;

  final SidecarLog log;
  final Transport transport = Transport.best();
  final EventLoopGroup loops;
  final SecureRandom random = new SecureRandom();
  final Authenticator authenticator;
  final TrackedParameters tracked;
  final StatementCatalog statements = new StatementCatalog();
  final Clients clients = new Clients(random);
  final ClientCounts counts = new ClientCounts();
  final ServerCaps caps = new ServerCaps();
  final ServerPools pools = new ServerPools(this);
  final Operations operations = new Operations(this);
  final StatsPeriods stats = new StatsPeriods(this);
  final ConfigChange configChange = new ConfigChange(this);
  final UserLookup users = new UserLookup(this);
  final ServerOpener opener = new ServerOpener(this);
  final ExecutorService workers =
      Executors.newFixedThreadPool(WORKERS, new DefaultThreadFactory("sluice-login", true));

  /** The account of this process; -1 if it is not known. */
  final int userId = UserId.own();

  /** Numbers of clients and servers, as the console shows them. */
  final AtomicLong ids = new AtomicLong();

  private volatile ProxyConfig config;
  private volatile TlsContexts tls = TlsContexts.NONE;

  /** Nanoseconds from an arbitrary origin. */
  final LongSupplier clock;

  final Engines engines;

  ProxyCore(ProxyConfig config, OwnConfig own, SidecarLog log, int loops) {
    this(config, own, log, loops, System::nanoTime, Engines.REAL);
  }

  /** Makes one in a time of its own, for a simulation. */
  ProxyCore(
      ProxyConfig config,
      OwnConfig own,
      SidecarLog log,
      int loops,
      LongSupplier clock,
      Engines engines) {
    this.clock = clock;
    this.engines = engines;
    this.config = config;
    this.own = own;
    this.log = log;
    this.loops = transport.loops(loops);
    this.tracked = TrackedParameters.with(config.settings().trackExtraParameters());
    this.authenticator = new Authenticator(random, config.settings().scramIterations());
  }

  ProxyConfig config() {
    return config;
  }

  void config(ProxyConfig newer) {
    config = newer;
  }

  /** TLS of both sides, for connections that begin now. */
  TlsContexts tls() {
    return tls;
  }

  /** Takes other certificates and keys, for connections that begin from now on. */
  void tls(TlsContexts newer) {
    tls = newer;
  }

  /** The address of a Unix socket; {@code @} begins an abstract one. */
  SocketAddress unixAddress(String path) {
    String real = path.startsWith("@") ? "\0" + path.substring(1) : path;
    return transport.unix == EpollDomainSocketChannel.class
        ? new DomainSocketAddress(real)
        : UnixDomainSocketAddress.of(path);
  }

  void close() {
    workers.shutdownNow();
    pools.endAll();
    loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS);
  }
}
