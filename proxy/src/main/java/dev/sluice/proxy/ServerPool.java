package dev.sluice.proxy;

import dev.sluice.pgwire.ErrorFields;
import dev.sluice.pgwire.auth.StoredSecret;
import dev.sluice.pool.AcquireException;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolConfig;
import dev.sluice.proxy.config.EffectivePool;
import dev.sluice.proxy.config.PoolMode;
import dev.sluice.proxy.config.Settings;
import dev.sluice.proxy.config.SluiceUser;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The servers that the clients of one database and one user share, lent by the engine, and those
 * clients. Thread-safe.
 */
final class ServerPool {
  final ProxyCore core;
  final PoolKey key;
  volatile PoolMode mode;
  final ServerKind kind;
  final TrafficStats stats;
  final Pool<ServerConnection, ServerLease> servers;
  final Replicas replicas = new Replicas(this);
  final ServerAges ages = new ServerAges(this);
  final Listener listener = new Listener(this);

  private volatile EffectivePool limits;

  /** Whether server_lifetime is zero: no server is used twice. */
  private volatile boolean usedOnce;

  private volatile AcquireOptions options = AcquireOptions.DEFAULT;
  private final Set<ClientConnection> clients = ConcurrentHashMap.newKeySet();

  /** What opens servers in the clients' name; the last login knows best. */
  private volatile StoredSecret secret;

  /** What the first server has said of itself; null before. */
  private volatile @Nullable Map<String, String> welcome;

  /** What the first clients wait for. */
  private @Nullable CompletableFuture<Map<String, String>> greeting;

  /** The pool that a client which replicates would share with others; null for that pool itself. */
  private final @Nullable ServerPool shared;

  /** When it last had a client or a server; by the nanosecond clock. The tick alone uses it. */
  private long usedAt;

  /** Where the next new server goes, among several hosts. */
  final AtomicInteger turn = new AtomicInteger();

  /** Where it goes, among several event loops. */
  final LoopShares loops;

  ServerPool(ProxyCore core, PoolKey key, EffectivePool limits, StoredSecret secret) {
    this(core, key, limits, secret, ServerKind.SHARED, null);
  }

  /**
   * Makes a pool.
   *
   * @param shared the pool in which a client that replicates has its place; null for any other pool
   */
  ServerPool(
      ProxyCore core,
      PoolKey key,
      EffectivePool limits,
      StoredSecret secret,
      ServerKind kind,
      @Nullable ServerPool shared) {
    this.core = core;
    this.usedAt = core.clock.getAsLong();
    this.shared = shared;
    this.key = key;
    this.loops = new LoopShares(core.eachLoop);
    this.limits = limits;
    this.usedOnce = limits.serverLifetime().isZero();
    this.kind = kind;
    this.stats = shared == null ? new TrafficStats() : shared.stats;
    this.mode = kind.replicates() ? PoolMode.SESSION : limits.poolMode();
    this.secret = secret;
    try {
      this.servers = core.machine.engine(terms(limits), this);
    } catch (AcquireException e) {
      throw new AssertionError("only a pool that fails fast throws this", e);
    }
    core.pools.made(this);
  }

  private PoolConfig terms(EffectivePool terms) {
    return kind.isAlone()
        ? PoolTerms.ofReplica(key.toString(), terms, core.caps.of(key, terms))
        : PoolTerms.of(key.toString(), terms, core.caps.of(key, terms), core.own.settings());
  }

  EffectivePool limits() {
    return limits;
  }

  /** Takes a new configuration. Servers in use stay until their clients give them back. */
  void reconfigure(EffectivePool newer) {
    limits = newer;
    usedOnce = newer.serverLifetime().isZero();
    options = AcquireOptions.DEFAULT.withTimeout(terms(newer).acquireTimeout());
    if (!kind.replicates()) {
      mode = newer.poolMode();
      resize();
    }
  }

  /** Takes the sizes that are in force, less what others have who replicate. */
  void resize() {
    PoolConfig wanted = terms(limits);
    int left = Math.max(1, wanted.maxSize() - replicas.places());
    servers.resize(Math.min(wanted.minSize(), left), left);
  }

  /** The user at the server. */
  String serverUser() {
    return kind.user().or(() -> limits.database().user()).orElse(key.user());
  }

  StoredSecret secret() {
    return secret;
  }

  /** Takes what a login taught. A verifier alone opens no server, so it replaces no keys. */
  void learn(StoredSecret newer) {
    boolean worse =
        newer instanceof StoredSecret.ScramVerifier && secret instanceof StoredSecret.ScramKeys;
    if (!worse) {
      secret = newer;
    }
  }

  // ---- clients

  /** Adds a client; returns the setting that forbids it, or null. */
  @Nullable String join(ClientConnection client) {
    String exceeded =
        core.counts.enter(
            client.database,
            limits.maxDbClientConnections(),
            client.user,
            core.config().effective(limits.database(), client.user).maxUserClientConnections());
    if (exceeded == null) {
      clients.add(client);
    }
    return exceeded;
  }

  /** Removes a client, and with one that replicates, its pool. */
  void leave(ClientConnection client) {
    ServerPool home = shared;
    if (home != null) {
      core.pools.end(this, home);
      home.leave(client);
    } else if (clients.remove(client)) {
      core.counts.leave(client.database, client.user);
    }
  }

  /** How long it has had neither a client nor a server. */
  Duration unusedFor(long now) {
    if (!clients.isEmpty() || servers.size() > 0) {
      usedAt = now;
    }
    return Duration.ofNanos(now - usedAt);
  }

  /** Whether servers are kept open for a user of the database's own, even without clients. */
  boolean keepsMinimum() {
    return limits.minPoolSize() > 0 && limits.database().user().isPresent();
  }

  Set<ClientConnection> clients() {
    return clients;
  }

  /**
   * What servers of this pool say of themselves, as soon as that is known. Clients that come before
   * the first server wait for that one together.
   */
  synchronized CompletableFuture<Map<String, String>> welcome(Executor loop) {
    Map<String, String> known = welcome;
    if (known != null) {
      return CompletableFuture.completedFuture(known);
    }
    CompletableFuture<Map<String, String>> asked = greeting;
    if (asked == null || asked.isDone()) {
      asked =
          servers
              .acquireAsync(options.neverShed(), loop)
              .thenApply(
                  lease -> {
                    lease.close();
                    Map<String, String> learnt = welcome;
                    return learnt == null ? Map.of() : learnt;
                  });
      greeting = asked;
    }
    return asked;
  }

  /** A server has said something of itself. */
  void welcomed(Map<String, String> parameters) {
    if (welcome == null) {
      welcome = new LinkedHashMap<>(parameters);
    }
  }

  /** Servers are replaced: the next one may say something else. */
  void forgetWelcome() {
    welcome = null;
  }

  // ---- servers

  /** Lends a server to the pooler itself, in any overload; the future completes on the loop. */
  CompletableFuture<ServerLease> acquire(EventExecutor loop) {
    return servers.acquireAsync(options.neverShed(), loop);
  }

  /** Lends a server to a client of this user, who may come before others. */
  CompletableFuture<ServerLease> acquire(EventExecutor loop, String user) {
    AcquireOptions terms = core.eachLoop.size() > 1 ? atHome(loop) : options;
    SluiceUser own = core.own.settings().users().get(user);
    if (own == null) {
      return servers.acquireAsync(terms, loop);
    }
    terms = terms.withPriority(own.priority());
    return servers.acquireAsync(own.sheddable() ? terms : terms.neverShed(), loop);
  }

  /** Prefers a server of this loop, unless the servers are to take turns. */
  private AcquireOptions atHome(EventExecutor loop) {
    boolean turns = core.config().settings().serverRoundRobin();
    return turns ? options : options.withSession(new LoopHome(loop));
  }

  /** Takes a server back from its owner, on whose loop this runs. */
  void giveBack(ServerConnection server, ServerLease lease) {
    if (server.closeReason != null) {
      discard(server, lease, server.closeReason);
      return;
    }
    if (usedOnce) {
      discard(server, lease, "server lifetime over");
      return;
    }
    if (server.cancelsUnderWay > 0) { // else somebody else's query would be cancelled
      server.whenUncancelled = () -> giveBack(server, lease);
      return;
    }
    server.letGo(() -> lend(server, lease));
  }

  /** Gives back a server that the pooler itself has used, and that nobody owns any more. */
  void giveBackClean(ServerConnection server, ServerLease lease) {
    String why = usedOnce ? "server lifetime over" : server.closeReason;
    if (why == null) {
      lease.close();
    } else {
      discard(server, lease, why);
    }
  }

  private void lend(ServerConnection server, ServerLease lease) {
    Settings settings = core.config().settings();
    if (server.cleanUp != null) {
      lease.giveBackForReset();
      return;
    }
    boolean clean = mode != PoolMode.SESSION && !settings.serverResetQueryAlways();
    if (clean || settings.serverResetQuery().isEmpty()) {
      lease.close();
    } else {
      lease.giveBackForReset();
    }
  }

  void discard(ServerConnection server, ServerLease lease, String why) {
    server.close(why);
    lease.discard(why);
  }

  /** An idle server has ended: the pool must not count it any more. */
  void idleServerClosed(ServerConnection server) {
    Set<Long> dead = ConcurrentHashMap.newKeySet();
    servers.forEachResource(
        (resource, info) -> {
          if (resource.isClosed()) {
            dead.add(info.id());
          }
        });
    servers.evictIdle(info -> dead.contains(info.id()));
  }

  /** Asks the server to cancel what it does, if nobody does already; its owner's loop calls. */
  void cancel(ServerConnection server, EventExecutor loop) {
    if (server.cancelsUnderWay > 0) {
      return;
    }
    server.cancelsUnderWay++;
    CompletableFuture<Void> cancelling;
    try {
      cancelling = core.opener.cancel(server);
    } catch (RuntimeException e) {
      cancelling = CompletableFuture.failedFuture(e);
    }
    cancelling.whenComplete(
        (done, failure) -> loop.execute(() -> cancelled(server, failure != null)));
  }

  private void cancelled(ServerConnection server, boolean unknown) {
    server.cancelsUnderWay--;
    if (unknown && server.closeReason == null) {
      server.closeReason = "cancel_wait_timeout"; // it may still hit whoever has the server next
    }
    Runnable next = server.whenUncancelled;
    if (next != null) {
      server.whenUncancelled = null;
      next.run();
    }
  }

  /**
   * What a client is told if it gets no server.
   *
   * @param atOnce whether it did not wait, so that it is told of a failure before its time
   */
  static ErrorFields explain(Throwable failure, boolean atOnce) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (!(cause instanceof AcquireException refused)) {
      return ErrorFields.fatal("08P01", "no server: " + cause);
    }
    if (refused.getCause() instanceof ServerFailure last) {
      String said = String.valueOf(last.getMessage());
      return ErrorFields.fatal(
          last.sqlState(),
          atOnce
              ? "server login has been failing, cached error: " + said + " (server_login_retry)"
              : said);
    }
    return switch (refused.kind()) {
      case EXHAUSTED, TIMED_OUT, SELF_DEADLOCK, SUSPENDED ->
          ErrorFields.fatal("08P01", "query_wait_timeout");
      case CLOSED -> ErrorFields.fatal("08P01", "database removed");
      default -> ErrorFields.fatal("08P01", String.valueOf(refused.getMessage()));
    };
  }

  /** Ends it: clients first. */
  void close(String why) {
    clients.forEach(client -> client.channel.eventLoop().execute(() -> client.close(why)));
    listener.close();
    end();
  }

  /** Ends its engine, which closes the servers. May be called again. */
  void end() {
    servers.close(Duration.ZERO);
    core.pools.ended(this);
  }
}
