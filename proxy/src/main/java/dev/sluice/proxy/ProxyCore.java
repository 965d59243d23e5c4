package dev.sluice.proxy;

import dev.sluice.pgwire.StatementCatalog;
import dev.sluice.pgwire.TrackedParameters;
import dev.sluice.pgwire.auth.Authenticator;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.ldap.LdapChecks;
import dev.sluice.proxy.tls.TlsContexts;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.StreamSupport;

/** The parts that all of the sidecar shares. Thread-safe. */
final class ProxyCore {
  /** What sluice.toml says. */
  final OwnConfig own;

  final SidecarLog log;
  final Transport transport;
  final EventLoopGroup loops;
  final List<EventLoop> eachLoop;
  final SecureRandom random;
  final Authenticator authenticator;
  final TrackedParameters tracked;
  final StatementCatalog statements = new StatementCatalog();
  final Clients clients;
  final ClientCounts counts = new ClientCounts();
  final ServerCaps caps = new ServerCaps();
  final ServerPools pools = new ServerPools(this);
  final Operations operations = new Operations(this);
  final StatsPeriods stats;
  final ConfigChange configChange = new ConfigChange(this);
  final UserLookup users = new UserLookup(this);
  final HostNames hosts;
  final ServerOpener opener = new ServerOpener(this);
  final ExecutorService workers;
  final LdapChecks ldap = new LdapChecks();

  /** The account of this process; -1 if it is not known. */
  final int userId = UserId.own();

  /** Numbers of clients and servers, as the console shows them. */
  final AtomicLong ids = new AtomicLong();

  private volatile ProxyConfig config;
  private volatile TlsContexts tls = TlsContexts.NONE;

  /** Nanoseconds from an arbitrary origin. */
  final LongSupplier clock;

  final Machine machine;

  ProxyCore(ProxyConfig config, OwnConfig own, SidecarLog log, int loops) {
    this(config, own, log, Transport.best(), loops);
  }

  private ProxyCore(
      ProxyConfig config, OwnConfig own, SidecarLog log, Transport transport, int loops) {
    this(config, own, log, transport, new RealMachine(transport, loops));
  }

  /** Makes one on a machine of its own, for a simulation. */
  ProxyCore(
      ProxyConfig config, OwnConfig own, SidecarLog log, Transport transport, Machine machine) {
    this.transport = transport;
    this.machine = machine;
    this.clock = machine.clock();
    this.random = machine.random();
    this.stats = new StatsPeriods(this);
    this.hosts = new HostNames(this);
    this.clients = new Clients(random);
    this.workers = machine.workers();
    this.loops = machine.loops();
    this.eachLoop =
        StreamSupport.stream(loops.spliterator(), false).map(EventLoop.class::cast).toList();
    this.config = config;
    this.own = own;
    this.log = log;
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

  /** Has a worker run what may block. Once the sidecar ends, it is not run any more. */
  void onWorker(Runnable task) {
    try {
      workers.execute(task);
    } catch (RejectedExecutionException e) {
      log.write(SidecarLog.Level.DEBUG, "the sidecar ends, and runs nothing more");
    }
  }

  void close() {
    workers.shutdownNow();
    ldap.close();
    pools.endAll();
    hosts.close();
    loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS);
  }
}
