package dev.sluice.proxy;

import dev.sluice.pgwire.auth.StoredSecret;
import dev.sluice.proxy.config.DatabaseEntry;
import dev.sluice.proxy.config.EffectivePool;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.config.Secret;
import dev.sluice.proxy.config.Settings;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Finds what is known of a user: in {@code auth_file}, else by {@code auth_query}.
 *
 * <p>The query runs in pools of its own, as {@code auth_user}, that no client ever uses. So no
 * parameter of a client, such as a search_path, reaches its connections. Thread-safe.
 */
final class UserLookup {
  /** That the console cannot be asked about users. */
  static final String RESERVED = "cannot use the reserved \"pgbouncer\" database as an auth_dbname";

  private final ProxyCore core;
  private final ConcurrentMap<PoolKey, ServerPool> pools = new ConcurrentHashMap<>();

  UserLookup(ProxyCore core) {
    this.core = core;
  }

  /** What {@code auth_file} says. */
  static Optional<StoredSecret> inFile(ProxyConfig config, String user) {
    return config.userList().secret(user).map(Secret::reveal).map(StoredSecret::parse);
  }

  /** The user who asks about users of a database; empty if nobody does. */
  static Optional<String> asker(ProxyConfig config, DatabaseEntry database, String user) {
    return config.effective(database, user).authUser();
  }

  /** Why nobody can be asked about users of a database; empty if somebody can. */
  Optional<String> refusal(ProxyConfig config, DatabaseEntry database, String user) {
    EffectivePool terms = config.effective(database, user);
    String name = terms.authDbname().orElse(database.name());
    if (ConsoleLogin.isFor(name)) {
      return Optional.of(RESERVED);
    }
    return where(config, database, terms).isEmpty()
        ? Optional.of("authentication database \"" + name + "\" is not configured")
        : Optional.empty();
  }

  /** That the database is disabled in which somebody would be asked; empty if it is not. */
  Optional<String> disabled(ProxyConfig config, DatabaseEntry database, String user) {
    String name = config.effective(database, user).authDbname().orElse(database.name());
    return core.operations.isDisabled(name)
        ? Optional.of("authentication database \"" + name + "\" is disabled")
        : Optional.empty();
  }

  private static Optional<DatabaseEntry> where(
      ProxyConfig config, DatabaseEntry database, EffectivePool terms) {
    return terms.authDbname().map(name -> find(config, name)).orElse(Optional.of(database));
  }

  /**
   * Asks a database about a user. Never blocks.
   *
   * @param asker the user who asks
   * @param loop where the future completes
   * @return completes with the user's secret, or empty if there is no such user; exceptionally with
   *     a {@link ServerFailure} or with what the pool refused
   */
  CompletableFuture<Optional<StoredSecret>> ask(
      ProxyConfig config, DatabaseEntry database, String user, String asker, EventExecutor loop) {
    EffectivePool terms = config.effective(database, user);
    Optional<DatabaseEntry> where = where(config, database, terms);
    String sql = terms.authQuery().orElse("");
    if (where.isEmpty() || sql.isEmpty()) {
      return CompletableFuture.failedFuture(
          new ServerFailure(refusal(config, database, user).orElse("auth_query is empty")));
    }
    ServerPool pool = pool(config, where.get(), asker);
    core.operations.created(pool);
    Settings settings = config.settings();
    Duration limit =
        settings.clientLoginTimeout().isZero()
            ? settings.queryTimeout()
            : settings.clientLoginTimeout();
    return pool.acquire(loop).thenCompose(lease -> ask(pool, lease, sql, user, loop, limit));
  }

  private static Optional<DatabaseEntry> find(ProxyConfig config, String name) {
    return config.database(name).or(() -> config.fallback().map(entry -> entry.forDatabase(name)));
  }

  private ServerPool pool(ProxyConfig config, DatabaseEntry database, String asker) {
    StoredSecret secret = inFile(config, asker).orElse(StoredSecret.none());
    ServerPool pool =
        pools.computeIfAbsent(
            new PoolKey(database.name(), asker),
            key ->
                new ServerPool(
                    core,
                    key,
                    config.effective(database, asker),
                    secret,
                    ServerKind.asking(asker),
                    null));
    pool.learn(secret);
    return pool;
  }

  private static CompletableFuture<Optional<StoredSecret>> ask(
      ServerPool pool,
      ServerLease lease,
      String sql,
      String user,
      EventExecutor loop,
      Duration limit) {
    ServerConnection server = lease.resource();
    CompletableFuture<Optional<StoredSecret>> asked = AuthQuery.run(server, sql, user);
    if (!limit.isZero()) { // nobody waits any longer; else a server that hangs would stay lent
      ScheduledFuture<?> end =
          loop.schedule(
              () -> server.close("auth_query timed out"), limit.toNanos(), TimeUnit.NANOSECONDS);
      asked.whenComplete((secret, failure) -> end.cancel(false));
    }
    return asked.whenCompleteAsync(
        (secret, failure) -> {
          if (failure == null) {
            pool.giveBackClean(server, lease);
          } else {
            pool.discard(server, lease, "auth_query failed");
          }
        },
        loop);
  }

  /** The pools whose servers are asked. */
  Collection<ServerPool> pools() {
    return pools.values();
  }

  /** The database of a pool has been removed. */
  void forget(ServerPool pool) {
    pools.remove(pool.key, pool);
  }

  void close(String why) {
    pools.values().forEach(pool -> pool.close(why));
  }
}
